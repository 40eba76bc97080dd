"""Official SDKs, unmodified, against the mock server."""
