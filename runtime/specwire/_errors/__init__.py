"""Base classes and messages of exceptions."""
