"""Responses: parsing, error envelopes and files."""
