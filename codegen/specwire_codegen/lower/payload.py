"""Lowering of responses to payloads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.ir import (
    AnyJson,
    BinaryStream,
    Empty,
    EventError,
    EventStream,
    JsonPayload,
    Nullable,
    Payload,
    Primitive,
    Status,
    Text,
    TypeExpr,
)
from specwire_codegen.lower.media import Components, exact_type, is_range, is_text, parameters_of, preference
from specwire_codegen.lower.schema import union_of
from specwire_codegen.lower.twins import Form, twins
from specwire_codegen.openapi.media_types import Framing, base_type, framing_of, is_json
from specwire_codegen.openapi.pointer import split

_BODILESS = ("204", "205")
"""Status codes whose responses cannot have a body in HTTP."""


@attrs.frozen
class Responses:
    """Payloads of the successful responses of an operation."""

    whole: Payload | None
    """Payload as one value; None if there are only events."""
    events: EventStream | None
    by_status: tuple[tuple[Status, Payload], ...] = ()
    """Payloads by status where they differ from `whole`."""
    twins: tuple[tuple[str, Responses], ...] = ()
    """Further payloads by media type, each with a name for its method."""


def lower_responses(responses: Mapping[str, Any], components: Components) -> Responses:
    """Return the payloads of successful responses, as one value and as events.

    Successful statuses are `2..`, `2XX` and, if there are none, `default`. Each has its own type. The return type of a
    call is their union, with null if a status has no content. Files and values are distinguished at run time.
    """
    found = {status: _content(response, components) for status, response in successes(responses)}
    payloads = {status: [each.payload for each in content] or [_empty(status)] for status, content in found.items()}
    events = next((one for each in payloads.values() for one in each if isinstance(one, EventStream)), None)
    wholes = {status: one for status, each in payloads.items() for one in [_whole(each)] if one is not None}
    if not wholes and events is not None:
        return Responses(None, events)
    forms: dict[str, dict[str, Payload]] = {}
    for status, content in found.items():
        for name, payload in twins(content, wholes.get(status), components):
            forms.setdefault(name, {}).setdefault(status, payload)
    plain = _responses(wholes)
    return attrs.evolve(
        plain, events=events, twins=tuple((name, _responses({**wholes, **form})) for name, form in forms.items())
    )


def whole_of(response: Mapping[str, Any], components: Components) -> Payload | None:
    """Return the payload of one response as one value; None if it has only events, or no content."""
    return _whole([each.payload for each in _content(response, components)])


def _responses(by_status: Mapping[str, Payload]) -> Responses:
    """Return the merged payload of all statuses, and the statuses whose payload differs."""
    wholes = list(by_status.items())
    merged = _merged([payload for _, payload in wholes])
    others = tuple((status_key(status), payload) for status, payload in wholes if payload != merged)
    if any(status == "2XX" for status, _ in others):  # the type of the range does not apply to its explicit statuses
        others = tuple((status_key(status), payload) for status, payload in wholes)
    return Responses(merged, None, tuple(pair for pair in others if pair[0] != "default"))


def successes(responses: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the successful statuses and their responses, in order."""
    statuses = sorted(status for status in responses if status.startswith("2"))
    for status in statuses or [status for status in responses if status == "default"]:
        yield status, {**responses[status], "content": {}} if status in _BODILESS else responses[status]


def status_key(status: str) -> Status:
    """Return a key of `responses` as the runtime spells it: `404`, `"4XX"`, `"default"`."""
    return int(status) if status.isdecimal() else status if status == "default" else status.upper()


def _content(response: Mapping[str, Any], components: Components) -> list[Form]:
    """Return the media types of a response, best first."""
    content: Mapping[str, Any] = response.get("content", {})
    ordered = sorted(content.items(), key=lambda item: preference(item[0]))
    alike = Counter(base_type(name) for name in content)
    return [_form(name, media, components, exact=alike[base_type(name)] > 1) for name, media in ordered]


def _form(media_type: str, media: Mapping[str, Any], components: Components, *, exact: bool) -> Form:
    """Return one media type of a response; `exact` names its parameters where it is asked for."""
    payload = _payload(media_type, media, components)
    if exact and isinstance(payload, JsonPayload):
        payload = attrs.evolve(payload, media_type=exact_type(media_type))
    return Form(base_type(media_type), parameters_of(media_type), media.get("schema", {}), payload)


def _empty(status: str) -> Empty:
    return Empty(open=status not in _BODILESS)


def _whole(payloads: Sequence[Payload]) -> Payload | None:
    """Return the payload of a status without events; JSON takes precedence."""
    plain = [payload for payload in payloads if not isinstance(payload, EventStream)]
    json = (payload for payload in plain if isinstance(payload, JsonPayload))
    return next(json, plain[0] if plain else None)


def _merged(payloads: Sequence[Payload]) -> Payload:
    """Return one payload for all: bytes if any of them is bytes, else a union."""
    full = [payload for payload in payloads if not isinstance(payload, Empty)]
    empty = len(full) < len(payloads)
    if not full:
        return Empty(open=any(isinstance(payload, Empty) and payload.open for payload in payloads))
    binary = next((payload for payload in full if isinstance(payload, BinaryStream)), None)
    if binary is not None:
        return binary
    if not empty and all(payload == full[0] for payload in full):
        return full[0]
    values = [JsonPayload(Primitive("str"), one.media_type) if isinstance(one, Text) else one for one in full]
    json = [payload for payload in values if isinstance(payload, JsonPayload)]
    type_ = union_of([*(payload.type for payload in json), *([Nullable(AnyJson())] if empty else [])])
    return JsonPayload(type_, ", ".join(dict.fromkeys(payload.media_type for payload in json)))


def _payload(media_type: str, media: Mapping[str, Any], components: Components) -> Payload:
    schema = media.get("schema", {})
    base = base_type(media_type)
    resolved = components.resolve(schema)
    framing = framing_of(base)
    if framing is not None:
        return _events(base, framing, media, components)
    if resolved.get("format") == "binary":
        return BinaryStream(base)
    if is_json(media_type):
        return JsonPayload(components.type_of(schema), base)
    if is_range(media_type) or base == "application/octet-stream":
        if components.is_text(schema):
            return Text(base)
        return BinaryStream(base) if components.is_textual(schema) else JsonPayload(components.type_of(schema), base)
    if is_text(media_type):
        return (
            Text(base)
            if base != "text/plain" or components.is_textual(schema)
            else JsonPayload(components.type_of(schema), base)
        )
    return BinaryStream(base)


def _events(base: str, framing: Framing, media: Mapping[str, Any], components: Components) -> EventStream:
    stream = media.get("x-specwire-stream", {})
    schema: Any = media.get("itemSchema", {})
    if framing == "sse":
        data = components.resolve(components.resolve(schema).get("properties", {}).get("data", {}))
        event, schema = _data(data, components), data.get("contentSchema", {})
    else:
        event = components.type_of(schema)
    item = split(stream.get("item", ""))
    for key in item:
        schema = components.resolve(schema).get("properties", {}).get(key, {})
    if item:
        event = components.type_of(schema)
    errors = stream.get("error", ())
    return EventStream(
        event,
        framing,
        base,
        stream.get("terminator"),
        tuple(stream.get("last", ())),
        tuple(stream.get("ignore", ())),
        tuple(_event_error(error) for error in (errors if isinstance(errors, list) else [errors] if errors else [])),
        stream.get("resumable", False),
        split(stream.get("finish", "")),
        item,
    )


def _data(schema: Mapping[str, Any], components: Components) -> TypeExpr:
    """Return the type of the data of a server-sent event: the JSON type, or text if nothing indicates JSON."""
    if "contentSchema" in schema:
        return components.type_of(schema["contentSchema"])
    is_text = schema.get("type") == "string" and not is_json(schema.get("contentMediaType", ""))
    return Primitive("str") if is_text else AnyJson()


def _event_error(error: str | Mapping[str, str]) -> EventError:
    if isinstance(error, str):
        return EventError(split(error))
    return EventError(split(error["pointer"]), error["equals"])
