"""Schema types: `type` in canonical form, and the keywords it permits."""

from __future__ import annotations

from functools import cache
from typing import Any

from specwire_codegen.normalize.schema import enums, nulls
from specwire_codegen.normalize.schema.equality import constraints, is_annotation
from specwire_codegen.normalize.source_map import ORIGIN, origin_of
from specwire_codegen.openapi.objects import Node

_BY_TYPE: dict[str, frozenset[str]] = {
    "string": frozenset(
        {"minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"}
    ),
    "integer": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"}),
    "boolean": frozenset(),
    "array": frozenset(
        {"items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems"}
    )
    | {"unevaluatedItems"},
    "object": frozenset(
        {"properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties"}
    )
    | {"maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties"},
    "null": frozenset(),
}
_KEYWORDS = frozenset[str]().union(*_BY_TYPE.values())
"""Keywords that affect values of specific types only."""
_STRING_FORMATS = frozenset({"int32", "int64", "float", "double"})


def typed(schema: Node) -> Node:
    """Return the schema with distinct types, null last, and type and format where its keywords imply one."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        distinct = sorted(dict.fromkeys(kinds), key="null".__eq__)
        if "number" in distinct and "integer" in distinct:
            distinct.remove("integer")
        schema = {**schema, "type": distinct[0] if len(distinct) == 1 else distinct}
    elif kinds is None and "$ref" not in schema:
        if any(key in schema for key in ("properties", "additionalProperties", "patternProperties")):
            schema = {**schema, "type": "object"}
        elif "items" in schema or "prefixItems" in schema:
            schema = {**schema, "type": "array"}
    if schema.get("format") == "guid":  # in documents of .NET
        schema = {**schema, "format": "uuid"}
    if schema.get("contentEncoding") == "base64" and "string" in schema.get("type", ()) and "format" not in schema:
        schema = {**schema, "format": "byte"}
    return closed(schema)


def relevant(schema: Node) -> Node:
    """Return the schema without keywords that do not affect values of its types."""
    if "type" not in schema:
        return schema
    foreign = _foreign(tuple(schema["type"]) if isinstance(schema["type"], list) else (schema["type"],))
    if foreign.isdisjoint(schema):
        return schema
    return {key: value for key, value in schema.items() if key not in foreign}


@cache
def _foreign(kinds: tuple[str, ...]) -> frozenset[str]:
    """Return the keywords that do not affect values of these types."""
    return _KEYWORDS.difference({"format"}, *(_BY_TYPE[kind] for kind in kinds))


def closed(schema: Node) -> Node:
    """Return the schema with `unevaluatedProperties` as `additionalProperties`, which is equal without `allOf`."""
    if "allOf" in schema or "unevaluatedProperties" not in schema or "$ref" in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "unevaluatedProperties"}
    return {"additionalProperties": schema["unevaluatedProperties"], **rest}


def split(schema: Node) -> Node:
    """Return a schema of several types as a union of schemas of one type each."""
    kinds = schema.get("type")
    if not isinstance(kinds, list):
        return schema
    others = [kind for kind in kinds if kind != "null"]
    if len(others) < 2 or "enum" in schema:
        return schema
    shared = {k: v for k, v in constraints(schema).items() if k not in _KEYWORDS and k != "type"}
    members: list[Node] = []
    for kind in others:
        own = {k: v for k, v in schema.items() if k in _BY_TYPE[kind] and _fits(k, v, kind)}
        members.append({"type": kind, **shared, **own})
    result: Node = {k: v for k, v in schema.items() if is_annotation(k)} | {"anyOf": members}
    return nulls.join(result) if "null" in kinds else result


def _fits(key: str, value: Any, kind: str) -> bool:
    return key != "format" or (value in _STRING_FORMATS) == (kind in {"integer", "number"})


def joined(members: list[Node]) -> list[Node]:
    """Return the members of a union as one enumeration, if they are all values of one type."""
    kinds = {member.get("type") for member in members if isinstance(member.get("type"), str)}
    closed = all(constraints(member).keys() <= {"type", "enum", "const"} for member in members)
    if len(members) < 2 or len(kinds) != 1 or not closed:
        return members
    if not all("enum" in member or "const" in member for member in members):
        return members
    values = [value for member in members for value in member.get("enum", [member.get("const")])]
    origin = origin_of(members[0])
    return [{ORIGIN: origin, "type": kinds.pop(), "enum": enums.distinct(values)}]
