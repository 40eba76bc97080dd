"""Comparison of two versions of a client, in terms of what its users write."""
