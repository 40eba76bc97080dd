"""Spring event emitters, which its generator documents as if they were the events.

`SseEmitter` and `ServerSentEvent` represent events of any shape. Their schemas describe the Java objects, which have no
property but a timeout. The name can be qualified with a package.
"""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen.normalize.operations.streams import resolved
from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi.media_types import EVENT_STREAM, base_type
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild

_CLASS = re.compile(r".*(SseEmitter|ServerSentEvent([A-Z]\w*)?)")
_OF_ANY_TYPE = re.compile(r".*ResponseBodyEmitter")
"""Class that sends events only if the media type is that of an event stream."""
_OWN = {"timeout"}


def apply(data: Node, _report: Report) -> Node:
    """Return the document with responses of these classes as server-sent events of any shape."""
    schemas = data.get("components", {}).get("schemas", {})

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Any:
        content = node.get("content")
        if kind != "response" or not isinstance(content, dict):
            return node
        settled: Node = {}
        for name, media in content.items():
            if isinstance(media, dict) and _sends_events(name, media.get("schema"), schemas):
                settled.setdefault(EVENT_STREAM, {**media, "schema": {ORIGIN: origin_of(media)}})
            else:
                settled[name] = media
        return {**node, "content": settled}

    rebuilt: Node = rebuild(data, "openapi", visit, kinds=frozenset({"response"}))
    return rebuilt


def _sends_events(name: str, schema: Any, schemas: Node) -> bool:
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "array":
        return _sends_events(name, schema.get("items"), schemas)
    component = schema_name(schema["$ref"]) if isinstance(schema.get("$ref"), str) else ""
    known = _CLASS.fullmatch(component) or (base_type(name) == EVENT_STREAM and _OF_ANY_TYPE.fullmatch(component))
    return bool(known) and resolved(schema, schemas).get("properties", {}).keys() <= _OWN
