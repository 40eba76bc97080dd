"""Streams with an unexpected body: nothing is lost, and nothing ends silently."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import pytest
from specwire import UNSET, AsyncEventStream, DriftWarning, EventStream, StreamRequest, Unset, WireModel
from specwire.errors import APIError, DecodeError, EnvelopeError, StreamEventError, StreamTruncatedError
from specwire.support import EventsPayload, Operation

from tests.support.canned import Canned


class Order(WireModel, kw_only=True):
    """An event."""

    id: int | Unset = UNSET


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def canned(request: pytest.FixtureRequest) -> Canned:
    """Each kind of client."""
    return Canned(request.param)


def stream(canned: Canned, kind: Any, body: bytes, content_type: str, framing: Any = "sse") -> Any:
    """Return a stream with this body."""
    client, _ = canned.client(body, content_type)
    operation = Operation(id="op", method="GET", path="/op", returns=EventsPayload(kind, framing))
    of = AsyncEventStream if canned.asynchronous else EventStream
    return of(client._session, StreamRequest(operation))


def events(canned: Canned, kind: Any, body: bytes, content_type: str = "text/event-stream") -> tuple[list[Any], int]:
    """Return the events of a body, and the number of drift warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = canned.list(lambda: stream(canned, kind, body, content_type))
    return found, sum(issubclass(each.category, DriftWarning) for each in caught)


@pytest.mark.parametrize(
    ("kind", "body", "found", "drifts"),
    [
        (str, b"data: a b\n\n", ["a b"], 0),
        (str, b'data: "q"\n\n', ['"q"'], 0),
        (str | None, b"data: a b\n\n", ["a b"], 0),
        (str | None, b"data: 5\n\n", ["5"], 0),
        (str | None, b"data: null\n\n", [None], 0),
        (Literal["a", "b"], b'data: a\n\ndata: "b"\n\n', ["a", "b"], 0),
        (Literal["a", "b"], b"data: c\n\n", ["c"], 1),
        (str | Order, b'data: a\n\ndata: {"id": 1}\n\n', ["a", Order(id=1)], 0),
        (Any, b'data: a\n\ndata: {"id": 1}\n\ndata: 5\n\n', ["a", {"id": 1}, 5], 0),
    ],
)
def test_plain_text_is_an_event_of_a_type_that_accepts_strings(
    canned: Canned, kind: Any, body: bytes, found: list[Any], drifts: int
) -> None:
    assert events(canned, kind, body) == (found, drifts)


@pytest.mark.parametrize("kind", [str, Any, Order])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"tok0 tok1 ", "text/event-stream"),
        (b"tok0\ntok1\n", "text/event-stream"),
        (b'{"id": 1}\n{"id": 2}\n', "application/x-ndjson"),
        (b'{"id": 1}\n', "text/event-stream"),
        (b'{"id": 1}', "application/json"),
        (b"hello\n\n", "text/plain"),
        (b"<html>\n</html>\n", "text/html; charset=utf-8"),
    ],
)
def test_a_body_without_events_is_an_error_with_the_body(
    canned: Canned, kind: Any, body: bytes, content_type: str
) -> None:
    with pytest.raises(APIError) as caught:
        events(canned, kind, body, content_type)
    assert isinstance(caught.value, DecodeError | StreamTruncatedError)
    assert caught.value.response is not None
    assert caught.value.response.content == body


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/event-stream", "text/plain", "application/x-ndjson"]
)
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_an_error_instead_of_events_is_raised_for_any_content_type(
    canned: Canned, content_type: str, end: bytes
) -> None:
    with pytest.raises(EnvelopeError, match="overloaded"):
        events(canned, Order, b'{"error": {"message": "overloaded"}}' + end, content_type)


@pytest.mark.parametrize("body", [b"", b"\n\n", b": ping\n\n", b"retry: 5\n\n", b"\xef\xbb\xbf: ping\n\n", b"id\n\n"])
def test_a_stream_without_data_is_empty(canned: Canned, body: bytes) -> None:
    assert events(canned, Order, body) == ([], 0)


def test_a_stream_is_read_as_bytes(canned: Canned) -> None:
    body = b"tok0 tok1 "
    pieces = canned.list(lambda: stream(canned, str, body, "text/event-stream").iter_bytes())
    assert b"".join(pieces) == body


@pytest.mark.parametrize(
    "error",
    [
        b'{"error": {"message": "overloaded"}}',
        b'{"error": "overloaded"}',
        b'{"object": "error", "message": "overloaded"}',
    ],
)
@pytest.mark.parametrize("framing", ["sse", "jsonl"])
def test_an_event_that_contains_only_an_error_is_raised(canned: Canned, framing: str, error: bytes) -> None:
    form = b"data: %b\n\n" if framing == "sse" else b"%b\n"
    body = form % b'{"id": 1}' + form % error
    content_type = "text/event-stream" if framing == "sse" else "application/x-ndjson"
    with pytest.raises(StreamEventError, match="overloaded"):
        canned.list(lambda: stream(canned, Order, body, content_type, framing))


def test_an_event_with_an_error_next_to_a_declared_field_is_an_event(canned: Canned) -> None:
    assert events(canned, Order, b'data: {"id": 1, "error": "x"}\n\n') == ([Order(id=1)], 0)
