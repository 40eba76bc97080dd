"""Overrides for Moonshot AI, beyond its document."""
