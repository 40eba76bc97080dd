"""Resources and jobs of the mock server."""
