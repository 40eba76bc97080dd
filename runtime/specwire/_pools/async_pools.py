"""Connection pools of an asynchronous client's own connections: direct, and through the proxies of the environment."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpcore2
import httpx2

from specwire._pools.network_backend import KEEP_ALIVE, AsyncBackend
from specwire._pools.proxies import POOL_ERRORS, ProxyRoute, core_request, is_direct, proxy_routes, translated

_IDLE = 4.0
"""Seconds to keep an idle connection: Node.js and uvicorn close theirs after five, even during a request."""


class AsyncPools(httpx2.AsyncBaseTransport):
    """Connection pools whose network backend enforces deadlines."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.backend = AsyncBackend()
        options: dict[str, Any] = {
            "ssl_context": tls,
            "max_connections": 1000,
            "max_keepalive_connections": 100,
            "keepalive_expiry": _IDLE,
            "network_backend": self.backend,
        }
        self._pool = httpcore2.AsyncConnectionPool(**options, socket_options=KEEP_ALIVE)
        self._proxies: dict[str, tuple[ProxyRoute, httpcore2.AsyncConnectionPool]] = {}
        for route in proxy_routes():
            if route.is_socks:
                proxy: httpcore2.AsyncConnectionPool = httpcore2.AsyncSOCKSProxy(**route.arguments, **options)
            else:
                proxy = httpcore2.AsyncHTTPProxy(**route.arguments, **options, socket_options=KEEP_ALIVE)
            self._proxies[route.scheme] = route, proxy
        self._chosen: dict[tuple[str, str], tuple[ProxyRoute | None, httpcore2.AsyncConnectionPool]] = {}

    def _choose(self, url: httpx2.URL) -> tuple[ProxyRoute | None, httpcore2.AsyncConnectionPool]:
        """Return the pool for a URL, and the proxy that it uses."""
        if not self._proxies:
            return None, self._pool
        place = url.scheme, url.host
        if place not in self._chosen:
            proxied = None if is_direct(url) else self._proxies.get(url.scheme, self._proxies.get("all"))
            self._chosen[place] = (None, self._pool) if proxied is None else proxied
        return self._chosen[place]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        route, pool = self._choose(request.url)
        try:
            response = await pool.handle_async_request(core_request(request))
        except POOL_ERRORS as error:
            raise translated(error, route) from error
        stream: Any = response.stream
        return httpx2.Response(
            response.status, headers=response.headers, stream=_AsyncBody(stream), extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in (self._pool, *(pool for _, pool in self._proxies.values())):
            await pool.aclose()


class _AsyncBody(httpx2.AsyncByteStream):
    """Body of a response."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except POOL_ERRORS as error:
            raise translated(error) from error

    async def aclose(self) -> None:
        """Release the connection."""
        await self._stream.aclose()
