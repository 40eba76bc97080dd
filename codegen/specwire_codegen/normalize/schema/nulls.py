"""Null in schemas: split off and joined in canonical form."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.schema.equality import annotations_of, constraints
from specwire_codegen.openapi.objects import Node

NULL: Node = {"type": "null"}

UNIONS = ("anyOf", "oneOf")

_SHAPED = ("$ref", "enum", "const", "properties")


def union_in(schema: Node) -> str | None:
    """Return the union keyword of a schema, or None if it is not a union."""
    if "properties" in schema:
        return None
    return stated_union(schema)


def stated_union(schema: Node) -> str | None:
    """Return the union keyword of a schema, also next to properties; None without one."""
    for union in UNIONS:
        if isinstance(schema.get(union), list):
            return union
    return None


def is_null(schema: Any) -> bool:
    """Return whether a schema accepts only null."""
    if not isinstance(schema, dict):
        return False
    return schema.get("type") == "null" or ("const" in schema and schema["const"] is None)


def split(schema: Node) -> tuple[Node | None, bool]:
    """Return a canonical schema without null (None if nothing remains), and True if it accepted null."""
    if is_null(schema):
        return None, True
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        rest = [kind for kind in kinds if kind != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else rest}, True
    for union in UNIONS:
        members = schema.get(union)
        if isinstance(members, list) and any(is_null(member) for member in members):
            rest = [member for member in members if not is_null(member)]
            if not rest:
                return None, True
            if len(rest) > 1 or not isinstance(rest[0], dict):
                return {**schema, union: rest}, True
            outer = {key: value for key, value in schema.items() if key not in {union, "discriminator"}}
            return {**rest[0], **outer}, True
    return schema, False


def join(schema: Node) -> Node:
    """Return a canonical schema that also accepts null."""
    without, nullable = split(schema)
    if nullable or without is None or not constraints(schema):
        return schema
    for union in UNIONS:
        if union in schema and "properties" not in schema:
            return {**schema, union: [*schema[union], NULL]}
    if isinstance(schema.get("type"), str) and not any(key in schema for key in _SHAPED):
        return {**schema, "type": [schema["type"], "null"]}
    return {**annotations_of(schema), "anyOf": [constraints(schema), NULL]}
