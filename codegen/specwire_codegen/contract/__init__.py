"""Contract tests: do document, generated client and server agree? Requests and responses are generated."""
