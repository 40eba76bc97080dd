"""Answers of the synchronous client whose body is still to be read, and what becomes of those that are forgotten.

The garbage collector may run at any time, even while the thread that it interrupts changes the pool of connections. So
it must find nothing that does something to the pool when it is collected.
"""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any, cast
from weakref import WeakSet

from specwire._http.response import HTTPResponse

_all: WeakSet[UnclosedResponses] = WeakSet()


@atexit.register
def _close_all() -> None:
    """Close what is left when the program ends: after that, the interpreter takes itself to pieces."""
    for unread in list(_all):
        unread.close_forgotten()
        for chunks in list(unread.begun):
            with suppress(ValueError):  # another thread is reading
                chunks.close()


class UnclosedResponses:
    """The unread answers of a transport."""

    def __init__(self) -> None:
        _all.add(self)
        self.begun: set[Generator[bytes, None, None]] = set()
        """Bodies of which a part was read, until they are closed: these are what would give their connection back."""
        self.forgotten: deque[HTTPResponse] = deque()
        """Answers that nobody refers to any more."""

    def close_forgotten(self) -> None:
        """Close the answers that were forgotten; other threads may be about it too."""
        while self.forgotten:
            try:
                answer = self.forgotten.popleft()
            except IndexError:
                return
            answer.close()


class UnclosedResponse(HTTPResponse):
    """An answer with a body to read, which is to be closed. Where it is forgotten, its socket is closed at once."""

    _begun: Generator[bytes, None, None] | None = None

    def __init__(
        self, raw: Any, library: ModuleType, timeouts: dict[str, float | None], unread: UnclosedResponses
    ) -> None:
        super().__init__(raw, library, timeouts)
        self._unread = unread

    def _raw_chunks(self) -> Iterator[bytes]:
        chunks = self._begun = cast("Generator[bytes, None, None]", self.raw.iter_raw())
        self._unread.begun.add(chunks)
        for chunk in chunks:  # noqa: UP028 - `yield from` would close them where this is left
            yield chunk

    def abandon(self) -> None:
        """Close the socket; what is left is done by the next call."""
        if not self.raw.is_closed:
            self._unread.forgotten.append(self)
            super().abandon()

    def close(self) -> None:
        self._forget_chunks()
        super().close()

    def _forget_chunks(self) -> None:
        if self._begun is not None:
            self._unread.begun.discard(self._begun)

    def __del__(self) -> None:
        self.abandon()
        if self.raw.is_closed:
            self._forget_chunks()
