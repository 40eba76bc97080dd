"""Document of the mock server."""
