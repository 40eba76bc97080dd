"""Responses of the mock."""
