"""Schemas in canonical form."""
