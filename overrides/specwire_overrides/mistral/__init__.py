"""Overrides for Mistral AI, beyond its document."""
