"""The user's project: the clients that its pyproject.toml states, and its hook."""
