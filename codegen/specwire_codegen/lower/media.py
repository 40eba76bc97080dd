"""Media types of the normalized document to bodies and payloads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from specwire_codegen.ir import (
    BinaryBody,
    BinaryStream,
    Body,
    Empty,
    EventError,
    EventStream,
    Field,
    FormBody,
    JsonBody,
    JsonPayload,
    ListOf,
    LiteralValue,
    MultipartBody,
    Nullable,
    Part,
    Payload,
    Text,
    TextBody,
    TypeExpr,
)
from specwire_codegen.lower.model import fields_of
from specwire_codegen.lower.schema import Schema, component_of, is_object, type_of

_FRAMINGS: dict[str, Literal["sse", "jsonl", "json-seq"]] = {
    "text/event-stream": "sse",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/x-jsonlines": "jsonl",
    "application/json-seq": "json-seq",
}


def base_type(media_type: str) -> str:
    """Return a media type without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON or JSON by suffix."""
    base = base_type(media_type)
    return base in ("application/json", "text/json") or base.endswith("+json")


def is_text(media_type: str) -> bool:
    """Whether a media type is text that is not JSON."""
    base = base_type(media_type)
    return (base.startswith("text/") or base in ("application/xml",) or base.endswith("+xml")) and not is_json(base)


@attrs.frozen
class Components:
    """The component schemas and their class names."""

    schemas: Mapping[str, Schema]
    names: Mapping[str, str]

    def type_of(self, schema: Schema | bool) -> TypeExpr:
        """Return the type of a schema."""
        return type_of(schema, self.names)

    def resolve(self, schema: Schema) -> Schema:
        """Return the component that a reference stands for; other schemas as they are."""
        component = component_of(schema)
        return schema if component is None else self.schemas[component]


def lower_body(request_body: Mapping[str, Any] | None, components: Components) -> Body | None:
    """Return the body of an operation: JSON before forms before the rest."""
    content: Mapping[str, Any] = (request_body or {}).get("content", {})
    required = bool((request_body or {}).get("required"))
    for media_type in sorted(content, key=_preference):
        media = content[media_type]
        schema = media.get("schema", {})
        base = base_type(media_type)
        if is_json(media_type):
            return JsonBody(components.type_of(schema), _keywords(schema, components), required, base)
        if base == "multipart/form-data":
            return MultipartBody(tuple(_parts(media, components)))
        if base == "application/x-www-form-urlencoded":
            return FormBody(_keywords(schema, components) or ())
        if is_text(media_type):
            return TextBody(base, required)
        return BinaryBody(base if "*" not in base else "application/octet-stream", required)
    return None


def _preference(media_type: str) -> int:
    base = base_type(media_type)
    order = ("application/json", "+json", "multipart/form-data", "application/x-www-form-urlencoded", "text/")
    return next((rank for rank, part in enumerate(order) if part in base), len(order))


def _keywords(schema: Schema, components: Components) -> tuple[Field, ...] | None:
    target = components.resolve(schema)
    return fields_of(target, components.names) if is_object(target) else None


def _parts(media: Mapping[str, Any], components: Components) -> Iterable[Part]:
    schema = components.resolve(media.get("schema", {}))
    properties: Mapping[str, Schema] = schema.get("properties", {})
    for field in fields_of(schema, components.names) if properties else ():
        details = components.resolve(properties[field.wire_name])
        file: Literal["no", "one", "many"] = "no"
        if _is_file(details):
            file = "one"
        elif details.get("type") == "array" and _is_file(components.resolve(details.get("items", {}))):
            file = "many"
        yield Part(field.name, field.wire_name, field.type, field.required, file, field.doc)


def _is_file(schema: Schema) -> bool:
    kinds = schema.get("type")
    text = kinds in ("string", None) or (isinstance(kinds, list) and "string" in kinds)
    return text and (schema.get("format") == "binary" or "contentMediaType" in schema)


def lower_payloads(responses: Mapping[str, Any], components: Components) -> tuple[Payload, ...]:
    """Return what a success answers, each kind once: JSON, events, text, bytes or nothing."""
    found: dict[type, Payload] = {}
    for status, response in responses.items():
        if not status.startswith("2"):
            continue
        for media_type, media in sorted(response.get("content", {}).items(), key=lambda item: _preference(item[0])):
            payload = _payload(media_type, media, components)
            found.setdefault(type(payload), payload)
    return tuple(found.values()) or (Empty(),)


def _payload(media_type: str, media: Mapping[str, Any], components: Components) -> Payload:
    schema = media.get("schema", {})
    base = base_type(media_type)
    if base in _FRAMINGS:
        return _events(base, media, components)
    if is_json(media_type):
        return JsonPayload(components.type_of(schema), base)
    if is_text(media_type) and components.resolve(schema).get("format") != "binary":
        return Text(base)
    return BinaryStream(base)


def _events(base: str, media: Mapping[str, Any], components: Components) -> EventStream:
    stream = media.get("x-specwire-stream", {})
    framing = _FRAMINGS[base]
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
    )


def _event_error(error: str | Mapping[str, str]) -> EventError:
    if isinstance(error, str):
        return EventError(keys(error))
    return EventError(keys(error["pointer"]), error["equals"])


def keys(pointer: str) -> tuple[str, ...]:
    """Return the keys of a JSON pointer."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def switch_of(responses: Mapping[str, Any]) -> tuple[str, LiteralValue] | None:
    """Return the body field that selects the stream, and the value that does."""
    for response in responses.values():
        for media in response.get("content", {}).values():
            switch = media.get("x-specwire-stream", {}).get("switch")
            if switch:
                return switch["field"], switch["value"]
    return None


def item_of(type_: TypeExpr) -> TypeExpr | None:
    """Return the item type of an array, None for other types."""
    match type_:
        case ListOf(item):
            return item
        case Nullable(inner):
            return item_of(inner)
        case _:
            return None
