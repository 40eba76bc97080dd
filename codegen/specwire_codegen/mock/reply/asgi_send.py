"""Replies sent over ASGI, including ones that close the connection halfway."""

import asyncio
from collections.abc import Iterator
from typing import Final

from starlette.types import Receive, Scope, Send

from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.reply.responses import Chunked, Reply, Whole

CONNECTION: Final = "specwire.mock.connection"
"""ASGI extension with the transport of the connection, to cut a reply off."""


async def send_reply(reply: Reply, faults: Faults, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a reply, delayed or cut off on request."""
    if faults.delay:
        await asyncio.sleep(faults.delay)
    if faults.cut == "headers":
        return await close_connection(scope, receive)
    raw = all_headers(reply, faults)
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    cut = faults.cut is not None
    for chunk in chunks(reply, cut=cut):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        # Without a pause between chunks, a long stream would block all other requests.
        await asyncio.sleep(faults.pause if isinstance(reply, Chunked) else 0)
    if cut:
        return await close_connection(scope, receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return None


def all_headers(reply: Reply, faults: Faults) -> list[tuple[bytes, bytes]]:
    """Return the headers of a reply as sent."""
    headers = list(reply.headers)
    # A 204 or 304 must not have a Content-Length (RFC 9110, section 8.6).
    if isinstance(reply, Whole) and reply.status not in {204, 304}:
        headers.append(("content-length", str(len(reply.body))))
    if faults.retry_after is not None:
        headers.append(("retry-after", faults.retry_after))
    return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]


def chunks(reply: Reply, *, cut: bool) -> Iterator[bytes]:
    """Yield the body of a reply; if it is cut off, the first half."""
    match reply:
        case Whole(body=body):
            yield body[: len(body) // 2] if cut else body
        case Chunked(chunks=events) if cut:
            whole = list(events())
            yield from whole[: max(len(whole) // 2, 1)]
        case Chunked(chunks=events):
            yield from events()


async def close_connection(scope: Scope, receive: Receive) -> None:
    """Close the connection in the middle of a reply."""
    connection = scope.get("extensions", {}).get(CONNECTION)
    if not isinstance(connection, asyncio.WriteTransport):
        raise MockError("a reply can only be cut off by the mock's own server: start it with `serve` or `run`")
    connection.close()
    while (await receive())["type"] != "http.disconnect":
        continue
