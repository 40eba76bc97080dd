"""Expected request of a call, from the document alone: method, path, query, headers, cookies and body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

import attrs

from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Body, Case, File
from specwire_codegen.contract.values.json_diff import json_problems
from specwire_codegen.contract.wire.credentials import shown
from specwire_codegen.contract.wire.encoding import encodings_of, is_styled, part_header
from specwire_codegen.contract.wire.multipart import BrokenBodyError, Part, parts_of
from specwire_codegen.contract.wire.parameters import (
    is_text_of,
    pairs_problems,
    path_problems,
    query_pairs,
    query_problems,
    text_problems,
)
from specwire_codegen.contract.wire.querystring import parameters_of, unsent
from specwire_codegen.ir import EventStream, JsonBody, MutualTLSScheme, Operation
from specwire_codegen.mock.document.operations import path_and_query
from specwire_codegen.openapi.media_types import base_type, is_json
from specwire_codegen.openapi.objects import STYLE_KEYS


@attrs.frozen
class Arrival:
    """A request as received, nothing decoded."""

    method: str
    raw_path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    """Lower-case names."""
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """The names and values of the cookies."""
        pairs = (pair.strip().partition("=") for pair in (self.header("cookie") or "").split(";") if pair.strip())
        return [(name, value) for name, _, value in pairs]

    def credential(self, place: str, name: str) -> str | None:
        """Return the value of a name in a header, the query or a cookie."""
        if place == "header":
            return self.header(name)
        pairs = query_pairs(self.query) if place == "query" else self.cookies
        return next((unquote(value) for key, value in pairs if unquote(key) == name), None)


def problems(subject: Subject, operation: Operation, case: Case, arrival: Arrival) -> list[str]:
    """Return the differences between a received request and the documented call."""
    return list(_problems(subject, operation, case, arrival))


def _problems(subject: Subject, operation: Operation, case: Case, arrival: Arrival) -> Iterator[str]:
    raw = subject.raw(operation.id)
    parameters = parameters_of(subject, raw)
    yield from (f"query string {name}: is required but not sent, because it is not a form" for name in unsent(raw))
    if arrival.method != operation.http_method:
        yield f"method: {operation.http_method} expected, not {arrival.method}"
    path, fixed = path_and_query(operation.path)
    yield from path_problems(path, parameters, arrival.raw_path, case.path)
    keys = _keys(subject, operation, "query")
    templates = [pair for pair in fixed.split("&") if "{" in pair]
    filled = {pair.partition("=")[0] for pair in templates if "{" not in pair.partition("=")[0]}
    ours = {*fixed.split("&")} - {*templates}
    if not ours <= {*arrival.query.split("&"), ""}:
        yield f"query: {fixed} of the path expected in {arrival.query!r}"
    pairs = [pair for pair in arrival.query.split("&") if pair not in ours]
    for name in sorted(filled - {pair.partition("=")[0] for pair in pairs}):
        yield f"query: {name} of the path expected in {arrival.query!r}"
    query = "&".join(pair for pair in pairs if unquote(pair.partition("=")[0]) not in {*keys, *filled})
    yield from query_problems(parameters, query, case.query)
    for parameter in parameters:
        if parameter["in"] == "header" and parameter["name"] in case.header:
            name = parameter["name"]
            yield from text_problems("header", parameter, arrival.header(name), case.header[name])
    keys = _keys(subject, operation, "cookie")
    cookies = [(name, value) for name, value in arrival.cookies if name not in keys]
    yield from pairs_problems("cookie", parameters, cookies, case.cookie)
    yield from _accept(raw, operation, arrival)
    yield from _credentials(subject, operation, case, arrival)
    expected = expected_body(raw, operation, case.body)
    encodings = encodings_of(raw, base_type(expected.media_type)) if expected is not None else {}
    yield from _body(expected, arrival, encodings)


def expected_body(raw: Mapping[str, Any], operation: Operation, body: Body | None) -> Body | None:
    """Return the body with the constant fields of a method, such as the one that requests a stream.

    An optional object without values may be sent as `{}`: see docs/decisions/sending.md.
    """
    match operation.body:
        case JsonBody(fields=fields, media_type=media_type) if body is None and fields is not None:
            sends = operation.http_method in ("POST", "PUT", "PATCH")
            return Body(media_type, dict(operation.fixed)) if sends or operation.fixed else None
    if body is None or not operation.fixed:
        return body
    return attrs.evolve(body, value={**body.value, **dict(operation.fixed)})


def _accept(raw: Mapping[str, Any], operation: Operation, arrival: Arrival) -> Iterator[str]:
    """Check that the request accepts a response type of the method."""
    offered = {
        base_type(media)
        for status, response in raw.get("responses", {}).items()
        if status.startswith("2")
        for media in response.get("content", {})
    }
    accept = arrival.header("accept") or ""
    if offered and not {base_type(one) for one in accept.split(",") if ";q=" not in one} & {*offered, "*/*"}:
        yield f"header accept: one of {', '.join(sorted(offered))} expected, not {accept!r}"
    if isinstance(operation.payload, EventStream) and operation.payload.media_type not in accept:
        yield f"header accept: {operation.payload.media_type} expected, not {accept!r}"


def _keys(subject: Subject, operation: Operation, place: str) -> frozenset[str]:
    """Return the possible names of the key in a place; empty if the operation takes no key."""
    schemes = subject.document.get("components", {}).get("securitySchemes", {}).values()
    names = {one["name"] for one in schemes if one.get("type") == "apiKey" and one.get("in") == place}
    return frozenset(names if operation.secure else ())


def _credentials(subject: Subject, operation: Operation, case: Case, arrival: Arrival) -> Iterator[str]:
    """Check that credentials are sent only where the operation takes them, or in a parameter with the same name."""
    security = subject.api.security
    if security is None:
        return
    alternatives = subject.api.alternatives(operation)
    certificates = {name for name, scheme in security.schemes if isinstance(scheme, MutualTLSScheme)}
    # The clients under test have no certificate, so a scheme with one is the last resort.
    usable = sorted((names for names in alternatives if names), key=lambda names: bool(certificates & {*names}))
    taken = usable[0] if usable and operation.secure else ()
    places = {name: one for name, scheme in security.schemes if (one := shown(scheme)) is not None}
    wanted = {(places[name].place, places[name].name): places[name].before for name in taken if name in places}
    given = {("header", name.lower()) for name in case.header}
    given |= {("query", name) for name in case.query} | {("cookie", name) for name in case.cookie}
    for place, name in sorted({(one.place, one.name) for one in places.values()} - given):
        value, before = arrival.credential(place, name), wanted.get((place, name))
        if before is None:
            if value is not None:
                yield f"{place} {name}: is sent, though the operation does not take it"
        elif value is None:
            yield f"{place} {name}: is missing"
        elif not value.startswith(before) or value == before:
            yield f"{place} {name}: credentials after {before!r} expected"


def _body(expected: Body | None, arrival: Arrival, encodings: Mapping[str, Any]) -> Iterator[str]:
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
        yield from (f"body {one}" for one in json_problems(expected.value, arrival.body))
    elif isinstance(expected.value, list):
        arrived = [one.removeprefix(b"\x1e") for one in arrival.body.split(b"\n")[:-1]]
        if len(arrived) != len(expected.value):
            yield f"body: {len(expected.value)} values expected, not {len(arrived)}"
        for value, one in zip(expected.value, arrived, strict=False):
            yield from (f"body {problem}" for problem in json_problems(value, one))
    elif base == "multipart/form-data":
        yield from _multipart(expected, arrival.body, content_type, encodings)
    elif base == "application/x-www-form-urlencoded":
        yield from _form(expected.value, arrival.body, encodings)
    else:
        content = expected.value.encode() if isinstance(expected.value, str) else expected.value
        if content != arrival.body:
            yield f"body: {content!r} expected, not {arrival.body!r}"


def _form(value: Mapping[str, Any], body: bytes, encodings: Mapping[str, Any]) -> Iterator[str]:
    """Check form fields with a style like query parameters, except for spaces, and others as text or JSON.

    The order of names is free.
    """
    pairs = [(name.replace("+", "%20"), text.replace("+", "%20")) for name, text in query_pairs(body.decode("ascii"))]
    styled = [name for name in value if is_styled(encodings, name)]
    plain = value.keys() - styled
    for name in sorted(plain):
        texts = [unquote(text) for key, text in pairs if unquote(key) == name]
        yield from (f"form field {name}: {one}" for one in _plain(value[name], texts))
    fields = [{"name": name, "in": "form", **_field(encodings[name])} for name in styled]
    yield from pairs_problems("form", fields, [pair for pair in pairs if unquote(pair[0]) not in plain], value)


def _plain(value: Any, texts: list[str]) -> Iterator[str]:
    """Check the texts of a field without a style: one for each item of a list, JSON for an object or a nested list."""
    items = [one for one in (value if isinstance(value, list) else [value]) if one is not None]
    if len(texts) != len(items):
        yield f"{len(items)} expected, not {len(texts)}"
    for item, text in zip(items, texts, strict=False):
        if isinstance(item, dict | list):
            yield from json_problems(item, text)
        elif not is_text_of(text, item):
            yield f"{item!r} expected, not {text!r}"


def _field(encoding: Mapping[str, Any]) -> dict[str, Any]:
    stated = {key: one for key, one in encoding.items() if key in STYLE_KEYS}
    if not stated and is_json(encoding.get("contentType", "")):
        return {"content": {}}
    style = stated.get("style", "form")
    return {"style": style, "explode": stated.get("explode", style == "form")}


def _is_styled(encoding: Mapping[str, Any]) -> bool:
    """Return True if a part has its own style instead of a part for each list item, and JSON for an object."""
    field = _field(encoding)
    return "style" in field and (field["style"], field["explode"]) != ("form", True)


def _styled(values: Mapping[str, Any], parts: list[Part], encodings: Mapping[str, Any]) -> Iterator[str]:
    """Check styled parts like form fields without escapes, or like headers if commas separate the items."""
    fields = {name: {"name": name, "in": "part", **_field(encodings[name])} for name in values}
    joined = {name for name, field in fields.items() if (field["style"], field["explode"]) == ("form", False)}
    for name in joined:
        text = next((part.content.decode() for part in parts if part.name == name), None)
        yield from text_problems("part", {"name": name, "style": "simple"}, text, values[name])
    others = [(quote(part.name), quote(part.content)) for part in parts if part.name not in joined]
    yield from pairs_problems("part", [field for name, field in fields.items() if name not in joined], others, values)


def _multipart(wanted: Body, body: bytes, content_type: str, encodings: Mapping[str, Any]) -> Iterator[str]:
    """Check multipart parts: those of one name in order, names in any order, and none for null."""
    value: Mapping[str, Any] = wanted.value
    try:
        arrived = parts_of(body, content_type)
    except BrokenBodyError as problem:
        yield f"body: {problem}"
        return
    styled = {name: item for name, item in value.items() if _is_styled(encodings.get(name, {}))}
    value = {name: item for name, item in value.items() if name not in styled}
    yield from _styled(styled, [part for part in arrived if part.name not in value], encodings)
    for name, item in value.items():
        mine = [part for part in arrived if part.name == name]
        media_type = base_type(encodings.get(name, {}).get("contentType", ""))
        if is_json(media_type):
            expected = [item]
        else:
            expected = [one for one in (item if isinstance(item, list) else [item]) if one is not None]
        if len(mine) != len(expected):
            yield f"part {name}: {len(expected)} expected, not {len(mine)}"
        for one, part in zip(expected, mine, strict=False):
            yield from (f"part {name}: {problem}" for problem in _part(one, part, media_type))
            for header, each in wanted.headers.get(name, {}).items():
                stated = part_header(encodings, name, header)
                yield from text_problems(f"part {name}: header", stated, part.headers.get(header.lower()), each)


def _part(expected: Any, part: Part, media_type: str) -> Iterator[str]:
    match expected:
        case File(filename, content, content_type):
            if part.filename != filename:
                yield f"filename {filename!r} expected, not {part.filename!r}"
            if base_type(part.content_type or "") != content_type:
                yield f"content type {content_type} expected, not {part.content_type!r}"
            if part.content != content:
                yield f"{content!r} expected, not {part.content!r}"
        case _ if is_json(media_type) or isinstance(expected, dict | list):
            wanted = media_type if is_json(media_type) else "application/json"
            if base_type(part.content_type or "") != wanted:
                yield f"content type {wanted} expected, not {part.content_type!r}"
            yield from json_problems(expected, part.content)
        case _:
            if part.filename is not None:
                yield f"no filename expected, not {part.filename!r}"
            if not is_text_of(part.content.decode(), expected):
                yield f"{expected!r} expected, not {part.content!r}"
