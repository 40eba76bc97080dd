"""Fork handling: objects with connections or locks reset themselves in the child, and leave the parent's alone."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """Object that a child process inherits but can't use unchanged."""

    def forked(self) -> None:
        """Reset the state; called in the child, while it has only one thread."""


_inherited: WeakSet[Forkable] = WeakSet()


def reset_after_fork(thing: Forkable) -> None:
    """Call `forked` of an object in each child process, as long as the object lives."""
    _inherited.add(thing)


def _forked() -> None:
    for thing in tuple(_inherited):
        thing.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
