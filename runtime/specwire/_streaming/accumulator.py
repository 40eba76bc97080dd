"""What adds the events of a stream up to one answer."""

from __future__ import annotations

from typing import Protocol, TypeVar

F_co = TypeVar("F_co", covariant=True)
E_contra = TypeVar("E_contra", contravariant=True)


class Accumulator(Protocol[E_contra, F_co]):
    """Adds events up to one answer."""

    def add(self, event: E_contra, /) -> None:
        """Take the next event."""

    def final(self) -> F_co:
        """Return the answer so far."""
        ...
