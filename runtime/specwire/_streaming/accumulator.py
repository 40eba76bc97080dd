"""Accumulator of stream events into one response."""

from __future__ import annotations

from typing import Protocol, TypeVar

F_co = TypeVar("F_co", covariant=True)
E_contra = TypeVar("E_contra", contravariant=True)


class Accumulator(Protocol[E_contra, F_co]):
    """Accumulator of events into one response."""

    def add(self, event: E_contra, /) -> None:
        """Add the next event."""

    def final(self) -> F_co:
        """Return the response so far."""
        ...
