"""Errors of streams: what came instead of events, and reading where nothing can be read any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from specwire._models import lenient_json
from specwire._responses.error_envelope import error_alone_in, refused
from specwire.errors import APIError, DecodeError, StreamError

if TYPE_CHECKING:
    from specwire._operations.request import StreamRequest
    from specwire._operations.response import Response

DOCUMENTS = ("application/json", "application/problem+json", "text/html")
"""Media types that servers send instead of events when something is wrong."""


def json_or_text(data: bytes) -> Any:
    try:
        return lenient_json.loads(data)
    except msgspec.DecodeError:
        return data.decode("utf-8", "replace")


def begun(request: StreamRequest[Any], response: Response[None]) -> StreamError:
    """Return the error of asking for the bytes of a stream of which events were read."""
    message = f"{request.operation.id}: its events were read already: call `iter_bytes()` before reading any"
    return StreamError(message, request=request, response=response)


def closed(request: StreamRequest[Any], response: Response[None] | None) -> StreamError:
    """Return the error of reading from a stream that was closed before its end."""
    message = f"{request.operation.id}: the stream was closed before its end: read it inside its `with`"
    return StreamError(message, request=request, response=response)


def unexpected(request: StreamRequest[Any], response: Response[None]) -> APIError:
    """Return the error of an answer in the place of events: what the server says, if it says that it is one."""
    raw = json_or_text(response.content)
    if (error := error_alone_in(raw)) is not None:
        return refused(request, response, raw, error)
    shown = response.content[:80].decode("utf-8", "replace")
    what = kind_of(response) if kind_of(response) in DOCUMENTS else "text that holds no events"
    return DecodeError(
        f"{request.operation.id}: the server sent {what} where events were asked for: {shown!r}",
        request=request,
        response=response,
    )


def kind_of(response: Response[None]) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()
