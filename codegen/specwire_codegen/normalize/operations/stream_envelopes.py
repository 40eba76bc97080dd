"""Streams of grpc-gateway: JSON Lines of objects with an event in `result`, or an `error`.

Its generators document such a stream as one JSON value: an object titled `Stream result of X`, in Swagger 2 under
`x-stream-definitions`. This pass turns it into a sequential media type; `item` in `x-specwire-stream` points to the
event.
"""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.operations.streams import resolved
from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi.media_types import framing_of
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild

_DEFINITIONS = "x-stream-definitions"
_TITLE = "Stream result of "
_STREAMING = "(streaming responses)"
"""Text that grpc-gateway adds to the description of a streaming response."""
_STATUSES = ("rpcStatus", "rpc.Status", "runtimeStreamError", "runtime.StreamError")
"""Name endings of the error schema in its generators."""
_LINES = "application/jsonl"


def entitle(data: Any) -> Any:
    """Return a document with titles on all `x-stream-definitions`, so that they stay recognizable when moved."""
    definitions = data.get(_DEFINITIONS) if isinstance(data, dict) else None
    if not isinstance(definitions, dict):
        return data
    entitled = {key: _entitled(key, each) if isinstance(each, dict) else each for key, each in definitions.items()}
    return {**data, _DEFINITIONS: entitled}


def _entitled(key: str, schema: Node) -> Node:
    return schema if _is_titled(schema) else {**schema, "title": f"{_TITLE}{key}"}


def apply(data: Node, _report: Report) -> Node:
    """Return the document with every stream of results as a sequential media type."""
    schemas = data.get("components", {}).get("schemas", {})

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Any:
        content = node.get("content")
        if kind != "response" or not isinstance(content, dict):
            return node
        streaming = _STREAMING in str(node.get("description", ""))
        streams = {key: _stream(each, schemas, streaming) for key, each in content.items() if isinstance(each, dict)}
        found = {key: each for key, each in streams.items() if each is not None}
        if not found:
            return node
        rest = {key: each for key, each in content.items() if key not in found}
        events = {key: each for key, each in found.items() if framing_of(key) is not None}
        return {**node, "content": {**rest, **(events or {_LINES: next(iter(found.values()))})}}

    settled: Node = rebuild(data, "openapi", visit, kinds=frozenset({"response"}))
    return settled


def _stream(media: Node, schemas: Node, streaming: bool) -> Node | None:
    """Return the media type of a stream of results, or None for other media types."""
    facts = media.get("x-specwire-stream", {})
    schema = media.get("itemSchema", media.get("schema"))
    if "item" in facts or not isinstance(schema, dict):
        return None
    target = resolved(schema, schemas)
    properties = target.get("properties", {})
    if "result" not in properties or properties.keys() - {"result", "error"}:
        return None
    if not (streaming or _is_titled(schema) or _is_titled(target) or _is_status(properties.get("error"), schemas)):
        return None
    item = {
        "type": "object",
        "properties": {"result": properties["result"]},
        "required": ["result"],
        ORIGIN: origin_of(target),
    }
    rest = {key: each for key, each in media.items() if key not in {"schema", "itemSchema", "example", "examples"}}
    return {**rest, "itemSchema": item, "x-specwire-stream": {"item": "/result", "error": "/error", **facts}}


def _is_titled(schema: Node) -> bool:
    return str(schema.get("title", "")).startswith(_TITLE)


def _is_status(schema: Any, schemas: Node) -> bool:
    """Return whether a schema is a gRPC error, by its name or by typed details."""
    if not isinstance(schema, dict):
        return False
    if "$ref" in schema and schema_name(schema["$ref"]).endswith(_STATUSES):
        return True
    properties = resolved(schema, schemas).get("properties", {})
    if {"grpc_code", "message"} <= properties.keys():
        return True
    details = resolved(properties.get("details"), schemas)
    of_any = resolved(details.get("items"), schemas).get("properties", {})
    return {"code", "message"} <= properties.keys() and not of_any.keys().isdisjoint({"@type", "type_url"})
