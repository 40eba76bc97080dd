"""HTTP clients over pyreqwest, whose streams have a time limit for each read.

A synchronous one of the runtime's own calls an asynchronous one in a thread: pyreqwest's synchronous calls end neither
by an interruption nor by a time limit of a read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

import msgspec
from pyreqwest import client as pyreqwest
from pyreqwest.cookie import CookieStore

from specwire._network.deadline_scope import bounded, end_of
from specwire._transports import library
from specwire._transports.async_pyreqwest import AsyncPlainClient, AsyncPlainResponse
from specwire._transports.messages import BaseResponse, RawRequest
from specwire._transports.portal import Portal, from_thread
from specwire._transports.pyreqwest_exit import close_at_exit
from specwire._transports.sync_pyreqwest import PlainClient
from specwire._transports.wait_limits import WaitLimit, WaitLimits

_TOGETHER = 64 * 1024
"""Bytes of a response to fetch from the thread at once."""


class AsyncPyreqwestClient(AsyncPlainClient):
    """Asynchronous HTTP client over pyreqwest, its own or the user's."""

    _waits: WaitLimits | None = None

    def __init__(self, client: pyreqwest.Client | None, _tls: object, *, cookies: CookieStore | bool | None) -> None:
        super().__init__(client, cookies=cookies)

    def _exchange(self, request: RawRequest, patience: float | None, failures: list[Exception]) -> Any:
        if not request.stream:
            return super()._exchange(request, patience, failures)
        waits = self._waits
        if waits is None or waits.loop is not asyncio.get_running_loop():
            waits = self._waits = WaitLimits()
        return LimitedExchange(super()._exchange(request, None, failures), WaitLimit(waits, patience))

    def _received(self, request: RawRequest, response: Any, exchange: Any) -> AsyncPlainResponse:
        return (LimitedResponse if request.stream else AsyncPlainResponse)(request, response, exchange)


class LimitedExchange:
    """Exchange of a stream: the wait for its head has a time limit, since one of pyreqwest's would end the stream."""

    __slots__ = ("_exchange", "limit")

    def __init__(self, exchange: Any, limit: WaitLimit) -> None:
        self._exchange = exchange
        self.limit = limit

    async def __aenter__(self) -> Any:
        with self.limit:
            return await self._exchange.__aenter__()

    async def __aexit__(self, *details: object) -> None:
        await self._exchange.__aexit__(*details)


class LimitedResponse(AsyncPlainResponse):
    """Response of a stream."""

    __slots__ = ("_chunk", "_limit")

    def __init__(self, request: RawRequest, response: Any, exchange: LimitedExchange) -> None:
        super().__init__(request, response, exchange)
        self._limit = exchange.limit
        self._chunk, self._read = self._read, self._limited

    async def _limited(self) -> Any:
        """Return the next chunk."""
        self._limit.until = end_of(self.timeouts["read"])
        with self._limit:
            return await self._chunk()


class PyreqwestClient:
    """Synchronous HTTP client over pyreqwest."""

    def __init__(self, *, cookies: bool) -> None:
        self._portal = Portal()
        self._client = AsyncPyreqwestClient(None, None, cookies=cookies)
        close_at_exit(self)

    def send(self, request: RawRequest) -> PyreqwestResponse:
        """Send a request and return its response with an unread body."""
        timeouts = {**request.timeouts, "read": bounded(request.timeouts["read"])}
        content = request.content
        if content is not None and type(content) is not bytes:
            content = from_thread(cast("Iterator[bytes]", content))
        begun = self._begun(msgspec.structs.replace(request, timeouts=timeouts, content=content))
        return PyreqwestResponse(self._portal, request, *self._portal.run(begun))

    async def _begun(self, request: RawRequest) -> tuple[AsyncPlainResponse, Part | None]:
        """Return a response, with the beginning of its body unless it is a stream."""
        response = await self._client.send(request)
        return response, None if request.stream else await read_together(response)

    def close(self) -> None:
        self._client.close_now()
        self._portal.close()

    close_now = close


class Part(msgspec.Struct):
    """Part of a body, and what follows it."""

    data: bytes
    failure: Exception | None = None
    is_last: bool = False


async def read_together(response: AsyncPlainResponse) -> Part:
    """Return the next part of a body, so that a short one needs one change of threads."""
    data = bytearray()
    try:
        async for piece in response:
            data += piece
            if len(data) >= _TOGETHER:
                return Part(bytes(data))
    except Exception as error:
        return Part(bytes(data), error, is_last=True)
    return Part(bytes(data), is_last=True)


async def read_stream(response: AsyncPlainResponse, patience: float | None) -> Part:
    """Return the next piece of a stream; wait for it some seconds."""
    response.timeouts = {"read": patience}
    piece = await anext(response, None)
    return Part(b"", is_last=True) if piece is None else Part(piece)


class PyreqwestResponse(BaseResponse):
    """Response of an asynchronous client for synchronous callers."""

    __slots__ = ("_inner", "_part", "_portal")
    is_limited = True

    def __init__(self, portal: Portal, request: RawRequest, inner: AsyncPlainResponse, part: Part | None) -> None:
        super().__init__(request, inner.status_code, inner.headers)
        self._portal = portal
        self._inner = inner
        self._part = part
        """Beginning of the body; None for a stream."""

    @property
    def http_version(self) -> str:
        """Return the version of the protocol."""
        return self._inner.http_version

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        self.is_stream_consumed = True
        part = self._part or self._read()
        try:
            while True:
                if part.data:
                    yield part.data
                if part.failure is not None:
                    raise part.failure
                if part.is_last:
                    return
                part = self._read()
        finally:
            self.close()

    def _read(self) -> Part:
        if self._part is not None:
            return self._portal.run(read_together(self._inner))
        return self._portal.run(read_stream(self._inner, bounded(self.timeouts["read"])))

    def disconnect(self) -> None:
        """Close the connection without waiting for the thread; without a body, pyreqwest closes it itself."""
        if not self.is_closed and self.status_code not in (204, 304):
            self.is_closed = True
            self._portal.start(self._inner.aclose)

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            if not self._inner.is_closed:
                with suppress(library.ClosedResourceError):  # closed with its client
                    self._portal.run(self._inner.aclose())


def opened(client: Any, _tls: object, *, cookies: bool) -> PyreqwestClient | PlainClient:
    """Return a synchronous HTTP client: for a client of the user's, or with connections of its own."""
    return PyreqwestClient(cookies=cookies) if client is None else PlainClient(client, cookies=cookies)
