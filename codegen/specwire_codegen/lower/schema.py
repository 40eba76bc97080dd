"""Lowering of schemas to type expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from specwire_codegen.ir import (
    AnyJson,
    ListOf,
    Literals,
    MapOf,
    ModelRef,
    Nullable,
    Primitive,
    PrimitiveName,
    TupleOf,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.openapi import pointer as pointers

Schema: TypeAlias = Mapping[str, Any]

PREFIX = "#/components/schemas/"
_ANY_TEXT = frozenset({".*", ".+", ".*?", ".+?", r"[\s\S]*", r"[\s\S]+", r"[\w\W]*", r"[\d\D]*", "[^]*"})
"""Patterns, without anchors and group, that match every name except the empty one."""
_FORMATS: dict[str, PrimitiveName] = {
    "date-time": "datetime",
    "date": "date",
    "time": "time",
    "duration": "timedelta",
    "uuid": "UUID",
    "byte": "bytes",
    "base64": "bytes",
    "decimal": "Decimal",
    **dict.fromkeys(("int32", "int64", "uint32", "uint64"), "IntText"),
}
_SCALARS: dict[str, PrimitiveName] = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def component_of(schema: Schema) -> str | None:
    """Return the component that a schema refers to, or None if it is not a reference."""
    ref = schema.get("$ref")
    return pointers.unescape(ref.removeprefix(PREFIX)) if isinstance(ref, str) else None


def text_type(schema: Schema) -> PrimitiveName | None:
    """Return the type of a string schema; None for other schemas and for constants."""
    kinds = schema.get("type")
    is_text = kinds == "string" or (isinstance(kinds, list) and "string" in kinds)
    return _FORMATS.get(schema.get("format", ""), "str") if is_text and not {"const", "enum"} & schema.keys() else None


def type_of(schema: Schema | bool, names: Mapping[str, str]) -> TypeExpr:
    """Return the type of a schema; `names` maps components to class names."""
    if isinstance(schema, bool):
        return AnyJson()
    if (component := component_of(schema)) is not None:
        return ModelRef(names[component])
    if "const" in schema:
        return _constants([schema["const"]], schema)
    if "enum" in schema:
        return _constants(schema["enum"], schema)
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema and "type" not in schema:  # next to a type, it only restricts the type
            return union_of([type_of(variant, names) for variant in schema[keyword]])
    kinds = schema.get("type")
    if isinstance(kinds, list):
        rest = {key: value for key, value in schema.items() if key != "type"}
        return union_of([type_of({**rest, "type": kind}, names) for kind in kinds])
    return _typed(kinds, schema, names)


def _typed(kind: str | None, schema: Schema, names: Mapping[str, str]) -> TypeExpr:
    match kind:
        case "null":
            return Nullable(AnyJson())
        case "array":
            return _array(schema, names)
        case "object":
            return MapOf(value_of(schema, names))
        case "string":
            return Primitive(_FORMATS.get(schema.get("format", ""), "str"))
        case "integer" | "number" | "boolean":
            return Primitive(_SCALARS[kind])
        case _:
            return AnyJson()


def value_of(schema: Schema, names: Mapping[str, str]) -> TypeExpr:
    """Return the value type of an object: of all patterns, and of properties that match no pattern."""
    patterns: Mapping[str, Schema | bool] = schema.get("patternProperties", {})
    rest = schema.get("additionalProperties", True)
    closed = patterns and (rest is False or any(map(_matches_all, patterns)))
    values = [*patterns.values(), *([] if closed else [rest])]
    return union_of([type_of(value, names) for value in values])


def _matches_all(pattern: str) -> bool:
    """Return whether a pattern is a usual form of "match every name"."""
    bare = pattern.removeprefix("^").removesuffix("$")
    grouped = bare[:1] == "(" and bare[-1:] == ")"
    return pattern in ("", "^", "$", ".") or (bare[1:-1] if grouped else bare) in _ANY_TEXT


def _array(schema: Schema, names: Mapping[str, str]) -> TypeExpr:
    if is_tuple(schema):
        return TupleOf(tuple(type_of(item, names) for item in schema["prefixItems"]))
    item = _item(schema, names)
    return ListOf(item, bool(schema.get("uniqueItems")) and isinstance(item, Primitive | Literals))


def is_tuple(schema: Schema) -> bool:
    """Return whether each position of an array has a type, and the number of positions is fixed."""
    count = len(schema.get("prefixItems", ()))
    fewest, most = schema.get("minItems", count), schema.get("maxItems", count)
    closed = schema.get("items") is False or "maxItems" in schema
    unbounded = "items" not in schema and "minItems" not in schema and count > 1
    return count > 0 and (closed or unbounded) and bool(fewest == most == count)


def _item(schema: Schema, names: Mapping[str, str]) -> TypeExpr:
    """Return the type of an array's items; places with different types make a union."""
    first = schema.get("prefixItems", ())
    rest = schema.get("items", not first or schema.get("minItems", 0) > len(first))
    items = [*first, *([rest] if rest is not False else [])]
    return union_of([type_of(item, names) for item in items]) if items else AnyJson()


def _constants(values: Sequence[Any], schema: Schema) -> TypeExpr:
    """Return the type of an enumeration: literals for strings and integers, the only ones msgspec supports."""
    plain = [value for value in values if value is not None]
    found: TypeExpr
    if len(plain) == 1 and isinstance(plain[0], bool):
        found = Literals((plain[0],))
    elif plain and all(isinstance(value, str) or _is_integer(value) for value in plain):
        found = Literals(tuple(dict.fromkeys(plain)))
    elif plain and all(isinstance(value, bool | int | float | str) for value in plain):
        scalars: list[PrimitiveName] = [_scalar(value) for value in plain]
        found = union_of([Primitive(name) for name in scalars if name != "int" or "float" not in scalars])
    elif not plain:
        return Nullable(AnyJson())
    else:
        found = AnyJson()
    return Nullable(found) if None in values else found


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _scalar(value: bool | float | str) -> PrimitiveName:
    match value:
        case bool():
            return "bool"
        case str():
            return "str"
        case int():
            return "int"
        case float():
            return "float"


def union_of(variants: Sequence[TypeExpr]) -> TypeExpr:
    """Return the union of types: null separate, nested unions flat, no repetitions."""
    flat: dict[TypeExpr, None] = {}
    nullable = False
    for variant in variants:
        if isinstance(variant, Nullable):
            nullable = True
            variant = variant.type
            if isinstance(variant, AnyJson):
                continue
        for member in variant.variants if isinstance(variant, UnionOf) else (variant,):
            flat[member] = None
    members = tuple(flat)
    if not members:
        return Nullable(AnyJson())
    if any(isinstance(member, AnyJson) for member in members):
        return AnyJson()
    found = members[0] if len(members) == 1 else UnionOf(members)
    return Nullable(found) if nullable else found


def is_object(schema: Schema) -> bool:
    """Return whether a component becomes a class: an object with properties that is not a union."""
    return bool(schema.get("properties")) and "oneOf" not in schema and "anyOf" not in schema
