"""Schemas narrowed to what has a form where all is text: in a path, a query, a header, a cookie, a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.conformance.drawing import Schema
from specwire_codegen.conformance.subject import Subject

_TEXT: Schema = {"type": "string"}
_TOKEN: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"}
_BOUNDS = ("minLength", "maxLength", "pattern", "format")
_TOKEN_FORMATS = ("date", "date-time", "time", "uuid")
"""Formats whose texts a header or cookie can hold anywhere; of others, not all texts can be."""


def textual(subject: Subject, schema: Any, token: bool, taken: frozenset[str]) -> Schema:
    """Return a schema of the values of another that OpenAPI says how to write: scalars, lists and objects of scalars.

    What a document leaves open is text; `token` limits texts to what a header or cookie can hold anywhere. Free keys of
    an object are none that are `taken`.
    """
    text = _TOKEN if token else _TEXT
    target = subject.resolve(schema) if isinstance(schema, Mapping) else {}
    # What is read-only is not drawn for requests, but a parameter is of the request anyhow.
    target = {key: one for key, one in target.items() if key != "readOnly"}
    match _kind(target):
        case "union":
            key = "oneOf" if "oneOf" in target else "anyOf"
            return {"anyOf": [textual(subject, one, token, taken) for one in target[key]]}
        case "array":
            items = target.get("items", {})
            kept = {key: one for key, one in target.items() if key not in ("items", "prefixItems")}
            return {**kept, "items": text if _nested(subject, items) else textual(subject, items, token, taken)}
        case "object":
            return _object(subject, target, text, taken)
        case "string":
            fixed = {"enum", "const"} & target.keys() or target.get("format") in _TOKEN_FORMATS
            return target if fixed or not token else {**_without_bounds(target), **_TOKEN}
        case "any":
            return text
        case _:
            return target


def _object(subject: Subject, target: Schema, text: Schema, taken: frozenset[str]) -> Schema:
    token = text is _TOKEN
    properties = {
        name: textual(subject, one, token, taken)
        for name, one in target.get("properties", {}).items()
        if not _nested(subject, one)
    }
    if properties:
        required = [name for name in target.get("required", ()) if name in properties]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    free = target.get("additionalProperties", True)
    names = {**_TOKEN, "not": {"enum": sorted(taken)}} if token else {"not": {"enum": sorted(taken)}, "minLength": 1}
    value = text if isinstance(free, bool) or _nested(subject, free) else textual(subject, free, token, taken)
    return {"type": "object", "propertyNames": names, "additionalProperties": value}


def _kind(schema: Schema) -> str:
    kinds = schema.get("type")
    if "oneOf" in schema or "anyOf" in schema:
        return "union"
    if {"enum", "const"} & schema.keys():
        return "constant"
    if isinstance(kinds, str):
        return kinds
    if isinstance(kinds, list):
        return "any" if {"object", "array"} & set(kinds) else "scalar"
    return "object" if "properties" in schema else "any"


def _nested(subject: Subject, schema: Any) -> bool:
    """Whether a schema takes lists or objects, for which there is no form inside of another."""
    if not isinstance(schema, Mapping):
        return True
    target = subject.resolve(schema)
    kind = _kind(target)
    if kind == "union":
        return any(_nested(subject, one) for one in target.get("oneOf", target.get("anyOf", ())))
    return kind in ("array", "object", "any")


def _without_bounds(schema: Schema) -> dict[str, Any]:
    return {key: one for key, one in schema.items() if key not in _BOUNDS}
