"""Distributions: a client with everything that its publication needs."""
