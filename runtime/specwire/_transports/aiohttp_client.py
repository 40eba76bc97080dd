"""Asynchronous HTTP client over aiohttp."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any, cast

import aiohttp
import multidict
import yarl

from specwire._network.deadline_scope import end_of, remaining
from specwire._transports import library
from specwire._transports.async_messages import AsyncRawResponse, recorded
from specwire._transports.messages import UNFINISHED, RawHeaders, RawRequest, SentHeaders
from specwire._transports.proxy import environment_proxy, named_proxy
from specwire._transports.wait_limits import WaitLimit, WaitLimits

_IDLE = 4.0
"""Seconds to keep an idle connection."""
_LARGE = 1 << 20
"""Bytes of a body above which aiohttp wants to read it from a file object."""
_UNTYPED = ("Content-Type",)
"""Headers that aiohttp would add to a body without a type."""


class AiohttpClient:
    """HTTP client over a session of aiohttp, its own or the user's."""

    def __init__(self, session: aiohttp.ClientSession | None, tls: ssl.SSLContext | None, *, cookies: bool) -> None:
        self._owned = session is None
        if session is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=1000, ssl=tls or True, keepalive_timeout=_IDLE),
                auto_decompress=False,
                cookie_jar=aiohttp.CookieJar(unsafe=True) if cookies else aiohttp.DummyCookieJar(),
            )
            # aiohttp would send idempotent requests again by itself, even without retries; there is no public option.
            session._retry_connection = False
        self._session = session
        self.decompresses = session.auto_decompress
        self._proxy = lru_cache(maxsize=256)(environment_proxy)
        """Proxy of the environment for a URL, looked up once."""
        self._headers = SentHeaders(multidict.CIMultiDict, decoded=not self.decompresses)
        self.waits: WaitLimits | None = None

    @property
    def is_closed(self) -> bool:
        return self._session.closed

    async def send(self, request: RawRequest) -> AiohttpResponse:
        """Send a request and return its response with an unread body."""
        content: Any = request.content
        if self.waits is None:
            self.waits = WaitLimits()
        headers = self._headers.of(request)
        patience = remaining(request.timeouts["read"])
        is_streamed = content is not None and type(content) is not bytes
        limit = WaitLimit(self.waits, None if is_streamed else patience)
        failures: list[Exception] = []
        if is_streamed and hasattr(content, "__aiter__"):
            # A body that is read as it is sent may take longer in total than any wait for the server.
            content = _followed(recorded(cast("AsyncIterator[bytes]", content), failures), limit, patience)
        elif not is_streamed and content is not None and len(content) > _LARGE:
            content = io.BytesIO(content)
        proxy = self._proxy(request.url)
        try:
            with limit:
                response = await self._session.request(
                    request.method,
                    yarl.URL(request.url, encoded=True),
                    headers=headers,
                    skip_auto_headers=None if content is None or "content-type" in headers else _UNTYPED,
                    data=content,
                    allow_redirects=False,
                    timeout=_timeout(request.timeouts["connect"], patience if is_streamed else None),
                    proxy=proxy,
                )
            if response.status >= 200:
                return AiohttpResponse(self, request, response, limit)
            response.close()
            failure: Exception = library.ReadError(UNFINISHED.format(response.status))
        except (aiohttp.ClientError, TimeoutError) as error:
            failure = failures[0] if failures else self.translated(error, proxy)
        raise failure  # here, so that it does not hold the original

    def translated(self, error: Exception, proxy: str | None) -> Exception:
        """Return an exception of aiohttp as one of the names that the transports know.

        Those about a response hold the request with its credentials, so they are not kept as the cause.
        """
        if self._session.closed and not isinstance(error, TimeoutError):
            return library.ClosedResourceError()
        made = translated(error, proxy)
        if not isinstance(error, aiohttp.ClientResponseError):
            made.__cause__ = error
        return made

    async def aclose(self) -> None:
        if self._owned:
            await self._session.close()

    def __del__(self) -> None:
        """Close what nobody closed, for example since the event loop has ended: aiohttp would report it as an error."""
        session = getattr(self, "_session", None)
        if session is not None and self._owned and not session.closed:
            connector = session.connector
            session.detach()
            connector._close()


class AiohttpResponse(AsyncRawResponse):
    """Response of aiohttp."""

    __slots__ = ("_client", "_end", "_limit", "_response", "_retired", "_taken", "_watched")

    def __init__(
        self, client: AiohttpClient, request: RawRequest, response: aiohttp.ClientResponse, limit: WaitLimit
    ) -> None:
        headers: Any = response.headers
        if client.decompresses and "content-encoding" in headers:
            headers = headers.copy()
            headers.popall("content-encoding")
            headers.popall("content-length", None)
        super().__init__(request, response.status, RawHeaders(headers))
        self._response = response
        self._client = client
        self._retired = False
        self._limit = limit
        self._taken = 0
        """Number of bytes that were read of the body."""
        self._end = _end_of(response)
        """End of the connection, if it ends the body too."""
        self._watched: asyncio.Future[None] | None = None

    @property
    def http_version(self) -> str:
        """Return the version of the protocol."""
        version = self._response.version
        return f"HTTP/{version.major}.{version.minor}" if version else "HTTP/1.1"

    async def take(self, enough: float) -> bytes:
        """Return the next bytes of the body: more than `enough`, or all that are left; none at its end."""
        content = self._response.content
        chunks: list[bytes] = []
        size = 0
        try:
            while size <= enough:
                if content.total_bytes > self._taken or content.is_eof():
                    data = content.read_nowait()
                else:
                    if self._watched is None:
                        self._watch()
                    self._limit.until = end_of(self.timeouts["read"])
                    with self._limit:
                        data = await content.readany()
                if not data:
                    if self._end is not None and self._end.done():
                        self._end.result()
                    self._release()
                    break
                self._taken += len(data)
                if not enough:
                    return data
                chunks.append(data)
                size += len(data)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._release()
            failure = self._client.translated(error, None)
        except BaseException:
            self._release()
            raise
        else:
            return b"".join(chunks)
        raise failure

    def _watch(self) -> None:
        """End the wait for the body when the connection ends: aiohttp goes on waiting after a body that is invalid."""
        self._watched = _closed(self._response)
        if self._watched is None:
            self._lost()
        else:
            self._watched.add_done_callback(self._lost)

    def _lost(self, _end: object = None) -> None:
        content = self._response.content
        if not content.is_eof() and content.exception() is None:
            content.set_exception(aiohttp.ClientPayloadError("the connection ended within the body"))

    def retire(self) -> None:
        self._retired = True

    def _release(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            if self._watched is not None:
                self._watched.remove_done_callback(self._lost)
            if self._response.content.at_eof() and not self._retired:
                self._response.release()
            else:
                self._response.close()

    def disconnect(self) -> None:
        """Close the connection."""
        self._response.close()

    async def adisconnect(self) -> None:
        self._response.close()

    async def aclose(self) -> None:
        self._release()


def _end_of(response: aiohttp.ClientResponse) -> asyncio.Future[None] | None:
    """Return the end of the connection of a body that has neither a length nor chunks: a reset cuts it off."""
    if "content-length" in response.headers or "transfer-encoding" in response.headers:
        return None
    return _closed(response)


def _closed(response: aiohttp.ClientResponse) -> asyncio.Future[None] | None:
    """Return the end of the connection of a response; None if it has ended."""
    protocol = None if response.connection is None else response.connection.protocol
    end = None if protocol is None else protocol.closed
    if end is not None:
        end.remove_done_callback(_retrieved)  # of an earlier response
        end.add_done_callback(_retrieved)
    return end


def _retrieved(end: asyncio.Future[None]) -> None:
    """Retrieve the exception of a future, which asyncio would report if nobody waits for it."""
    if not end.cancelled():
        end.exception()


async def _followed(content: AsyncIterator[bytes], limit: WaitLimit, patience: float | None) -> AsyncIterator[bytes]:
    """Yield a body, and limit the wait for the server to take each piece, and for the response from its end on."""
    async for piece in content:
        limit.begin(patience)
        yield piece
        limit.pause()
    limit.begin(patience)


@lru_cache(maxsize=256)
def _timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read)


def translated(error: Exception, proxy: str | None) -> Exception:
    """Return an exception of aiohttp as one of the names that the transports know."""
    text = error.message if isinstance(error, aiohttp.ClientResponseError) else str(error) or type(error).__name__
    made: Exception
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        made = library.ConnectTimeout(text)
    elif isinstance(error, aiohttp.InvalidURL):
        return library.InvalidURL(text)
    elif isinstance(error, TimeoutError):
        made = library.ReadTimeout("")
    elif isinstance(error, aiohttp.ClientHttpProxyError):
        made = library.ProxyError(f"{error.status} {error.message}")
    elif isinstance(error, aiohttp.ClientConnectorError):
        made = library.ConnectError(text)
    else:
        made = library.ReadError(text)
    return named_proxy(made, proxy)
