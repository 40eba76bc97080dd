"""Transports that send every request to one server, so that a test never calls another."""

from __future__ import annotations

import httpx2


class LoopbackTransport(httpx2.HTTPTransport):
    """Transport to one server; the path and the `Host` of the requested address are kept."""

    def __init__(self, to: str) -> None:
        """Set the address of the server."""
        super().__init__(trust_env=False)
        self._to = httpx2.URL(to)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        return super().handle_request(_turned(request, self._to))


class AsyncLoopbackTransport(httpx2.AsyncHTTPTransport):
    """Asynchronous transport to one server."""

    def __init__(self, to: str) -> None:
        """Set the address of the server."""
        super().__init__(trust_env=False)
        self._to = httpx2.URL(to)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        return await super().handle_async_request(_turned(request, self._to))


def _turned(request: httpx2.Request, to: httpx2.URL) -> httpx2.Request:
    url = request.url.copy_with(scheme=to.scheme, host=to.host, port=to.port)
    return httpx2.Request(
        request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
    )


def loopback_clients(to: str) -> tuple[httpx2.Client, httpx2.AsyncClient]:
    """Return a synchronous and an asynchronous client that call only this server."""
    return (
        httpx2.Client(transport=LoopbackTransport(to), trust_env=False),
        httpx2.AsyncClient(transport=AsyncLoopbackTransport(to), trust_env=False),
    )
