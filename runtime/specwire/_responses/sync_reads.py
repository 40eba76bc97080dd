# Derived from async_reads.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Iterator that ends only at the end of what it reads: a generator seems to end after a read that failed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


class Reads:
    """Pieces of a generator; after a read that failed or was cancelled, and during another one, a read is an error."""

    def __init__(self, pieces: Generator[bytes, None], unfinished: Callable[[], Exception]) -> None:
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
        """Close the generator."""
        self._pieces.close()
