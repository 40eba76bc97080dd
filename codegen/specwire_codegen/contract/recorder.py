"""Server that records raw requests and responds from a script or through another application."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.wire.expected_request import Arrival


class Recorder:
    """An ASGI application; without an inner application, it sends `response` to every request."""

    def __init__(self, inner: ASGIApp | None = None) -> None:
        """Record requests to the inner application, if there is one."""
        self.arrivals: list[Arrival] = []
        self.response: DrawnResponse | None = None
        self.first: list[DrawnResponse] = []
        """Responses to the next requests, one each, sent before `response`."""
        self.inner = inner

    @property
    def last(self) -> Arrival:
        """The latest request."""
        return self.arrivals[-1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record one request and respond to it."""
        body = await whole(receive)
        headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
        raw_path, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii")
        self.arrivals.append(Arrival(scope["method"], raw_path, query, headers, body))
        if self.inner is not None:
            await self.inner(scope, _again(body, receive), send)
        elif self.first:
            await _send(self.first.pop(0), send)
        elif self.response is not None:
            await _send(self.response, send)


async def whole(receive: Receive) -> bytes:
    """Return the body of a request."""
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a channel that replays the body and then forwards later messages."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return pending.pop() if pending else await receive()

    return give


async def _send(response: DrawnResponse, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.all_headers]
    start: dict[str, Any] = {"type": "http.response.start", "status": response.status, "headers": headers}
    await send(start)
    for chunk in response.chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    if not response.broken:  # otherwise the server closes the connection
        await send({"type": "http.response.body", "body": b"", "more_body": False})
