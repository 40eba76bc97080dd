"""Schemas narrowed to values with a textual form, for a path, query, header, cookie or form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.contract.strategies.schemas import Schema
from specwire_codegen.contract.subject import Subject

TEXT: Schema = {"type": "string"}
"""Any text, for places with percent-encoding."""
LINE: Schema = {"type": "string", "pattern": "^[!-~\u00a1-\u00ff]([ -~\u00a1-\u00ff]*[!-~\u00a1-\u00ff])?$"}
"""Valid header values that are a single text."""
TOKEN: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"}
"""Valid values anywhere in a header or cookie."""
UNPIPED: Schema = {"type": "string", "pattern": "^[^|]*$"}
SPACELESS: Schema = {"type": "string", "pattern": "^[^ ]*$"}
"""Values without the delimiter of their list, for which OpenAPI has no escape."""
_NOTHING: Schema = {"not": {}}
"""No value."""
_BOUNDS = ("minLength", "maxLength", "pattern", "format")
_TOKEN_FORMATS = ("date", "date-time", "time", "uuid")
"""Formats whose texts are all tokens."""


def textual(subject: Subject, schema: Any, text: Schema, taken: frozenset[str]) -> Schema:
    """Return a schema narrowed to values with a defined text form: scalars, lists and objects of scalars.

    Untyped values become texts; `text` is the schema of valid ones: `TEXT`, `LINE`, `TOKEN` and so on.
    Free keys of an object exclude the names in `taken`.
    """
    inner = TOKEN if text is LINE else text
    target = subject.resolve(schema) if isinstance(schema, Mapping) else {}
    # Read-only properties are not drawn for requests, but a parameter always belongs to the request.
    target = {key: one for key, one in target.items() if key != "readOnly"}
    if (container := _nullable_container(target)) is not None:
        return {"anyOf": [textual(subject, {**target, "type": container}, text, taken), {"type": "null"}]}
    match _kind(target):
        case "union":
            key = "oneOf" if "oneOf" in target else "anyOf"
            return {"anyOf": [textual(subject, one, text, taken) for one in target[key]]}
        case "array":
            items = target.get("items", {})
            if _has_no_text(subject, items):
                return _NOTHING
            kept = {key: one for key, one in target.items() if key not in ("items", "prefixItems")}
            return {**kept, "items": inner if _nested(subject, items) else textual(subject, items, inner, taken)}
        case "object":
            return _object(subject, target, inner, taken)
        case "string":
            fixed = {"enum", "const"} & target.keys() or target.get("format") in _TOKEN_FORMATS
            return target if fixed or text is TEXT else {**_without_bounds(target), **text}
        case "any":
            return text
        case _:
            return target


def _object(subject: Subject, target: Schema, text: Schema, taken: frozenset[str]) -> Schema:
    properties = {
        name: textual(subject, one, text, taken)
        for name, one in target.get("properties", {}).items()
        if not _nested(subject, one)
    }
    if properties:
        required = [name for name in target.get("required", ()) if name in properties]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    free = target.get("additionalProperties", True)
    if _has_no_text(subject, free):
        return _NOTHING
    names = {**text, "not": {"enum": sorted(taken)}, "minLength": 1}
    value = text if isinstance(free, bool) or _nested(subject, free) else textual(subject, free, text, taken)
    return {"type": "object", "propertyNames": names, "additionalProperties": value}


def _nullable_container(schema: Schema) -> str | None:
    """Return the type of a list or object that may also be null."""
    kinds = schema.get("type")
    others = set(kinds) - {"null"} if isinstance(kinds, list) and "null" in kinds else set[str]()
    return others.pop() if others in ({"array"}, {"object"}) else None


def _kind(schema: Schema) -> str:
    kinds = schema.get("type")
    if "oneOf" in schema or "anyOf" in schema:
        return "union"
    if {"enum", "const"} & schema.keys():
        return "constant"
    if isinstance(kinds, str):
        return kinds
    if isinstance(kinds, list) and set(kinds) - {"null"} == {"string"}:
        return "string"
    if isinstance(kinds, list):
        return "any" if {"object", "array"} & set(kinds) else "scalar"
    return "object" if "properties" in schema else "any"


def _nested(subject: Subject, schema: Any) -> bool:
    """Return True if a schema allows lists or objects, which have no text form inside another."""
    if not isinstance(schema, Mapping):
        return True
    target = subject.resolve(schema)
    kind = _kind(target)
    if kind == "union":
        return any(_nested(subject, one) for one in target.get("oneOf", target.get("anyOf", ())))
    return kind in ("array", "object", "any")


def _has_no_text(subject: Subject, schema: Any) -> bool:
    """Return True if all values of a schema are lists or objects."""
    target = subject.resolve(schema) if isinstance(schema, Mapping) else {}
    kind = _kind(target)
    if kind == "union":
        return all(_has_no_text(subject, one) for one in target.get("oneOf", target.get("anyOf", ())))
    return kind in ("array", "object")


def _without_bounds(schema: Schema) -> dict[str, Any]:
    return {key: one for key, one in schema.items() if key not in _BOUNDS}
