"""Proxies of the environment, and the exceptions of connections as those of the HTTP library."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from specwire._network.environment import proxy_shown

POOL_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)
"""Exceptions of the connection pools; the HTTP library has exceptions of the same names."""
_UNSENT = (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.ProxyError)


class ProxyRoute(NamedTuple):
    """Proxy for the URLs of one scheme, or of all."""

    scheme: str
    proxy: httpx2.Proxy
    shown: str
    """Description for messages: `through the proxy HOST:PORT (VARIABLE)`."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the arguments of a pool that connects through this proxy."""
        url = self.proxy.url
        place = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        known: dict[str, Any] = {"proxy_url": place, "proxy_auth": self.proxy.raw_auth}
        if not self.is_socks:
            known |= {"proxy_headers": self.proxy.headers.raw, "proxy_ssl_context": self.proxy.ssl_context}
        return known

    @property
    def is_socks(self) -> bool:
        return self.proxy.url.scheme.startswith("socks")


def proxy_routes() -> Iterator[ProxyRoute]:
    """Yield the proxies of the environment; raise an exception for one that is unusable."""
    found = getproxies()
    for scheme in ("http", "https", "all"):
        if address := found.get(scheme, "").strip():
            proxy = httpx2.Proxy(address if "://" in address else f"http://{address}")
            route = ProxyRoute(scheme, proxy, proxy_shown(proxy.url.host, proxy.url.port))
            if route.is_socks:
                importlib.import_module("socksio")
            yield route


def is_direct(url: httpx2.URL) -> bool:
    """Return True if the environment excludes a host from its proxies."""
    return bool(proxy_bypass(url.host))


def core_request(request: httpx2.Request) -> httpcore2.Request:
    """Return a request in the form of the connection pools."""
    url = request.url
    place = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    stream: Any = request.stream
    return httpcore2.Request(
        request.method, place, headers=request.headers.raw, content=stream, extensions=request.extensions
    )


def translated(error: Exception, route: ProxyRoute | None = None) -> httpx2.TransportError:
    """Return an exception of the connection pools as that of the HTTP library; with the proxy as a note."""
    kind: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__)
    made = kind(str(error))
    if route is not None and isinstance(error, _UNSENT):
        made.add_note(route.shown)
    return made
