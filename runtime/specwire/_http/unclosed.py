"""Unread responses of the synchronous client, and cleanup of those that the caller leaks.

The garbage collector may run at any time, even while the interrupted thread modifies the connection pool. So
collecting a response must never trigger an operation on the pool.
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
    """Close unread responses at exit, before the interpreter tears itself down."""
    for unread in list(_all):
        unread.close_forgotten()
        for chunks in list(unread.begun):
            with suppress(ValueError):  # another thread is reading
                chunks.close()


class UnclosedResponses:
    """Unread responses of a transport."""

    def __init__(self) -> None:
        _all.add(self)
        self.begun: set[Generator[bytes, None, None]] = set()
        """Bodies that are partly read and not closed; these hold a connection."""
        self.forgotten: deque[HTTPResponse] = deque()
        """Responses without any reference left."""

    def close_forgotten(self) -> None:
        """Close the leaked responses; safe to call from several threads at once."""
        while self.forgotten:
            try:
                answer = self.forgotten.popleft()
            except IndexError:
                return
            answer.close()


class UnclosedResponse(HTTPResponse):
    """Response with an unread body that must be closed; if the caller leaks it, its socket is closed at once."""

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
        """Close the socket; the next call does the rest."""
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
