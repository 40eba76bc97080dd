"""Calls of the generated client under test."""
