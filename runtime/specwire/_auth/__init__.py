"""Authentication: credentials, HTTP digest and OAuth 2."""
