"""Progress of a run, as its caller wants to show it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Callback for progress."""

    def __call__(self, step: str, done: int = 0, total: int = 0) -> object:
        """Show the current step, and how many of how many operations are done."""
