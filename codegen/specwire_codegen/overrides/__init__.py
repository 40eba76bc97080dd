"""Hand-written overrides and their contracts."""
