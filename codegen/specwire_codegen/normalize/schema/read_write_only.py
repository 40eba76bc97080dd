"""`readOnly` and `writeOnly` of referenced components, copied to the properties that refer to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.walk import rebuild

_MARKS = ("readOnly", "writeOnly")


def apply(data: Node, _report: Report) -> Node:
    """Return the document with `readOnly` and `writeOnly` of components copied to each property that refers to them."""
    schemas: Mapping[str, Any] = data.get("components", {}).get("schemas", {})

    def visit(node: Node, kind: ObjectType, _pointer: str) -> Any:
        if kind != "schema" or not node.get("properties"):
            return node
        return {**node, "properties": {name: _marked(one, schemas) for name, one in node["properties"].items()}}

    stated: Node = rebuild(data, "openapi", visit)
    return stated


def _marked(schema: Any, schemas: Mapping[str, Any]) -> Any:
    if not isinstance(schema, dict):
        return schema
    marks: dict[str, bool] = {}
    seen: set[str] = set()
    target: Any = schema
    while isinstance(target, dict):
        marks = {**{mark: target[mark] for mark in _MARKS if mark in target}, **marks}
        core, _ = nulls.split(target)
        reference = (core or {}).get("$ref")
        if reference is None or reference in seen:
            break
        seen.add(reference)
        target = schemas.get(schema_name(reference))
    return {**schema, **marks} if marks else schema
