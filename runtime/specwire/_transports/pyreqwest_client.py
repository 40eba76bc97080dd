"""HTTP clients over pyreqwest, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar

from pyreqwest import client as pyreqwest, exceptions

from specwire._network.deadline_scope import bounded, remaining
from specwire._transports import library
from specwire._transports.messages import (
    Connection,
    RawHeaders,
    RawRequest,
    RawResponse,
    ahead,
    ahead_sync,
    recorded,
    recorded_sync,
    utf_8_headers,
)

T = TypeVar("T")
_IDLE = timedelta(seconds=4)
"""Time to keep an idle connection."""
_CONNECTING = 10.0
_CONNECTING_FAILED = "client error (Connect)"
"""Cause of a failure before the request was sent.

pyreqwest raises `ConnectError` and `ConnectTimeoutError` also for a request that the server may have received.
"""
_UNBUFFERED = 0
"""Bytes of a stream to wait for before its head is returned; pyreqwest waits for 64 KiB or the end otherwise."""


def _configured(builder: Any, *, cookies: bool) -> Any:
    """Turn off what the runtime does by itself, and trust the certificates that the environment names."""
    builder = (
        builder.error_for_status(False)
        .follow_redirects(False)
        .referer(False)
        .gzip(False)
        .brotli(False)
        .zstd(False)
        .deflate(False)
        .default_cookie_store(cookies)
        .pool_idle_timeout(_IDLE)
        .connect_timeout(timedelta(seconds=_CONNECTING))
    )
    if path := os.environ.get("SSL_CERT_FILE"):
        with open(path, "rb") as file:
            builder = builder.add_root_certificate_pem(file.read())
    return builder


@lru_cache(maxsize=256)
def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


async def _cancellable(waiting: Awaitable[T]) -> T:
    """Await something of pyreqwest, which ends with a cancellation of its own when it is cancelled.

    anyio recognizes only its own, and delivers it again at the next suspension.
    """
    try:
        return await waiting
    except asyncio.CancelledError:
        await asyncio.sleep(0)
        raise


class AsyncPyreqwestClient:
    """Asynchronous HTTP client over pyreqwest, its own or the user's."""

    def __init__(self, client: pyreqwest.Client | None, _tls: object, *, cookies: bool) -> None:
        self._owned = client is None
        self._client = client or _configured(pyreqwest.ClientBuilder(), cookies=cookies).build()
        self.build_request = RawRequest

    async def send(self, request: RawRequest, **_options: Any) -> AsyncPyreqwestResponse:
        """Send a request and return its response with an unread body."""
        content: Any = request.content
        failures: list[Exception] = []
        try:
            builder = self._client.request(request.method, request.url).headers(utf_8_headers(request.headers))
            if type(content) is bytes:
                builder = builder.body_bytes(content)
            elif content is not None:
                content = recorded(content, failures)
                sized = "content-length" in request.headers
                builder = builder.body_stream(ahead(content) if sized else content)
            patience = remaining(request.timeouts["read"])
            if request.stream:
                builder = builder.streamed_read_buffer_limit(_UNBUFFERED)
            if request.stream or patience is None:
                exchange = builder.build_streamed()
                async with asyncio.timeout(patience):
                    response = await _cancellable(exchange.__aenter__())
            else:
                exchange = builder.timeout(_span(patience)).build_streamed()
                response = await _cancellable(exchange.__aenter__())
        except (exceptions.PyreqwestError, TimeoutError) as error:
            if failures:
                raise failures[0] from None
            raise translated(error) from error
        return AsyncPyreqwestResponse(request, response, exchange)

    async def aclose(self) -> None:
        if self._owned:
            await self._client.close()


class AsyncPyreqwestResponse(RawResponse):
    """Response of an asynchronous client."""

    def __init__(self, request: RawRequest, response: Any, exchange: Any) -> None:
        super().__init__(request, response.status, RawHeaders(response.headers))
        self.http_version: str = response.version
        self._reader = response.body_reader
        self._exchange = exchange
        self._is_limited = not request.stream
        self.extensions["network_stream"] = Connection(self)

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives."""
        self.is_stream_consumed = True
        read = self._reader.read_chunk
        try:
            while True:
                if self._is_limited:
                    chunk = await _cancellable(read())
                else:
                    async with asyncio.timeout(remaining(self.timeouts["read"])):
                        chunk = await _cancellable(read())
                if chunk is None:
                    break
                data = bytes(chunk)
                yield data
        except (exceptions.PyreqwestError, TimeoutError) as error:
            raise translated(error) from error
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            await self._exchange.__aexit__(None, None, None)


class PyreqwestClient:
    """Synchronous HTTP client over pyreqwest, its own or the user's."""

    def __init__(self, client: pyreqwest.SyncClient | None, _tls: object, *, cookies: bool) -> None:
        self._owned = client is None
        self._client = client or _configured(pyreqwest.SyncClientBuilder(), cookies=cookies).build()
        self.build_request = RawRequest

    def send(self, request: RawRequest, **options: Any) -> PyreqwestResponse:
        """Send a request and return its response with an unread body."""
        content: Any = request.content
        failures: list[Exception] = []
        try:
            builder = self._client.request(request.method, request.url).headers(utf_8_headers(request.headers))
            if type(content) is bytes:
                builder = builder.body_bytes(content)
            elif content is not None:
                content = recorded_sync(content, failures)
                sized = "content-length" in request.headers
                builder = builder.body_stream(ahead_sync(content) if sized else content)
            patience = bounded(request.timeouts["read"])
            if patience is not None:
                builder = builder.timeout(_span(patience))
            if request.stream:
                builder = builder.streamed_read_buffer_limit(_UNBUFFERED)
            exchange = builder.build_streamed()
            response = exchange.__enter__()
        except exceptions.PyreqwestError as error:
            if failures:
                raise failures[0] from None
            raise translated(error) from error
        return PyreqwestResponse(request, response, exchange)

    def close(self) -> None:
        if self._owned:
            self._client.close()


class PyreqwestResponse(RawResponse):
    """Response of a synchronous client."""

    def __init__(self, request: RawRequest, response: Any, exchange: Any) -> None:
        super().__init__(request, response.status, RawHeaders(response.headers))
        self.http_version: str = response.version
        self._reader = response.body_reader
        self._exchange = exchange
        self.extensions["network_stream"] = Connection(self)

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        self.is_stream_consumed = True
        read = self._reader.read_chunk
        try:
            while (chunk := read()) is not None:
                data = bytes(chunk)
                yield data
        except exceptions.PyreqwestError as error:
            raise translated(error) from error
        finally:
            self.close()

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self._exchange.__exit__(None, None, None)


_KINDS: tuple[tuple[type[Exception], type[Exception]], ...] = (
    (exceptions.ClientClosedError, library.ClosedResourceError),
    (exceptions.PoolTimeoutError, library.PoolTimeout),
    (TimeoutError, library.ReadTimeout),
    (exceptions.BuilderError, library.InvalidURL),
)


def translated(error: Exception) -> Exception:
    """Return an exception of pyreqwest as one of the names that the transports know."""
    kind = next((ours for theirs, ours in _KINDS if isinstance(error, theirs)), library.ReadError)
    causes = [str(cause.get("message")) for cause in (getattr(error, "details", None) or {}).get("causes") or []]
    if _CONNECTING_FAILED in causes:
        kind = library.ConnectTimeout if isinstance(error, TimeoutError) else library.ConnectError
    return kind("" if kind is library.ReadTimeout else causes[-1] if causes else str(error))
