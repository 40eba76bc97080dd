"""Streams of typed events: the common part of the synchronous and asynchronous classes."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from specwire._http.response import HTTPResponse
from specwire._network.event_loop import fail_after
from specwire._network.timeouts import Silence
from specwire._network.transport_errors import TransportError
from specwire._operations.request import StreamRequest
from specwire._streaming.events import EventReader

if TYPE_CHECKING:
    from typing import Self

    from specwire._operations.response import Response

E = TypeVar("E")

_PATIENCE = 0.1
"""Seconds to wait for the end of the body after the terminator, for the sake of the connection."""


class BaseStream(Generic[E]):
    """Stream, open or not yet open."""

    _request: StreamRequest[E]
    _silence: Silence
    _opened: tuple[HTTPResponse, Any, EventReader[E], Response[None]] | None

    def _watch(self, reader: EventReader[E]) -> None:
        """Process the arrival of bytes; raise `TransportError` if the time for an event, or the stream, has passed."""
        if not reader.terminated and not reader.done:
            passed = self._silence.check(arrived=bool(reader.ready))
            if passed is not None:
                raise TransportError(passed, sent=True, timeout=True)

    def _watch_bytes(self) -> None:
        """Process the arrival of bytes; raise `TransportError` after the deadline."""
        if (passed := self._silence.check(arrived=True)) is not None:
            raise TransportError(passed, sent=True, timeout=True)

    def __del__(self, warn: Callable[..., object] = warnings.warn) -> None:
        if not getattr(self, "_used", True):
            text = f"{self!r} was never sent: read it in a `with`, or close it if it is not needed"
            warn(text, ResourceWarning, stacklevel=2, source=self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.operation.id}>"


class Stream(BaseStream[E]):
    """Stream of a synchronous client."""

    def _open(self) -> tuple[HTTPResponse, Iterator[bytes], EventReader[E], Response[None]]:
        raise NotImplementedError

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id of the response; opens the stream if necessary."""
        return self._open()[3]


class AsyncStream(BaseStream[E]):
    """Stream of an asynchronous client."""

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    def __await__(self) -> Generator[Any, Any, Self]:
        """Open the stream, so that `await method(stream=True)` is one."""
        return self.__aenter__().__await__()

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id of the response, once the stream is open."""
        if self._opened is None:
            raise RuntimeError("the stream is not open yet: use `async with`, or read an event first")
        return self._opened[3]


def late(response: HTTPResponse, chunks: Iterator[bytes]) -> bytes:
    """Return the bytes after the terminator; raise `TransportError` if none arrive soon, or the wait has no limit."""
    if not response.can_wait():
        raise TransportError("the HTTP library does not limit waits", sent=True, timeout=False)
    with response.deadline(_PATIENCE):
        return next(chunks)


async def late_async(response: HTTPResponse, chunks: AsyncIterator[bytes]) -> bytes:
    """Return the bytes after the terminator; raise `TransportError` if none arrive soon."""
    try:
        with fail_after(_PATIENCE):
            return await anext(chunks)
    except TimeoutError:
        raise TransportError("no data arrived in time", sent=True, timeout=True) from None
