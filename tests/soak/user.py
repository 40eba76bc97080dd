"""What a user does to end a call early."""

from __future__ import annotations


class LeftError(Exception):
    """Exception of the user."""


def circle(thing: object) -> None:
    """Leave a thing in a reference cycle for the garbage collector."""
    ring = [thing]
    ring.append(ring)
