"""Streams of server-sent events and JSON Lines."""
