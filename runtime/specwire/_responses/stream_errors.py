"""Errors of streams: a response without events, and reading after the stream was read or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specwire._models import lenient_json
from specwire._responses.error_envelope import envelope_error, error_alone_in
from specwire._responses.media_type import media_type_of
from specwire.errors import APIError, DecodeError, StreamError

if TYPE_CHECKING:
    from specwire._operations.request import StreamRequest
    from specwire._operations.response import Response

UNFINISHED = (
    "an earlier read is still running, or it failed or was cancelled, which closed the {}: call the method again"
)
"""Message about a read that ended neither with a piece nor with the end."""
DOCUMENTS = ("application/json", "application/problem+json", "text/html")
"""Media types that servers send instead of events to report an error."""


def already_read_error(request: StreamRequest[Any], response: Response[None]) -> StreamError:
    """Return the error for requesting the bytes of a stream whose events were read."""
    message = f"{request.operation.id}: events were already read: call `iter_bytes()` before reading any"
    return StreamError(message, request=request, response=response)


def closed_error(request: StreamRequest[Any], response: Response[None] | None) -> StreamError:
    """Return the error for reading a stream that was closed before its end."""
    message = f"{request.operation.id}: the stream was closed before its end: read it inside its `with`"
    return StreamError(message, request=request, response=response)


def unfinished_error(request: StreamRequest[Any]) -> StreamError:
    """Return the error for reading a stream while another read runs, or after one that was cancelled."""
    return StreamError(f"{request.operation.id}: {UNFINISHED.format('stream')}", request=request)


def unexpected_error(request: StreamRequest[Any], response: Response[None]) -> APIError:
    """Return the error for a response without events: the server's error if the body is one."""
    raw = lenient_json.loads_or_text(response.content)
    if (error := error_alone_in(raw)) is not None:
        return envelope_error(request, response, raw, error)
    shown = response.content[:80].decode("utf-8", "replace")
    media_type = media_type_of(response.headers)
    what = media_type if media_type in DOCUMENTS else "text without events"
    return DecodeError(
        f"{request.operation.id}: the server sent {what} instead of events: {shown!r}",
        request=request,
        response=response,
    )
