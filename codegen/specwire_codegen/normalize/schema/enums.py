"""Enumerations: values of the declared type without repetitions; single values as `const`; null separate."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.json_types import json_type
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild

_STRUCTURE = frozenset(
    {"properties", "required", "additionalProperties", "patternProperties", "propertyNames", "items", "prefixItems"}
)
"""Keywords without effect on scalars."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with a scalar `enum` on an array moved to its items."""

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Node:
        values, types = node.get("enum"), node.get("type", ())
        arrays = types == "array" or (isinstance(types, list) and "array" in types and {*types} <= {"array", "null"})
        if not arrays or not isinstance(values, list) or any(isinstance(value, list) for value in values):
            return node
        place = pointers.join(origin_of(node), "enum")
        message = "the values of this enum are not arrays; treated as values of its items"
        report.warning("enum-of-items", message, place, "move the enum into the schema of the items")
        items = node.get("items")
        items = items if isinstance(items, dict) else {ORIGIN: origin_of(node)}
        scalars = [value for value in values if value is not None]
        if "enum" not in items and "const" not in items:
            plain = "$ref" not in items
            items = (
                {**items, "enum": scalars} if plain else {"allOf": [items], "enum": scalars, ORIGIN: origin_of(node)}
            )
        return {**{key: value for key, value in node.items() if key != "enum"}, "items": items}

    valid: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return valid


def canonical(schema: Node) -> Node:
    """Return the schema with its `enum` or `const` in canonical form."""
    if "const" in schema and "enum" not in schema:
        return _const(schema)
    values = schema.get("enum")
    if not isinstance(values, list):
        return schema
    rest = {key: value for key, value in schema.items() if key not in {"enum", "const"}}
    if "const" in schema:
        return _const({**rest, "const": schema["const"]})
    kinds = _kinds(schema)
    values = distinct([_converted(value, kinds) for value in values])
    nullable = None in values or "null" in kinds
    values = [value for value in values if value is not None]
    if not values:
        return {**rest, "type": "null"} if nullable else rest
    valid = _typed(rest, values)
    if valid.get("type") == "boolean" and len(values) == 2:
        pass
    elif len(values) == 1:
        valid["const"] = values[0]
    else:
        valid["enum"] = values
    return nulls.join(valid) if nullable else valid


def _const(schema: Node) -> Node:
    if schema["const"] is None:
        return {**{key: value for key, value in schema.items() if key != "const"}, "type": "null"}
    kinds = _kinds(schema)
    value = _converted(schema["const"], kinds)
    valid = {**_typed(schema, [value]), "const": value}
    return nulls.join(valid) if "null" in kinds else valid


def _kinds(schema: Node) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _typed(schema: Node, values: list[Any]) -> Node:
    kinds = distinct([json_type(value) for value in values])
    if kinds == ["integer"] and "number" in _kinds(schema):
        kinds = ["number"]
    if set(kinds) == {"integer", "number"}:
        kinds = ["number"]
    if not {"object", "array"} & set(kinds):
        schema = {key: value for key, value in schema.items() if key not in _STRUCTURE}
    return {**schema, "type": kinds[0] if len(kinds) == 1 else kinds}


def _converted(value: Any, kinds: list[str]) -> Any:
    others = [kind for kind in kinds if kind != "null"]
    if others == ["string"] and isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if others == ["integer"] and isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 20:
        return int(value)
    if others == ["boolean"] and isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return value


def distinct(values: list[Any]) -> list[Any]:
    """Return the values without repetitions; 1, 1.0 and true are different values."""
    kept: dict[str, Any] = {}
    for value in values:
        kept.setdefault(f"{type(value).__name__} {value!r}", value)
    return list(kept.values())
