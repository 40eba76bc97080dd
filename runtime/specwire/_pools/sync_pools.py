# Derived from async_pools.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Connection pools of a synchronous client's own connections: direct, and through the proxies of the environment."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import httpcore2
import httpx2

from specwire._pools.network_backend import KEEP_ALIVE, Backend
from specwire._pools.proxies import POOL_ERRORS, ProxyRoute, core_request, is_direct, proxy_routes, translated

_IDLE = 4.0
"""Seconds to keep an idle connection: Node.js and uvicorn close theirs after five, even during a request."""


class Pools(httpx2.BaseTransport):
    """Connection pools whose network backend enforces deadlines."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.backend = Backend()
        options: dict[str, Any] = {
            "ssl_context": tls,
            "max_connections": 1000,
            "max_keepalive_connections": 100,
            "keepalive_expiry": _IDLE,
            "network_backend": self.backend,
        }
        self._pool = httpcore2.ConnectionPool(**options, socket_options=KEEP_ALIVE)
        self._proxies: dict[str, tuple[ProxyRoute, httpcore2.ConnectionPool]] = {}
        for route in proxy_routes():
            if route.is_socks:
                proxy: httpcore2.ConnectionPool = httpcore2.SOCKSProxy(**route.arguments, **options)
            else:
                proxy = httpcore2.HTTPProxy(**route.arguments, **options, socket_options=KEEP_ALIVE)
            self._proxies[route.scheme] = route, proxy
        self._chosen: dict[tuple[str, str], tuple[ProxyRoute | None, httpcore2.ConnectionPool]] = {}

    def _choose(self, url: httpx2.URL) -> tuple[ProxyRoute | None, httpcore2.ConnectionPool]:
        """Return the pool for a URL, and the proxy that it uses."""
        if not self._proxies:
            return None, self._pool
        place = url.scheme, url.host
        if place not in self._chosen:
            proxied = None if is_direct(url) else self._proxies.get(url.scheme, self._proxies.get("all"))
            self._chosen[place] = (None, self._pool) if proxied is None else proxied
        return self._chosen[place]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        route, pool = self._choose(request.url)
        try:
            response = pool.handle_request(core_request(request))
        except POOL_ERRORS as error:
            raise translated(error, route) from error
        stream: Any = response.stream
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Body(stream), extensions=response.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        for pool in (self._pool, *(pool for _, pool in self._proxies.values())):
            pool.close()


class _Body(httpx2.SyncByteStream):
    """Body of a response."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except POOL_ERRORS as error:
            raise translated(error) from error

    def close(self) -> None:
        """Release the connection."""
        self._stream.close()
