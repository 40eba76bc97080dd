"""Tests of clients, methods, middleware and workflows."""
