"""Asynchronous HTTP client over aiohttp."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import yarl

from specwire._network.deadline_scope import remaining
from specwire._network.environment import proxy_shown
from specwire._transports import library
from specwire._transports.messages import Connection, RawHeaders, RawRequest, RawResponse, recorded, utf_8_headers

_IDLE = 4.0
"""Seconds to keep an idle connection."""
_LARGE = 1 << 20
"""Bytes of a body above which aiohttp wants to read it from a file object."""
_DEFAULTS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""Headers that aiohttp would add."""


class AiohttpClient:
    """HTTP client over a session of aiohttp, its own or the user's."""

    def __init__(self, session: aiohttp.ClientSession | None, tls: ssl.SSLContext | None, *, cookies: bool) -> None:
        self._owned = session is None
        if session is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=1000, ssl=tls or True, keepalive_timeout=_IDLE),
                auto_decompress=False,
                cookie_jar=aiohttp.CookieJar() if cookies else aiohttp.DummyCookieJar(),
            )
            # aiohttp would send idempotent requests again by itself, even without retries; there is no public option.
            session._retry_connection = False
        self._session = session
        self._decompresses = session.auto_decompress
        self.build_request = RawRequest

    @property
    def is_closed(self) -> bool:
        return self._session.closed

    async def send(self, request: RawRequest, **_options: Any) -> AiohttpResponse:
        """Send a request and return its response with an unread body."""
        content: Any = request.content
        if type(content) is bytes and len(content) > _LARGE:
            content = io.BytesIO(content)
        streamed = content is not None and type(content) is not bytes
        failures: list[Exception] = []
        if streamed and hasattr(content, "__aiter__"):
            content = recorded(cast("AsyncIterator[bytes]", content), failures)
        patience = remaining(request.timeouts["read"])
        proxy = _proxy(request.url)
        try:
            async with asyncio.timeout(None if streamed else patience):
                response = await self._session.request(
                    request.method,
                    yarl.URL(request.url, encoded=True),
                    headers=utf_8_headers(request.headers),
                    skip_auto_headers=_DEFAULTS,
                    data=content,
                    allow_redirects=False,
                    timeout=_timeout(request.timeouts["connect"], patience if streamed else None),
                    proxy=proxy,
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            if failures:
                raise failures[0] from None
            raise self.translated(error, proxy) from error
        return AiohttpResponse(self, request, response, decompressed=self._decompresses)

    def translated(self, error: Exception, proxy: str | None) -> Exception:
        """Return an exception of aiohttp as one of the names that the transports know."""
        if self._session.closed and not isinstance(error, TimeoutError):
            return library.ClosedResourceError()
        return translated(error, proxy)

    async def aclose(self) -> None:
        if self._owned:
            await self._session.close()


class AiohttpResponse(RawResponse):
    """Response of aiohttp."""

    def __init__(
        self, client: AiohttpClient, request: RawRequest, response: aiohttp.ClientResponse, *, decompressed: bool
    ) -> None:
        headers: Any = response.headers
        if decompressed and "content-encoding" in headers:
            headers = headers.copy()
            headers.popall("content-encoding")
            headers.popall("content-length", None)
        super().__init__(request, response.status, RawHeaders(headers))
        self._response = response
        self._client = client
        self.extensions["network_stream"] = Connection(self)

    @property
    def http_version(self) -> str:
        """Return the version of the protocol."""
        version = self._response.version
        return f"HTTP/{version.major}.{version.minor}" if version else "HTTP/1.1"

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives."""
        self.is_stream_consumed = True
        content = self._response.content
        try:
            while not content.at_eof():
                data = content.read_nowait()
                if not data:
                    async with asyncio.timeout(remaining(self.timeouts["read"])):
                        data = await content.readany()
                if not data:
                    break
                yield data
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._client.translated(error, None) from error
        finally:
            self._release()

    def _release(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            if self._response.content.at_eof():
                self._response.release()
            else:
                self._response.close()

    def close(self) -> None:
        self.is_closed = True
        self._response.close()

    async def aclose(self) -> None:
        self._release()


@lru_cache(maxsize=256)
def _timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read)


@lru_cache(maxsize=256)
def _proxy(url: str) -> str | None:
    """Return the proxy of the environment for a URL."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme, proxies.get("all"))
    if proxy is None or not proxy.strip() or proxy_bypass(parts.hostname or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def translated(error: Exception, proxy: str | None) -> Exception:
    """Return an exception of aiohttp as one of the names that the transports know."""
    text = str(error) or type(error).__name__
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
    if proxy is not None and isinstance(made, library.ConnectTimeout | library.ConnectError | library.ProxyError):
        parts = urlsplit(proxy)
        made.add_note(proxy_shown(parts.hostname or "", parts.port))
    return made
