"""HTTP clients over pyreqwest, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

import msgspec
from pyreqwest import client as pyreqwest, exceptions, http
from pyreqwest.cookie import CookieStore

from specwire._network.deadline_scope import bounded, remaining
from specwire._transports import library
from specwire._transports.messages import (
    UNFINISHED,
    AsyncRawResponse,
    RawRequest,
    RawResponse,
    SentHeaders,
    ahead,
    ahead_sync,
    recorded,
    recorded_sync,
)
from specwire._transports.portal import Portal
from specwire._transports.pyreqwest_clients import Clients
from specwire._transports.pyreqwest_exit import close_at_exit
from specwire._transports.pyreqwest_results import ReadHeaders, translated
from specwire._transports.wait_limits import WaitLimit, WaitLimits

_UNBUFFERED = 0
"""Bytes of a stream to wait for before its head is returned; pyreqwest waits for 64 KiB or the end otherwise."""


class AsyncPyreqwestClient:
    """Asynchronous HTTP client over pyreqwest, its own or the user's."""

    def __init__(self, client: pyreqwest.Client | None, _tls: object, *, cookies: CookieStore | bool | None) -> None:
        self._clients = Clients(pyreqwest.ClientBuilder, client, cookies)
        self._headers = SentHeaders(http.HeaderMap, decoded=client is None)
        self._waits: WaitLimits | None = None
        self.build_request = RawRequest
        close_at_exit(self)

    def send(self, request: RawRequest, **_options: Any) -> Awaitable[AsyncPyreqwestResponse]:
        """Send a request and return its response with an unread body."""
        return self.begin(request, remaining(request.timeouts["read"]))

    async def begin(self, request: RawRequest, patience: float | None) -> AsyncPyreqwestResponse:
        """Send a request and return its response, if its head arrives in some seconds."""
        content: Any = request.content
        waits = self._waits
        if waits is None or waits.loop is not asyncio.get_running_loop():
            waits = self._waits = WaitLimits()
        failures: list[Exception] = []
        try:
            url = request.url if "?" in request.url else _plain_url(request.url)
            builder = self._clients.get(request.timeouts["connect"]).request(request.method, url)
            builder = builder.headers(self._headers.of(request))
            if type(content) is bytes:
                builder = builder.body_bytes(content)
            elif content is not None:
                content = recorded(content, failures)
                sized = "content-length" in request.headers
                builder = builder.body_stream(ahead(content) if sized else content)
            if request.stream:
                exchange = builder.streamed_read_buffer_limit(_UNBUFFERED).build_streamed()
                with WaitLimit(waits, patience):
                    response = await exchange.__aenter__()
            else:
                # Only a limit of pyreqwest's own closes the connection of a call that waits for its response.
                exchange = (
                    builder if patience is None else builder.timeout(_span(round(patience, 3)))
                ).build_streamed()
                response = await exchange.__aenter__()
        except (exceptions.PyreqwestError, TimeoutError) as error:
            failure = failures[0] if failures else self._clients.translated(error, request.url)
        except asyncio.CancelledError:
            await _delivered_again()
            raise
        else:
            made = AsyncPyreqwestResponse(request, response, exchange, waits if request.stream else None)
            if made.status_code >= 200:
                return made
            await made.aclose()
            failure = library.ReadError(UNFINISHED.format(made.status_code))
        raise failure  # here, so that it does not hold the original, which may name the URL and its credentials

    async def aclose(self) -> None:
        self.close_now()

    def close_now(self) -> None:
        """Close the client; its calls end with an exception."""
        for client in self._clients.take():
            with suppress(StopIteration):
                client.close().send(None)  # which never waits


async def _delivered_again() -> None:
    """Give anyio an opportunity to cancel: pyreqwest ends with a cancellation of its own, which anyio does not know.

    anyio delivers its own again at the next suspension.
    """
    await asyncio.sleep(0)


class AsyncPyreqwestResponse(AsyncRawResponse):
    """Response of an asynchronous client."""

    __slots__ = ("_exchange", "_read", "_response", "_waits")

    def __init__(self, request: RawRequest, response: Any, exchange: Any, waits: WaitLimits | None) -> None:
        super().__init__(request, response.status, ReadHeaders(response.headers))
        self._response = response
        self._read = response.body_reader.read_chunk
        self._exchange = exchange
        self._waits = waits
        """Waits of the event loop; None if a limit of pyreqwest's own holds for the whole response."""

    @property
    def http_version(self) -> str:
        """Return the version of the protocol."""
        version: str = self._response.version
        return version

    async def __anext__(self) -> bytes:
        try:
            if self._waits is None:
                chunk = await self._read()
            else:
                with WaitLimit(self._waits, remaining(self.timeouts["read"])):
                    chunk = await self._read()
        except (exceptions.PyreqwestError, TimeoutError) as error:
            await self.aclose()
            failure = translated(error)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                await _delivered_again()
            await self.aclose()
            raise
        else:
            if chunk is not None:
                return bytes(chunk)
            self.is_closed = True
            raise StopAsyncIteration
        raise failure

    async def aclose(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            await self._exchange.__aexit__(None, None, None)


class PyreqwestClient:
    """Synchronous HTTP client over pyreqwest, its own or the user's.

    Streams of its own go through an asynchronous client: reads of a synchronous one have no limit of time.
    """

    def __init__(self, client: pyreqwest.SyncClient | None, _tls: object, *, cookies: bool) -> None:
        self._clients = Clients(pyreqwest.SyncClientBuilder, client, cookies)
        self._headers = SentHeaders(http.HeaderMap, decoded=client is None)
        self._streams = None if client is not None else Streams(self._clients.cookies)
        self.build_request = RawRequest
        close_at_exit(self)

    def send(self, request: RawRequest, **_options: Any) -> PyreqwestResponse | StreamedResponse:
        """Send a request and return its response with an unread body."""
        if request.stream and self._streams is not None:
            return self._streams.send(request)
        content: Any = request.content
        failures: list[Exception] = []
        try:
            url = request.url if "?" in request.url else _plain_url(request.url)
            builder = self._clients.get(request.timeouts["connect"]).request(request.method, url)
            builder = builder.headers(self._headers.of(request))
            if type(content) is bytes:
                builder = builder.body_bytes(content)
            elif content is not None:
                content = recorded_sync(content, failures)
                sized = "content-length" in request.headers
                builder = builder.body_stream(ahead_sync(content) if sized else content)
            patience = bounded(request.timeouts["read"])
            if patience is not None:
                builder = builder.timeout(_span(round(patience, 3)))
            if request.stream:
                builder = builder.streamed_read_buffer_limit(_UNBUFFERED)
            exchange = builder.build_streamed()
            response = exchange.__enter__()
        except exceptions.PyreqwestError as error:
            failure = failures[0] if failures else self._clients.translated(error, request.url)
        else:
            made = PyreqwestResponse(request, response, exchange)
            if made.status_code >= 200:
                return made
            made.close()
            failure = library.ReadError(UNFINISHED.format(made.status_code))
        raise failure

    def close(self) -> None:
        if self._streams is not None:
            self._streams.close()
        for client in self._clients.take():
            client.close()

    close_now = close


class SyncResponse(RawResponse):
    """Response for synchronous callers."""

    __slots__ = ()

    def close(self) -> None:
        raise NotImplementedError

    def disconnect(self) -> None:
        """Close the connection, unless pyreqwest does it since the response has no body."""
        if self.status_code not in (204, 304):
            self.close()


class PyreqwestResponse(SyncResponse):
    """Response of a synchronous client."""

    __slots__ = ("_exchange", "_read", "_response")

    def __init__(self, request: RawRequest, response: Any, exchange: Any) -> None:
        super().__init__(request, response.status, ReadHeaders(response.headers))
        self._response = response
        self._read = response.body_reader.read_chunk
        self._exchange = exchange

    @property
    def http_version(self) -> str:
        """Return the version of the protocol."""
        version: str = self._response.version
        return version

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        self.is_stream_consumed = True
        read = self._read
        try:
            while (chunk := read()) is not None:
                yield bytes(chunk)
        except exceptions.PyreqwestError as error:
            failure = translated(error)
        else:
            return
        finally:
            self.close()
        raise failure

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self._exchange.__exit__(None, None, None)


class Streams:
    """Streams of a synchronous client."""

    def __init__(self, cookies: CookieStore | None) -> None:
        self._portal = Portal()
        self._client = AsyncPyreqwestClient(None, None, cookies=cookies)

    def send(self, request: RawRequest) -> StreamedResponse:
        """Send a request and return its response with an unread body."""
        patience = bounded(request.timeouts["read"])
        content = request.content
        if content is not None and type(content) is not bytes:
            request = msgspec.structs.replace(request, content=_in_threads(cast("Iterator[bytes]", content)))
        return StreamedResponse(self._portal, request, self._portal.run(self._client.begin(request, patience)))

    def close(self) -> None:
        """End all streams."""
        self._client.close_now()
        self._portal.close()


class StreamedResponse(SyncResponse):
    """Response of an asynchronous client for synchronous callers."""

    __slots__ = ("_inner", "_portal")

    def __init__(self, portal: Portal, request: RawRequest, inner: AsyncPyreqwestResponse) -> None:
        super().__init__(request, inner.status_code, inner.headers)
        self._portal = portal
        self._inner = inner

    @property
    def http_version(self) -> str:
        """Return the version of the protocol."""
        return self._inner.http_version

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        self.is_stream_consumed = True
        try:
            while (piece := self._portal.run(anext(self._inner, None))) is not None:
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            with suppress(library.ClosedResourceError):  # closed with its client
                self._portal.run(self._inner.aclose())


async def _in_threads(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield a body from threads, since its file or function may block."""
    while (piece := await asyncio.to_thread(next, content, None)) is not None:
        yield piece


@lru_cache(maxsize=256)
def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@lru_cache(maxsize=256)
def _plain_url(url: str) -> http.Url:
    return http.Url(url)
