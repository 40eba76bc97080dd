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


def events(
    canned: Canned, kind: Any, body: bytes, content_type: str = "text/event-stream", framing: str = "sse"
) -> tuple[list[Any], int]:
    """Return the events of a body, and the number of drift warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = canned.list(lambda: stream(canned, kind, body, content_type, framing))
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


TWO = [Order(id=1), Order(id=2)]


@pytest.mark.parametrize("framing", ["sse", "jsonl", "json-seq"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'data: {"id": 1}\n\ndata: {"id": 2}\n\n', "text/event-stream"),
        (b'{"id": 1}\n{"id": 2}\n', "application/x-ndjson"),
        (b'{"id": 1}\n{"id": 2}', "application/vnd.acme+jsonl"),
        (b'\x1e{"id": 1}\n\x1e{"id": 2}\n', "application/json-seq"),
        (b'\n\xef\xbb\xbf{"id": 1}\n{"id": 2}\n'.lstrip(), "application/jsonl"),
    ],
)
def test_the_media_type_of_a_stream_decides_its_framing(
    canned: Canned, framing: str, body: bytes, content_type: str
) -> None:
    """That the document declares another one is drift."""
    found, warned = events(canned, Order, body, content_type, framing)
    kind = {"text/event-stream": "sse", "application/json-seq": "json-seq"}.get(content_type, "jsonl")
    assert (TWO, int(kind != framing)) == (found, warned)


@pytest.mark.parametrize("framing", ["jsonl", "json-seq"])
@pytest.mark.parametrize("content_type", ["text/event-stream", "text/plain", "application/json"])
def test_json_texts_under_another_label_are_read(canned: Canned, framing: str, content_type: str) -> None:
    """The body shows what it is."""
    body = b'{"id": 1}\n{"id": 2}\n' if framing == "jsonl" else b'\x1e{"id": 1}\n\x1e{"id": 2}\n'
    assert events(canned, Order, body, content_type, framing) == (TWO, 0)


@pytest.mark.parametrize("framing", ["sse", "jsonl"])
@pytest.mark.parametrize(
    "body",
    [
        b'[{"id": 1}, {"id": 2}]',
        b'[\n  {\n    "id": 1\n  },\n  {\n    "id": 2\n  }\n]\n',
        b'{\n "id": 1\n}\n{\n "id": 2\n}\n',
        b'{"id": 1}{"id": 2}',
    ],
    ids=["array", "indented array", "indented objects", "objects in a row"],
)
def test_a_body_of_several_json_values_is_read_as_events(canned: Canned, framing: str, body: bytes) -> None:
    """It is not a stream, but each value is an event of the document."""
    found, warned = events(canned, Order, body, "application/json", framing)
    assert (TWO, True) == (found, warned > 0)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_last_event_may_lack_its_blank_line(canned: Canned, end: bytes) -> None:
    """It is whole if its data is a whole JSON object."""
    assert events(canned, Order, b'data: {"id": 1}\n\ndata: {"id": 2}' + end) == (TWO, 1)
    with pytest.raises(StreamTruncatedError, match="in the middle of an event"):
        events(canned, Order, b'data: {"id": 1}\n\ndata: {"id": 2' + end)


def test_a_named_error_may_lack_its_blank_line(canned: Canned) -> None:
    with pytest.raises(StreamEventError, match="overloaded"):
        events(canned, Order, b'data: {"id": 1}\n\nevent: error\ndata: {"message": "overloaded"}\n')


def test_events_may_be_separated_by_a_line_break_only(canned: Canned) -> None:
    """A blank line between them is missing."""
    assert events(canned, Order, b'data: {"id": 1}\ndata: {"id": 2}\n\n') == (TWO, 1)


def test_an_object_over_several_data_lines_is_one_event(canned: Canned) -> None:
    assert events(canned, Order, b'data: {\ndata:   "id": 1\ndata: }\n\n') == ([Order(id=1)], 0)
