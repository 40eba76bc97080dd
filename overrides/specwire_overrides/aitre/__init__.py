"""Overrides for AITRE, beyond its document."""
