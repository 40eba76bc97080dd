"""Clients in the style of a published one: the IR in its shape, and the source of its package."""
