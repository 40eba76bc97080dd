"""Clients of documents in the shapes of four vendors, generated without a configuration, against scripted servers."""
