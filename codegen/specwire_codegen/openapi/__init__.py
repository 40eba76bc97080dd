"""Vocabulary of OpenAPI: objects, pointers, words and names."""
