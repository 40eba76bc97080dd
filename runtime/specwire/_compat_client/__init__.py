"""Clients that are called like those that Stainless generated: clients, resources, and the methods of operations."""
