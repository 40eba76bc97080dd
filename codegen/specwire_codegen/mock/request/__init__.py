"""Requests to the mock: routing, parsing and validation."""
