# Derived from async_reads.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Iterator that ends only at the end of what it reads: other iterators seem to end after a read that failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import Self


class Source(Protocol):
    """Interface of what is read: a generator, or an iterator that can be closed."""

    def __next__(self) -> bytes: ...

    def close(self) -> object: ...


class Reads:
    """Pieces of a body; after a read that failed or was cancelled, and during another one, a read is an error."""

    def __init__(self, pieces: Source, unfinished: Callable[[], Exception]) -> None:
        self._pieces = pieces
        self._unfinished = unfinished
        """Returns the error."""
        self._reading = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._reading:
            raise self._unfinished()
        self._reading = True
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._reading = False
            raise
        self._reading = False
        return piece

    def close(self) -> None:
        """Close what is read."""
        self._pieces.close()
