"""What must arrive at a server for a call, by the document alone: method, path, query, headers, cookies and body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

import attrs

from specwire_codegen.conformance.case import Body, Case, File
from specwire_codegen.conformance.json_values import differences
from specwire_codegen.conformance.multipart import BrokenBody, Part, parts_of
from specwire_codegen.conformance.parameters import (
    pairs_problems,
    path_problems,
    query_pairs,
    query_problems,
    says,
    text_problems,
)
from specwire_codegen.conformance.subject import Subject
from specwire_codegen.ir import EventStream, Operation
from specwire_codegen.lower.media import base_type, is_json, switch_of


@attrs.frozen
class Arrival:
    """A request as it came in, nothing decoded."""

    method: str
    raw_path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    """Lower-case names."""
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header."""
        return next((value for key, value in self.headers if key == name.lower()), None)


def problems(subject: Subject, operation: Operation, case: Case, arrival: Arrival) -> list[str]:
    """Return where a request that arrived is not what the document says of a call."""
    return list(_problems(subject, operation, case, arrival))


def _problems(subject: Subject, operation: Operation, case: Case, arrival: Arrival) -> Iterator[str]:
    raw = subject.raw(operation.id)
    parameters = raw.get("parameters", [])
    if arrival.method != operation.http_method:
        yield f"method: {operation.http_method} expected, not {arrival.method}"
    yield from path_problems(operation.path, arrival.raw_path, case.path)
    yield from query_problems(parameters, arrival.query, case.query)
    for parameter in parameters:
        if parameter["in"] == "header" and parameter["name"] in case.header:
            name = parameter["name"]
            yield from text_problems("header", parameter, arrival.header(name), case.header[name])
    cookies = [pair.strip().partition("=") for pair in (arrival.header("cookie") or "").split(";") if pair.strip()]
    yield from pairs_problems("cookie", parameters, [(name, value) for name, _, value in cookies], case.cookie)
    yield from _accept(raw, operation, arrival)
    yield from _credentials(subject, operation, arrival)
    yield from _body(expected_body(raw, operation, case.body), arrival)


def expected_body(raw: Mapping[str, Any], operation: Operation, body: Body | None) -> Body | None:
    """Return the body with the field that asks for a stream, where the method is the one that does."""
    switch = switch_of(raw.get("responses", {}))
    if switch is None or body is None or not isinstance(operation.payload, EventStream):
        return body
    return attrs.evolve(body, value={**body.value, switch[0]: switch[1]})


def _accept(raw: Mapping[str, Any], operation: Operation, arrival: Arrival) -> Iterator[str]:
    """The client must say that it takes what the method answers."""
    offered = {
        base_type(media)
        for status, response in raw.get("responses", {}).items()
        if status.startswith("2")
        for media in response.get("content", {})
    }
    accept = arrival.header("accept") or ""
    if offered and not {base_type(one) for one in accept.split(",")} & {*offered, "*/*"}:
        yield f"header accept: one of {', '.join(sorted(offered))} expected, not {accept!r}"
    if isinstance(operation.payload, EventStream) and operation.payload.media_type not in accept:
        yield f"header accept: {operation.payload.media_type} expected, not {accept!r}"


def _credentials(subject: Subject, operation: Operation, arrival: Arrival) -> Iterator[str]:
    security = subject.api.security
    if security is None or security.kind in ("query", "cookie"):
        return
    name = security.name if security.kind == "header" else "authorization"
    if (arrival.header(name) is not None) != operation.secure:
        yield f"header {name}: {'is missing' if operation.secure else 'is sent, though the operation takes no key'}"


def _body(expected: Body | None, arrival: Arrival) -> Iterator[str]:
    content_type = arrival.header("content-type") or ""
    if expected is None or (expected.value == {} and not arrival.body):
        if arrival.body:
            yield f"body: nothing expected, not {len(arrival.body)} bytes of {content_type!r}"
        return
    if base_type(content_type) != base_type(expected.media_type):
        yield f"header content-type: {expected.media_type} expected, not {content_type!r}"
        return
    length = arrival.header("content-length")
    if length is not None and int(length) != len(arrival.body):
        yield f"header content-length: {len(arrival.body)} expected, not {length}"
    base = base_type(expected.media_type)
    if is_json(base):
        yield from _json(expected.value, arrival.body)
    elif base == "multipart/form-data":
        yield from _multipart(expected.value, arrival.body, content_type)
    elif base == "application/x-www-form-urlencoded":
        pairs = [(unquote_plus(name), unquote_plus(value)) for name, value in query_pairs(arrival.body.decode("ascii"))]
        yield from _form(expected.value, pairs)
    else:
        content = expected.value.encode() if isinstance(expected.value, str) else expected.value
        if content != arrival.body:
            yield f"body: {content!r} expected, not {arrival.body!r}"


def _json(value: Any, body: bytes) -> Iterator[str]:
    try:
        arrived = json.loads(body)
    except ValueError as problem:
        yield f"body: is not JSON: {problem}"
        return
    yield from (f"body {one}" for one in differences(value, arrived))


def _form(value: Mapping[str, Any], pairs: list[tuple[str, str]]) -> Iterator[str]:
    expected = [(name, one) for name, item in value.items() for one in (item if isinstance(item, list) else [item])]
    same = len(expected) == len(pairs) and all(
        name == key and says(text, one) for (name, one), (key, text) in zip(expected, pairs, strict=True)
    )
    if not same:
        yield f"body: {expected!r} expected, not {pairs!r}"


def _multipart(value: Mapping[str, Any], body: bytes, content_type: str) -> Iterator[str]:
    """Parts of one name must come in order; the order of names is free."""
    try:
        arrived = parts_of(body, content_type)
    except BrokenBody as problem:
        yield f"body: {problem}"
        return
    names = {part.name for part in arrived}
    for name in names - value.keys():
        yield f"part {name}: is not expected"
    for name, item in value.items():
        mine = [part for part in arrived if part.name == name]
        expected = item if isinstance(item, list) else [item]
        if len(mine) != len(expected):
            yield f"part {name}: {len(expected)} expected, not {len(mine)}"
        for one, part in zip(expected, mine, strict=False):
            yield from (f"part {name}: {problem}" for problem in _part(one, part))


def _part(expected: Any, part: Part) -> Iterator[str]:
    match expected:
        case File(filename, content, content_type):
            if part.filename != filename:
                yield f"filename {filename!r} expected, not {part.filename!r}"
            if base_type(part.content_type or "") != content_type:
                yield f"content type {content_type} expected, not {part.content_type!r}"
            if part.content != content:
                yield f"{content!r} expected, not {part.content!r}"
        case dict() | list():
            if base_type(part.content_type or "") != "application/json":
                yield f"content type application/json expected, not {part.content_type!r}"
            yield from differences(expected, json.loads(part.content))
        case _:
            if part.filename is not None:
                yield f"no filename expected, not {part.filename!r}"
            if not says(part.content.decode(), expected):
                yield f"{expected!r} expected, not {part.content!r}"
