"""Responses generated from a document, and a check that a client returns them unchanged."""

from __future__ import annotations

import functools
import json
import operator
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from specwire._codec.codec import encode
from specwire.errors import APIStatusError, EnvelopeError, SpecwireError
from specwire.support import Formats

from specwire_codegen.contract.client.calls import Outcome
from specwire_codegen.contract.strategies.schemas import Schema, closed, closed_schema, values
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import shown
from specwire_codegen.contract.values.json_diff import differences, same_meaning, sendable
from specwire_codegen.contract.values.types import Types
from specwire_codegen.contract.wire.framing import Framing, framed, framings
from specwire_codegen.ir import (
    AnyJson,
    BinaryStream,
    Empty,
    EventError,
    EventStream,
    JsonPayload,
    ListOf,
    Nullable,
    Operation,
    Primitive,
    Status,
    Text,
    TypeExpr,
)
from specwire_codegen.lower.media import Components, exact_type, is_range, is_text, preference
from specwire_codegen.openapi.media_types import base_type, is_json

_OTHERS = ("18", "19", "42", "77", "99")
"""Statuses of each class that documents rarely name, for their responses to ranges and `default`."""
_BODILESS = (204, 205)
"""Statuses whose responses have no body in HTTP, whatever the document declares."""
_TEXTS = Formats(base64=frozenset({""}), decimal=frozenset({""}))
"""Types that clients parse from texts only; they are compared with the text that was sent."""


@attrs.frozen
class DrawnResponse:
    """A server's response and the expected result of the client."""

    status: int
    content_type: str
    chunks: tuple[bytes, ...] = attrs.field(repr=False)
    value: Any
    """JSON, the list of events of a stream, text, bytes, or None for no body."""
    headers: tuple[tuple[str, str], ...] = ()
    """Headers other than the content type."""
    broken: bool = False
    """True if the connection ends after the chunks, before the end of the response."""

    def __str__(self) -> str:
        """Return status, media type and value."""
        return " ".join(filter(None, (str(self.status), self.content_type, shown(self.value), "cut off" * self.broken)))

    @property
    def all_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers with the content type."""
        return ((("content-type", self.content_type),) if self.content_type else ()) + self.headers


def responses(subject: Subject, operation: Operation) -> SearchStrategy[DrawnResponse]:
    """Return a strategy of the successful responses of a method.

    Objects have only the properties that the document names, because a client drops unknown keys; maps have any
    keys.
    """
    payload = operation.payload
    match payload:
        case JsonPayload():
            encoded = [_json(subject, *each) for each in successes(subject, operation)]
            return st.one_of(*encoded, *_textual(subject, operation, payload))
        case EventStream():
            drawn = _stream(subject, operation, payload)
            return _with_status(drawn, _statuses(subject, operation, payload.media_type))
        case BinaryStream(media_type):
            sent = media_type if "*" not in media_type else "application/octet-stream"
            drawn = st.binary(max_size=2000).flatmap(lambda content: _cut(200, sent, content, content))
            return _with_status(drawn, _statuses(subject, operation, media_type))
        case Text(media_type):
            return _texts(subject, operation, media_type)
        case Empty():
            return st.sampled_from(_statuses(subject, operation, None) or [204]).map(
                lambda status: DrawnResponse(status, "", (), None)
            )
        case _:
            assert_never(payload)


def _textual(subject: Subject, operation: Operation, payload: JsonPayload) -> Iterator[SearchStrategy[DrawnResponse]]:
    """Yield strategies of textual responses: strings unchanged, other values as JSON."""
    responses = subject.raw(operation.id)["responses"]
    for media_type in filter(is_text, payload.media_type.split(", ")):
        for status in _statuses(subject, operation, media_type):
            content = next(
                each["content"] for key, each in responses.items() if key.upper().replace("XX", "00") == str(status)
            )
            schema = next(media.get("schema", {}) for name, media in content.items() if base_type(name) == media_type)
            textual = media_type != "text/plain" or Components(subject.schemas, {}).is_textual(schema)
            drawn = _texts(subject, operation, media_type) if textual else _json(subject, status, media_type, schema)
            yield _with_status(drawn, [status])


def _texts(subject: Subject, operation: Operation, media_type: str) -> SearchStrategy[DrawnResponse]:
    sent = f"{'text/plain' if '*' in media_type else media_type}; charset=utf-8"
    texts = st.text(max_size=200).map(lambda text: DrawnResponse(200, sent, (text.encode(),), text))
    return _with_status(texts, _statuses(subject, operation, media_type))


def errors(subject: Subject, operation: Operation) -> SearchStrategy[DrawnResponse] | None:
    """Return a strategy of the documented errors of an operation, or None if none has a body.

    A response to HEAD never has one.
    """
    if operation.http_method == "HEAD":
        return None
    statuses: dict[tuple[str, str], list[int]] = {}
    responses = subject.raw(operation.id).get("responses", {})
    for status, response in responses.items():
        for media_type, media in response.get("content", {}).items():
            number = _error_status(status, responses)
            if number is not None and is_json(media_type) and "schema" in media:
                statuses.setdefault((media_type, json.dumps(media["schema"])), []).append(number)
    drawn = [
        st.builds(attrs.evolve, _json(subject, 0, media_type, json.loads(schema)), status=st.sampled_from(known))
        for (media_type, schema), known in statuses.items()
    ]
    return st.one_of(*drawn) if drawn else None


def _error_status(status: str, responses: Mapping[str, Any]) -> int | None:
    """Return an error status for a response that no more specific response covers, or None."""
    named = {one.upper() for one in responses}
    if status.isdigit():
        return int(status) if status[0] in "45" else None
    hundreds = [one for one in "45" if f"{one}XX" not in named] if status == "default" else [status[0]]
    numbers = (f"{hundred}{one}" for hundred in hundreds if hundred in "45" for one in _OTHERS)
    return next((int(number) for number in numbers if number not in named), None)


def successes(subject: Subject, operation: Operation) -> Iterator[tuple[int, str, Schema]]:
    """Yield status, media type and schema of each successful JSON response."""
    responses = subject.raw(operation.id)["responses"]
    accepted = operation.payload.media_type.split(", ") if isinstance(operation.payload, JsonPayload) else []
    statuses = [status for status in responses if status.startswith("2")] or ["default"]
    for status in statuses:
        content = responses[status].get("content", {})
        json_types = [name for name in content if is_json(name)] or [name for name in content if is_range(name)]
        wanted = [name for name in json_types if {base_type(name), exact_type(name)} & {*accepted}] or json_types
        for media_type in sorted(wanted, key=preference)[:1]:  # the client's own Accept preference
            sent = media_type if is_json(media_type) else "application/json"
            number = 200 if status == "default" else int(status.upper().replace("XX", "00"))
            if number not in _BODILESS:
                yield number, sent, content[media_type].get("schema", {})


def is_success(subject: Subject, operation: Operation, status: int) -> bool:
    """Return True if a document declares a status as successful, or no success at all."""
    named = {one.upper() for one in subject.raw(operation.id).get("responses", {"default": {}})}
    any_success = not any(one[:1] == "2" or one == "DEFAULT" for one in named)
    return 200 <= status < 300 and (any_success or bool(named & {str(status), "2XX", "DEFAULT"}))


def _statuses(subject: Subject, operation: Operation, media_type: str | None) -> list[int]:
    """Return the success statuses whose responses have this media type, or for None no body."""
    found = []
    for status, response in subject.raw(operation.id).get("responses", {}).items():
        number = int(status.upper().replace("XX", "00")) if status.startswith("2") else 0
        content = response.get("content", {})
        fits = not content if media_type is None else media_type in map(base_type, content)
        if fits and number and (media_type is None or number not in _BODILESS):
            found.append(number)
    return found


def _with_status(drawn: SearchStrategy[DrawnResponse], statuses: list[int]) -> SearchStrategy[DrawnResponse]:
    pairs = st.tuples(drawn, st.sampled_from(statuses or [200]))
    return pairs.map(lambda pair: attrs.evolve(pair[0], status=pair[1]))


def _json(subject: Subject, status: int, media_type: str, schema: Schema) -> SearchStrategy[DrawnResponse]:
    drawn = values_of(subject, schema)
    return drawn.map(lambda value: json_response(status, media_type, value))


def json_response(status: int, media_type: str, value: Any) -> DrawnResponse:
    """Return a value as a JSON response."""
    return DrawnResponse(status, media_type, (json.dumps(value).encode(),), value)


def values_of(subject: Subject, schema: Schema) -> SearchStrategy[Any]:
    """Return a strategy of a schema's values from a server that follows the document exactly."""
    components = closed(subject.schemas)
    return values(components, closed_schema(schema)).filter(sendable)


def events(subject: Subject, operation: Operation, payload: EventStream) -> SearchStrategy[Any]:
    """Return a strategy of the events of a stream, without error events."""
    drawn = values_of(subject, _event_schema(subject, operation, payload))
    return drawn.filter(lambda value: not any(_is_error(value, one) for one in payload.errors))


def _stream(subject: Subject, operation: Operation, payload: EventStream) -> SearchStrategy[DrawnResponse]:
    event = events(subject, operation, payload)
    few, several = st.lists(event, max_size=2), st.lists(event, min_size=3, max_size=5)
    return st.builds(_framed, st.one_of(several, few), st.just(payload), framings(payload.framing)).flatmap(
        lambda stream: _cut(200, payload.media_type, *stream)
    )


def _framed(events: list[Any], payload: EventStream, framing: Framing) -> tuple[bytes, list[Any]]:
    expected = [functools.reduce(operator.getitem, payload.item, event) for event in events]
    return framed(events, payload.framing, payload.terminator, framing, plain=is_plain(payload)), expected


def _event_schema(subject: Subject, operation: Operation, payload: EventStream) -> Schema:
    media = next(
        media
        for response in subject.raw(operation.id)["responses"].values()
        for media_type, media in response.get("content", {}).items()
        if base_type(media_type) == payload.media_type
    )
    item = subject.resolve(media.get("itemSchema", {}))
    data = subject.resolve(item.get("properties", {}).get("data", {}))
    if is_plain(payload):
        return {"type": "string", "pattern": "^[a-z]{1,20}$"}
    schema: Schema = data.get("contentSchema", {}) if payload.framing == "sse" else item
    return schema


def is_plain(payload: EventStream) -> bool:
    """Return True if the data of events is text instead of JSON."""
    return payload.framing == "sse" and payload.event == Primitive("str")


def _is_error(value: Any, error: EventError) -> bool:
    for key in error.path:
        value = value.get(key) if isinstance(value, dict) else None
    return value is not None if error.equals is None else value == error.equals


def _cut(status: int, content_type: str, content: bytes, value: Any) -> SearchStrategy[DrawnResponse]:
    """Return a strategy of the same response in chunks of different sizes, also in one chunk."""
    sizes = st.one_of(st.just(max(1, len(content))), st.integers(min_value=1, max_value=max(1, len(content))))
    return sizes.map(lambda size: DrawnResponse(status, content_type, tuple(_chunks(content, size)), value))


def _chunks(content: bytes, size: int) -> Iterator[bytes]:
    size = max(size, len(content) // 50)
    for start in range(0, len(content), size):
        yield content[start : start + size]


def problems(types: Types, operation: Operation, sent: DrawnResponse, outcome: Outcome) -> list[str]:
    """Return the differences between a client's result and the response, or its declared type.

    Drift counts as a problem.
    """
    match outcome.error:
        case APIStatusError() as error if sent.status >= 400:
            found = (
                [] if error.status_code == sent.status else [f"status {sent.status} expected, not {error.status_code}"]
            )
            drifts = error.response.drift if error.response is not None else ()
            found += [f"drift at {drift}" for drift in drifts]
            return found + result_problems(types, _error_type(operation, sent.status), sent.value, error.body)
        case EnvelopeError() as error if has_error_envelope(operation, sent.value):
            return result_problems(types, _declared(operation), sent.value, error.body)
        case SpecwireError() as error:
            return [f"{type(error).__name__}: {error}"]
        case None if sent.status >= 400:
            return [f"status {sent.status} did not raise an error"]
        case None if has_error_envelope(operation, sent.value):
            return ["the error envelope did not raise an error"]
        case None:
            return result_problems(types, _declared(operation), _returned(operation, sent.value), outcome.value)


def _returned(operation: Operation, value: Any) -> Any:
    """Return the part of a response that the method returns; None if the response lacks it."""
    payload = operation.payload
    for key in payload.envelope.keys if isinstance(payload, JsonPayload) and payload.envelope is not None else ():
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _declared(operation: Operation) -> TypeExpr:
    """Return the result type of a method; for a stream, the list of all its events."""
    match operation.payload:
        case JsonPayload(type_):
            return type_
        case EventStream(event):
            return ListOf(event)
        case BinaryStream():
            return Primitive("bytes")
        case Text():
            return Primitive("str")
        case Empty():
            return Nullable(AnyJson())


def _error_type(operation: Operation, status: int) -> TypeExpr:
    """Return the type of an error body: by status, else by range, else the default."""
    types: dict[Status, TypeExpr] = dict(operation.errors.by_status)
    return next((types[one] for one in (status, f"{status // 100}XX", "default") if one in types), AnyJson())


def has_error_envelope(operation: Operation, value: Any) -> bool:
    """Return True if a successful response carries an error envelope."""
    envelope = operation.error_envelope
    if envelope is None or not isinstance(value, Mapping):
        return False
    for key in envelope.code:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value not in envelope.accepted


def result_problems(types: Types, declared: TypeExpr, expected: Any, actual: Any) -> list[str]:
    """Return the differences between a client's value and the sent one, or its declared type."""
    if isinstance(expected, bytes):
        return [] if expected == actual else [f"{expected!r} expected, not {actual!r}"]
    found = list(differences(expected, json.loads(encode(actual, _TEXTS)), same_meaning))
    return found or [f"type {problem}" for problem in types.problems(declared, actual)]
