"""Processes that fork: what holds connections or locks begins anew in the child, and leaves the parent's alone."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """Something that a child process inherits, and cannot use as it is."""

    def forked(self) -> None:
        """Begin anew; called in the child, while it has one thread."""


_inherited: WeakSet[Forkable] = WeakSet()


def reset_after_fork(thing: Forkable) -> None:
    """Tell a thing, as long as it lives, that it is in another process now."""
    _inherited.add(thing)


def _forked() -> None:
    for thing in tuple(_inherited):
        thing.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
