"""Unions and their discriminators."""
