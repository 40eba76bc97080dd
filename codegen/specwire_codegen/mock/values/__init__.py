"""Example values for schemas."""
