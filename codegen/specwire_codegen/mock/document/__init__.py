"""The document that the mock serves."""
