"""HTTP transport to a mock server in the same process."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator

import anyio
import httpx2

from specwire_codegen.mock.handler import Handler, arrival
from specwire_codegen.mock.reply.asgi_send import all_headers, chunks
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.reply.responses import Chunked, Reply, Whole
from specwire_codegen.mock.request.bodies import Received, Receiver

_CLOSED = "the mock server closed the connection, as a test asked for"


class MockTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Transport of synchronous and asynchronous `httpx2` clients, without a socket."""

    def __init__(self, handler: Handler) -> None:
        """Send all requests to a handler, whatever their host."""
        self._handler = handler

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response to a request; raise the transport error that a test asked for."""
        receiver = Receiver(request.headers.get("content-type", ""))
        assert isinstance(request.stream, httpx2.SyncByteStream)
        for chunk in request.stream:
            receiver.feed(chunk)
        reply, faults = self._reply(request, receiver.end())
        limit = _Limit(request, faults)
        time.sleep(limit.wait)
        return limit.response(reply)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response to a request; raise the transport error that a test asked for."""
        receiver = Receiver(request.headers.get("content-type", ""))
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        async for chunk in request.stream:
            receiver.feed(chunk)
        reply, faults = self._reply(request, receiver.end())
        limit = _Limit(request, faults)
        await anyio.sleep(limit.wait)
        return limit.response(reply)

    def _reply(self, request: httpx2.Request, received: Received) -> tuple[Reply, Faults]:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        return self._handler.handle(arrival(request.method, path, query, headers, received))


class _Limit:
    """Delay of a response, and the read timeout of its request."""

    def __init__(self, request: httpx2.Request, faults: Faults) -> None:
        timeout = request.extensions.get("timeout", {}).get("read")
        self._request = request
        self._faults = faults
        self._late = timeout is not None and faults.delay > timeout
        self.wait: float = faults.delay if timeout is None else min(timeout, faults.delay)

    def response(self, reply: Reply) -> httpx2.Response:
        """Return the response, or raise what a server that is late, or closes the connection, leads to."""
        if self._late:
            raise httpx2.ReadTimeout("the mock server did not respond in time", request=self._request)
        if self._faults.cut == "headers":
            raise httpx2.RemoteProtocolError(_CLOSED, request=self._request)
        if self._request.method == "HEAD":
            reply = Whole(reply.status, reply.headers, b"")
        return httpx2.Response(
            reply.status,
            headers=all_headers(reply, self._faults),
            stream=_Body(reply, self._faults, self._request),
            request=self._request,
        )


class _Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Body of a response, chunk by chunk."""

    def __init__(self, reply: Reply, faults: Faults, request: httpx2.Request) -> None:
        self._reply = reply
        self._cut = faults.cut is not None
        self._pause = faults.pause if isinstance(reply, Chunked) else 0.0
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        for chunk in chunks(self._reply, cut=self._cut):
            yield chunk
            time.sleep(self._pause)
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in chunks(self._reply, cut=self._cut):
            yield chunk
            await anyio.sleep(self._pause)
        self._end()

    def _end(self) -> None:
        if self._cut:
            raise httpx2.RemoteProtocolError(_CLOSED, request=self._request)
