"""Serialization of parameters, forms, files and JSON Lines."""
