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
    for unclosed in list(_all):
        unclosed.close_leaked()
        for chunks in list(unclosed.open_bodies):
            with suppress(ValueError):  # another thread is reading
                chunks.close()


class UnclosedResponses:
    """Unread responses of a transport."""

    def __init__(self) -> None:
        _all.add(self)
        self.open_bodies: set[Generator[bytes, None, None]] = set()
        """Bodies that are partly read and not closed; these hold a connection."""
        self.leaked: deque[HTTPResponse] = deque()
        """Responses without any reference left."""

    def close_leaked(self) -> None:
        """Close the leaked responses; safe to call from several threads at once."""
        while self.leaked:
            try:
                response = self.leaked.popleft()
            except IndexError:
                return
            response.close()


class UnclosedResponse(HTTPResponse):
    """Response with an unread body that must be closed; if the caller leaks it, its socket is closed at once."""

    _open_body: Generator[bytes, None, None] | None = None

    def __init__(
        self, raw: Any, library: ModuleType, timeouts: dict[str, float | None], unclosed: UnclosedResponses
    ) -> None:
        super().__init__(raw, library, timeouts)
        self._unclosed = unclosed

    def raw_chunks(self) -> Iterator[bytes]:
        """Yield the body as it is on the wire."""
        chunks = self._open_body = cast("Generator[bytes, None, None]", self.raw.iter_raw())
        self._unclosed.open_bodies.add(chunks)
        for chunk in chunks:  # `yield from` would close them where the loop is left
            yield chunk

    def abandon(self) -> None:
        """Close the socket; the next call does the rest."""
        if not self.raw.is_closed:
            self._unclosed.leaked.append(self)
            super().abandon()

    def close(self) -> None:
        self._forget_body()
        super().close()

    def _forget_body(self) -> None:
        if self._open_body is not None:
            self._unclosed.open_bodies.discard(self._open_body)

    def __del__(self) -> None:
        self.abandon()
        if self.raw.is_closed:
            self._forget_body()
