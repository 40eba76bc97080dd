"""Conformance of a document, its generated client and a server, tested with generated requests and responses."""
