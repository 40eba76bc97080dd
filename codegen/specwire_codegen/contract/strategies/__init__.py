"""Hypothesis strategies for schemas and requests."""
