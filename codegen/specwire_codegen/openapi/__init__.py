"""The vocabulary of OpenAPI: objects, pointers, words and names."""
