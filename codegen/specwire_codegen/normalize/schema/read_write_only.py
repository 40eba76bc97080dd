"""`readOnly` and `writeOnly` of referenced components, copied to the properties that refer to them."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_
from typing import Any

from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild

_MARKS = ("readOnly", "writeOnly")


def apply(data: Node, _report: Report) -> Node:
    """Return the document with `readOnly` and `writeOnly` of components copied to each property that refers to them."""
    schemas: Mapping[str, Any] = data.get("components", {}).get("schemas", {})

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Any:
        properties = node.get("properties")
        if not properties:
            return node
        marked = {name: _marked(one, schemas) for name, one in properties.items()}
        return node if all(map(is_, marked.values(), properties.values())) else {**node, "properties": marked}

    stated: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
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
