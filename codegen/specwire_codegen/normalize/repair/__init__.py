"""Repairs of documents that break the rules of OpenAPI."""
