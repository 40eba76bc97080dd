"""Calls from the shell."""
