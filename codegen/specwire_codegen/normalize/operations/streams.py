"""Streams: sequential media types describe one item, in `itemSchema`."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import constraints
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi.media_types import EVENT_STREAM, base_type, framing_of
from specwire_codegen.openapi.objects import FIELDS, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild

_HOLDERS = frozenset(kind for kind, fields in FIELDS.items() if "content" in fields)
"""Kinds of objects with content."""
_EVENT_FIELDS = frozenset({"data", "event", "id", "retry"})


def apply(data: Node, _report: Report) -> Node:
    """Return the document with `itemSchema` on every event stream and every stream of JSON values."""
    schemas = data.get("components", {}).get("schemas", {})

    def visit(node: Node, holder: ObjectType, _trail: Trail) -> Any:
        content = node.get("content")
        if not isinstance(content, dict):
            return node
        return {**node, "content": {name: _itemized(name, each, schemas, holder) for name, each in content.items()}}

    itemized: Node = rebuild(data, "openapi", visit, kinds=_HOLDERS)
    return itemized


def _itemized(name: str, node: Any, schemas: Node, holder: ObjectType) -> Any:
    kind = base_type(name)
    if not isinstance(node, dict) or "$ref" in node or framing_of(kind) is None:
        return node
    schema = node.get("itemSchema", node.get("schema"))
    rest = {key: value for key, value in node.items() if key not in {"schema", "itemSchema"}}
    if kind == EVENT_STREAM:
        event = schema if isinstance(schema, dict) else {}
        return {**rest, "itemSchema": _event(event if "itemSchema" in node else _item(event, schemas), schemas)}
    if not isinstance(schema, dict) or "itemSchema" in node:
        return node
    if resolved(schema, schemas).get("type") == "string":  # the whole stream as text: the items have no schema
        return {**rest, "itemSchema": {ORIGIN: origin_of(schema)}} if holder == "response" else node
    return {**rest, "itemSchema": _item(schema, schemas)}


def _item(schema: Node, schemas: Node) -> Node:
    """Return the item schema of an array schema, and any other schema unchanged."""
    target = resolved(schema, schemas)
    items = target.get("items")
    return items if target.get("type") == "array" and isinstance(items, dict) else schema


def _event(schema: Node, schemas: Node) -> Node:
    """Return the schema of one server-sent event, its data typed by contentSchema."""
    target = resolved(schema, schemas)
    union = next((each for each in nulls.UNIONS if each in target), None)
    if union and all(_is_event(resolved(member, schemas)) for member in target[union]):
        members = [_envelope(resolved(member, schemas), schemas) for member in target[union]]
        return {**constraints(target), union: members, ORIGIN: origin_of(schema)}
    if _is_event(target):
        return _envelope(target, schemas)
    data = {"type": "string", **_content(schema, target)}
    return {"type": "object", "properties": {"data": data}, "required": ["data"], ORIGIN: origin_of(schema)}


def _is_event(schema: Node) -> bool:
    properties = schema.get("properties")
    return isinstance(properties, dict) and "data" in properties and properties.keys() <= _EVENT_FIELDS


def _envelope(schema: Node, schemas: Node) -> Node:
    data = schema["properties"]["data"]
    target = resolved(data, schemas) if isinstance(data, dict) else {}
    if target.get("type") != "string" or "contentSchema" not in data:
        data = {"type": "string", **_content(data if isinstance(data, dict) else {}, target)}
    return {**schema, "properties": {**schema["properties"], "data": data}}


def _content(schema: Node, target: Node) -> Node:
    if not constraints(schema):
        return {"contentSchema": {ORIGIN: origin_of(schema)}}
    if target.get("type") == "string" and not {"enum", "const", "contentSchema"} & target.keys():
        return {key: value for key, value in target.items() if key not in {"type", ORIGIN}}
    if "contentSchema" in target:
        return {key: value for key, value in target.items() if key != ORIGIN}
    return {"contentMediaType": "application/json", "contentSchema": schema}


def resolved(schema: Any, schemas: Node) -> Node:
    """Return a schema with references followed; empty if it cannot be resolved."""
    seen: set[str] = set()
    while isinstance(schema, dict) and "$ref" in schema and schema["$ref"] not in seen:
        seen.add(schema["$ref"])
        schema = schemas.get(schema_name(schema["$ref"]))
    return schema if isinstance(schema, dict) else {}
