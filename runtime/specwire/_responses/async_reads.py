"""Iterator that ends only at the end of what it reads: other iterators seem to end after a read that failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import Self


class AsyncSource(Protocol):
    """Interface of what is read: a generator, or an iterator that can be closed."""

    def __anext__(self) -> Awaitable[bytes]: ...

    def aclose(self) -> Awaitable[object]: ...


class AsyncReads:
    """Pieces of a body; after a read that failed or was cancelled, and during another one, a read is an error."""

    def __init__(self, pieces: AsyncSource, unfinished: Callable[[], Exception]) -> None:
        self._pieces = pieces
        self._unfinished = unfinished
        """Returns the error."""
        self._reading = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._reading:
            raise self._unfinished()
        self._reading = True
        try:
            piece = await anext(self._pieces)
        except StopAsyncIteration:
            self._reading = False
            raise
        self._reading = False
        return piece

    async def aclose(self) -> None:
        """Close what is read."""
        await self._pieces.aclose()
