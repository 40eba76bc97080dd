"""Departures of responses from a document, whole and byte by byte: the proxy and live contract runs share the check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.response_check import ResponseCheck

THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
EVENT = {
    "type": "object",
    "properties": {"data": {"type": "string", "contentMediaType": "application/json", "contentSchema": THING}},
}
STREAM = {"itemSchema": EVENT, "x-specwire-stream": {"terminator": "[DONE]", "resumable": True}}
HEADERS = {
    "X-Limit": {"required": True, "schema": {"type": "integer"}},
    "X-Names": {"schema": {"type": "array", "items": {"type": "string"}}},
}
JSON = ("content-type", "application/json")
SSE = ("content-type", "text/event-stream; charset=utf-8")
LINES = ("content-type", "application/x-ndjson")


def check_of(content: dict[str, Any], declared: dict[str, Any]) -> tuple[ResponseCheck, Any]:
    """Return a check, and an operation whose status 200 has this content."""
    responses = {"200": {"description": "d", "content": content, "headers": declared}, "default": {"description": "d"}}
    document = Document({"openapi": "3.2.0", "paths": {"/": {"get": {"operationId": "a", "responses": responses}}}})
    (operation,) = load_operations.read(document)
    return ResponseCheck(document, Validators(document, "response")), operation


def departures(
    content: dict[str, Any], headers: Iterable[tuple[str, str]], body: bytes, status: int = 200, declared: Any = ()
) -> tuple[str, ...]:
    """Return the departures of a response, which are the same in whatever parts its body arrives."""
    check, operation = check_of(content, dict(declared))
    found = set()
    for size in (1, 2, 3, len(body) or 1):
        watch = check.begin(operation, "GET", status, tuple(headers))
        for at in range(0, len(body), size):
            watch.feed(body[at : at + size])
        found.add(watch.end())
    (only,) = found
    return only


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("X-Limit", "1")], ()),
        ([], ("header X-Limit is required",)),
        ([("x-limit", "1"), ("x-limit", "1")], ()),
        ([("x-limit", "1"), ("X-Limit", "2")], ("header X-Limit has 2 different values, and one is declared",)),
        ([("x-limit", "1"), ("x-names", "a"), ("x-names", "b")], ()),
        ([("x-limit", "1"), ("set-cookie", "a=1"), ("set-cookie", "b=1")], ()),
    ],
)
def test_headers(headers: list[tuple[str, str]], expected: tuple[str, ...]) -> None:
    """A required one is there, and one value has no other one."""
    assert departures({"application/json": {}}, [*headers, JSON], b"1", declared=HEADERS) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"id": 1}', ()),
        (b"", ("the body is empty",)),
        (b'{"id": "x"}', ('body.id: the value is not of type "integer"',)),
        (b"\xff", ("the body is not UTF-8 at byte 0",)),
    ],
)
def test_json(body: bytes, expected: tuple[str, ...]) -> None:
    """One document in UTF-8 that matches the schema."""
    assert departures({"application/json": {"schema": THING}}, [JSON], body) == expected


@pytest.mark.parametrize("headers", [[], [("content-type", "text/html")]])
def test_a_body_of_json_is_not_absent(headers: list[tuple[str, str]]) -> None:
    """Whatever the content type."""
    assert departures({"application/json": {}}, headers, b"") == ("a body is expected: application/json",)


def test_the_same_violation_in_several_items_is_reported_once() -> None:
    """With the number of items."""
    schema = {"type": "array", "items": THING}
    found = departures({"application/json": {"schema": schema}}, [JSON], b'[{"id": 1}, {"id": "x"}, {"id": "y"}, {}]')
    assert found == (
        'body.1.id: the value is not of type "integer" (and 1 more items)',
        'body.3: "id" is a required property',
    )


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ('data: {"id": 1}||data: [DONE]||', ()),
        ('\ufeffdata: {"id": 1}||id: 1|data: {"id":|data: 2}||: comment||data: [DONE]||', ()),
        ('data: {"id": "x"}||data: [DONE]||', ('event.id: the value is not of type "integer"',)),
        ('data: {"id"||data: [DONE]||', ("event: the data is not JSON: Expecting ':' delimiter, at line 1 column 6",)),
        ('data: {"id": 1}||', ("the stream ends without [DONE]",)),
        ('data: {"id": 1}||data: [DO', ("the stream ends within an event", "the stream ends without [DONE]")),
        ("data: [DONE]|", ("the stream ends within an event", "the stream ends without [DONE]")),
        (
            'id: 7|data: {"id": 1}||id: 7|data: {"id": 2}||data: [DONE]||',
            ('several events have the id "7", so the stream cannot be resumed after it',),
        ),
        ("", ("the stream ends without [DONE]",)),
    ],
)
def test_events(events: str, expected: tuple[str, ...], line: bytes) -> None:
    """With every end of a line."""
    body = events.encode().replace(b"|", line)
    assert departures({"text/event-stream": STREAM}, [SSE], body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"id": 1}\r\n\n\x1e{"id": 2}', ()),
        (b"", ()),
        (b'{"id": 1}\n{"id": "x"}\n', ('line.id: the value is not of type "integer"',)),
        (b'{"id": 1}\n{"id"', ("line: the data is not JSON: Expecting ':' delimiter, at line 1 column 6",)),
    ],
)
def test_lines(body: bytes, expected: tuple[str, ...]) -> None:
    """Each line is a JSON document, also the last one."""
    assert departures({"application/x-ndjson": {"itemSchema": THING}}, [LINES], body) == expected


@pytest.mark.parametrize(
    ("media", "body", "expected"),
    [
        ("text/plain", "é".encode(), ()),
        ("text/plain; charset=latin-1", b"\xe9", ()),
        ("text/plain", b"\xe9", ("the text is not utf-8, the default",)),
        ("text/plain; charset=nonsense", b"a", ("the text is not nonsense",)),
        ("text/plain", b"", ()),
        ("text/html", b"<p>", ("content type 'text/html' is not declared: text/plain",)),
        ("text/html", b"", ()),
    ],
)
def test_texts(media: str, body: bytes, expected: tuple[str, ...]) -> None:
    """In their charset, and of a declared type."""
    assert departures({"text/plain": {}}, [("content-type", media)], body) == expected


@pytest.mark.parametrize(("status", "expected"), [(204, ()), (304, ()), (500, ("content type 'application/json'",))])
def test_statuses_of_the_default_response(status: int, expected: tuple[str, ...]) -> None:
    """It declares no body; some statuses cannot have one."""
    found = departures({}, [JSON], b"" if status < 400 else b"{}", status)
    assert [one.partition(" is not")[0] for one in found] == [*expected]
