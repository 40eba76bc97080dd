"""Responses of the normalized document to payloads: what an operation answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specwire_codegen.ir import (
    BinaryStream,
    Empty,
    EventError,
    EventStream,
    Framing,
    JsonPayload,
    Nullable,
    Payload,
    Text,
)
from specwire_codegen.lower.media import Components, base_type, is_json, is_range, is_text, keys, preference
from specwire_codegen.lower.schema import union_of

FRAMINGS: Mapping[str, Framing] = {
    "text/event-stream": "sse",
    **dict.fromkeys(
        "application/jsonl application/jsonlines application/ndjson application/stream+json application/x-jsonl "
        "application/x-ndjson application/x-jsonlines application/x-json-stream".split(),
        "jsonl",
    ),
    "application/json-seq": "json-seq",
}

_BODILESS = ("204", "205")
"""Statuses of answers that HTTP lets have no body, whatever a document says."""


def lower_payloads(responses: Mapping[str, Any], components: Components) -> tuple[Payload, ...]:
    """Return what a success answers, at most twice: as one value, and as events.

    Successes are the statuses `2..`, `2XX` and, where there are none, `default`. Several that answer JSON are a union,
    with null where one of them answers nothing; elsewhere the first that answers anything counts.
    """
    found = [_payloads(response, components) for response in successes(responses)]
    events = next((one for payloads in found for one in payloads if isinstance(one, EventStream)), None)
    plain = [one for payloads in found for one in [_plain(payloads)] if one is not None]
    if not plain and events is not None:
        return (events,)
    value = _merged(plain)
    return (value,) if events is None else (value, events)


def successes(responses: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the responses that are successes, by status."""
    statuses = sorted(status for status in responses if status.startswith("2"))
    for status in statuses or [status for status in responses if status == "default"]:
        yield {**responses[status], "content": {}} if status in _BODILESS else responses[status]


def _payloads(response: Mapping[str, Any], components: Components) -> tuple[Payload, ...]:
    content: Mapping[str, Any] = response.get("content", {})
    ordered = sorted(content.items(), key=lambda item: preference(item[0]))
    return tuple(_payload(media_type, media, components) for media_type, media in ordered) or (Empty(),)


def _plain(payloads: Sequence[Payload]) -> Payload | None:
    """Return what a status answers if it is not asked for events: JSON before anything else."""
    plain = [payload for payload in payloads if not isinstance(payload, EventStream)]
    json = (payload for payload in plain if isinstance(payload, JsonPayload))
    return next(json, plain[0] if plain else None)


def _merged(payloads: Sequence[Payload]) -> Payload:
    first = next((payload for payload in payloads if not isinstance(payload, Empty)), Empty())
    if not isinstance(first, JsonPayload):
        return first
    json = [payload for payload in payloads if isinstance(payload, JsonPayload)]
    type_ = union_of([payload.type for payload in json])
    if any(isinstance(payload, Empty) for payload in payloads) and not isinstance(type_, Nullable):
        type_ = Nullable(type_)
    return JsonPayload(type_, ", ".join(dict.fromkeys(payload.media_type for payload in json)))


def _payload(media_type: str, media: Mapping[str, Any], components: Components) -> Payload:
    schema = media.get("schema", {})
    base = base_type(media_type)
    if base in FRAMINGS and ("itemSchema" in media or "schema" not in media):
        return _events(base, media, components)
    if is_json(media_type):
        return JsonPayload(components.type_of(schema), base)
    if is_range(media_type) and not components.is_textual(schema):
        return JsonPayload(components.type_of(schema), base)
    if is_text(media_type) and components.resolve(schema).get("format") != "binary":
        return Text(base)
    return BinaryStream(base)


def _events(base: str, media: Mapping[str, Any], components: Components) -> EventStream:
    stream = media.get("x-specwire-stream", {})
    framing = FRAMINGS[base]
    item = components.resolve(media.get("itemSchema", {}))
    if framing == "sse":
        data = item.get("properties", {}).get("data", {})
        event = components.type_of(components.resolve(data).get("contentSchema", {}))
    else:
        event = components.type_of(media.get("itemSchema", {}))
    errors = stream.get("error", ())
    return EventStream(
        event,
        framing,
        base,
        stream.get("terminator"),
        tuple(_event_error(error) for error in (errors if isinstance(errors, list) else [errors] if errors else [])),
        stream.get("resumable", False),
        keys(stream.get("finish", "")),
    )


def _event_error(error: str | Mapping[str, str]) -> EventError:
    if isinstance(error, str):
        return EventError(keys(error))
    return EventError(keys(error["pointer"]), error["equals"])
