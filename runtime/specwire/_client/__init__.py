"""Clients, resources and the methods of their operations."""
