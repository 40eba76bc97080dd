"""Nullability, declared at each use of a schema and never by a component."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specwire_codegen.normalize.refs.references import SCHEMAS, schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild


def outside(data: Node, united: Callable[[Node], Node]) -> Node:
    """Return the document with null moved from components to the places that refer to them.

    `united` makes a union canonical again after one of its members has changed.
    """
    schemas = data["components"]["schemas"]
    nullable = _nullable_names(schemas)
    if not nullable:
        return data
    refs = {SCHEMAS + pointers.escape(name) for name in nullable}

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Any:
        if node.get("$ref") in refs:
            return nulls.join(node)
        return united(node) if any(union in node for union in nulls.UNIONS) else node

    moved: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    bare = {
        name: (nulls.split(schema)[0] or nulls.NULL) if name in nullable else schema
        for name, schema in moved["components"]["schemas"].items()
    }
    return {**moved, "components": {**moved["components"], "schemas": bare}}


def _nullable_names(schemas: Node) -> frozenset[str]:
    names: set[str] = set()
    while True:
        more = {name for name, schema in schemas.items() if name not in names and _accepts_null(schema, names)}
        if not more:
            return frozenset(names)
        names |= more


def _accepts_null(schema: Any, names: set[str]) -> bool:
    if not isinstance(schema, dict) or nulls.is_null(schema):
        return False
    if "$ref" in schema:
        return schema_name(schema["$ref"]) in names
    if nulls.split(schema)[1]:
        return True
    return any(_accepts_null(member, names) for union in nulls.UNIONS for member in schema.get(union, []))
