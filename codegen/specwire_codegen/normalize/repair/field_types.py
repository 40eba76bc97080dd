"""Field types: every value has the type that the specification requires."""

from __future__ import annotations

import re
import warnings
from typing import Any

import attrs

from specwire_codegen.normalize.repair.droppable import is_droppable
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.json_types import noun_of
from specwire_codegen.openapi.objects import FIELDS, PATTERNED, SECTIONS, Child, FieldType, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.suggest import did_you_mean, nearest
from specwire_codegen.openapi.walk import is_extension, map_children

_REQUIRED: dict[ObjectType, tuple[str, ...]] = {
    "parameter": ("name", "in"),
    "server": ("url",),
    "tag": ("name",),
    "discriminator": ("propertyName",),
}
_TYPES = {"array", "boolean", "integer", "null", "number", "object", "string"}
_SYNONYMS = {
    **dict.fromkeys(("str", "text", "uuid", "date", "datetime", "date-time", "char", "enum"), "string"),
    **dict.fromkeys(("int", "int32", "int64", "long", "short", "byte", "bigint"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "numeric"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("list", "set", "tuple"), "array"),
    **dict.fromkeys(("map", "dict", "dictionary", "hash", "struct"), "object"),
    **dict.fromkeys(("none", "nil"), "null"),
}
"""Type names of other languages -> JSON Schema types."""
_BESIDE_REF = {"$ref", "summary", "description"}
_MAYBE_BOOLEAN = {"schema"}


@attrs.frozen
class _TypeMismatch:
    expected: str


def apply(data: Node, report: Report) -> Node:
    """Return the document with harmless type mistakes corrected; report them as warnings, others as errors."""
    checked: Node = _check(data, "openapi", report, "")
    return checked


def _check(value: Any, kind: ObjectType, report: Report, place: Trail) -> Any:
    if isinstance(value, str) and kind == "schema" and _type_named(value):
        message = f"{value!r} is not a schema; treated as the name of a type"
        report.warning("wrong-type", message, place, f"write `type: {_type_named(value)}`")
        value = {"type": _type_named(value), ORIGIN: pointers.of(place)}
    if kind == "example" and not isinstance(value, dict):
        message = f"expected an object, got {_named(value)}; treated as its value"
        report.warning("wrong-type", message, place, "put it under 'value'")
        return {"value": value, ORIGIN: pointers.of(place)}
    if not isinstance(value, dict):
        if isinstance(value, bool) and kind in _MAYBE_BOOLEAN:
            return value
        report.error("wrong-type", f"expected an object, got {_named(value)}", place, f"write a {kind} here")
        return {}
    here = origin_of(value, place)
    if kind in PATTERNED and kind not in SECTIONS and "$ref" in value:
        report.error("bad-ref", f"a {kind} object cannot be a reference", (here, "$ref"), "write the object here")
        return {}
    if "$ref" in value and kind in SECTIONS and kind not in {"schema", "pathItem"}:
        return {key: each for key, each in value.items() if key in _BESIDE_REF or is_extension(key)}
    if kind not in PATTERNED:
        node = _repaired(value, kind, report, here)
    else:
        node = _paths(value, report, here) if kind == "paths" else value
    if kind == "openapi":
        node = {**node, "info": _with_info_defaults(node.get("info"), report)}
    for key in _REQUIRED.get(kind, ()):
        if key not in node:
            report.error("missing-field", f"this {kind} has no {key!r}", here, f"add {key!r}")
            node = {**node, key: ""}
    return map_children(
        node,
        kind,
        lambda child, child_kind, tokens: _check(child, child_kind, report, pointers.trail_below(here, *tokens)),
    )


_FORMS = {
    "true or false": "true, or false",
    "a list": "[...], or a line with a dash for each item",
    "an object": "{...}, or indented lines of `key: value`",
    "a string": '"...", in quotes',
    "a number": "a number, without quotes",
    "a list of strings": "[a, b], or a line with a dash for each",
    "an object of strings": "indented lines of `key: text`",
}


def _repaired(node: Node, kind: ObjectType, report: Report, here: str) -> Node:
    kept: Node = {}
    fields = FIELDS[kind]
    for key, value in node.items():
        if is_extension(key):
            kept[key] = value
            continue
        place = (here, key)
        field = fields.get(key)
        if field is None:
            _unknown(key, kind, report, place)
            continue
        new = _shaped(value, field, kind, key)
        if isinstance(field, Child) and field.shape == "map" and field.kind != "example" and is_droppable(kind, key):
            new = _objects(new, field.kind, report, place)
            value = new if isinstance(new, dict) else value
        if kind == "schema" and key == "pattern" and isinstance(value, str) and not _is_regex(value):
            message = f"the pattern {value!r} is not a valid Python regular expression; ignored"
            report.warning("bad-pattern", message, place, "avoid syntax of other regular expression dialects")
        elif new is value:
            kept[key] = value
        elif not isinstance(new, _TypeMismatch):
            kept[key] = new
            help = "quote it" if isinstance(new, str) or isinstance(value, (list, dict)) else "write it so"
            report.warning("wrong-type", f"{key!r} is {_named(value)}; treated as {new!r}", place, help)
        elif field == "types":
            _repair_type(kept, value, report, place)
        elif is_droppable(kind, key):
            message = f"{key!r} must be {new.expected}, got {_named(value)}; ignored"
            report.warning("wrong-type", message, place, _advice(key, new.expected))
        else:
            message = f"{key!r} must be {new.expected}, got {_named(value)}"
            report.error("wrong-type", message, place, _advice(key, new.expected))
    return kept


def _paths(paths: Node, report: Report, here: str) -> Node:
    """Return the paths without entries that have neither a leading slash nor an object."""
    for name in [name for name, each in paths.items() if not name.startswith("/") and not isinstance(each, dict)]:
        if is_extension(name):
            continue
        message = f"{name!r} is not a path: it contains {_named(paths[name])}; ignored"
        report.warning("wrong-type", message, (here, name), "put it under a path, or under components")
        paths = {key: each for key, each in paths.items() if key != name}
    return paths


def _objects(members: Any, kind: ObjectType, report: Report, place: Trail) -> Any:
    """Return the members of an optional map without those that are not objects."""
    if not isinstance(members, dict):
        return members
    for name in [name for name, each in members.items() if not isinstance(each, dict) and not is_extension(name)]:
        message = f"expected an object, got {_named(members[name])}; ignored"
        report.warning("wrong-type", message, (place, name), f"write a {kind} here")
        members = {key: each for key, each in members.items() if key != name}
    return members


def _with_info_defaults(info: Any, report: Report) -> Any:
    """Return the `info` of a document; the title defaults to the file name."""
    if info is not None and not isinstance(info, dict):
        return info
    whole = dict(info or {ORIGIN: "/info"})
    for key, otherwise in (("title", re.split(r"[/\\]", report.document.file)[-1].partition(".")[0]), ("version", "0")):
        if not isinstance(whole.get(key), (str, int, float)):
            whole[key] = otherwise or "API"
            report.warning("missing-field", f"'info' has no {key!r}; {whole[key]!r} is used", "/info", f"add {key!r}")
    return whole


def _repair_type(kept: Node, value: Any, report: Report, place: Trail) -> None:
    """Replace an unknown type by the most likely type; without one, the schema accepts any value."""
    named = value if isinstance(value, list) else [value]
    words = [_type_named(each) for each in named]
    types = list(dict.fromkeys(word for word in words if word is not None))
    help = f"use {', '.join(sorted(_TYPES))}, or a list of them"
    if types and None not in words:
        kept["type"] = types[0] if len(types) == 1 else types
        report.warning("wrong-type", f"unknown type {value!r}; treated as {kept['type']!r}", place, help)
    else:
        report.warning("wrong-type", f"unknown type {value!r}; treated as any value", place, help)


def _type_named(word: Any) -> str | None:
    if not isinstance(word, str):
        return "null" if word is None else None
    known = word.strip().lower()
    return known if known in _TYPES else _SYNONYMS.get(known, nearest(known, sorted(_TYPES), 0.85))


def _unknown(key: str, kind: ObjectType, report: Report, place: Trail) -> None:
    if kind == "schema" and report.document.is_open:
        return  # since OpenAPI 3.1, an unknown keyword of a schema is an annotation
    help = did_you_mean(key, FIELDS[kind], "remove it, or use a key that starts with 'x-' for custom data")
    what = "the document" if kind == "openapi" else f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"
    report.warning("unknown-field", f"{what} has no field {key!r}; ignored", place, help)


def _shaped(value: Any, field: Child | FieldType, kind: ObjectType, key: str) -> Any:
    if isinstance(field, Child):
        return _shaped_child(value, field)
    match field:
        case "text":
            return _text(value)
        case "boolean":
            if isinstance(value, str) and value.lower() in {"true", "false"}:
                return value.lower() == "true"
            return value if isinstance(value, bool) else _TypeMismatch("true or false")
        case "number":
            return _number(value)
        case "list":
            if key == "enum" and isinstance(value, (str, int, float)):
                return [value]
            return value if isinstance(value, list) else _TypeMismatch("a list")
        case "map":
            return value if isinstance(value, dict) else _TypeMismatch("an object")
        case "texts":
            return _texts(value)
        case "string_map":
            return _string_map(value)
        case "types":
            return _types(value)
        case "any":
            return value


def _shaped_child(value: Any, field: Child) -> Any:
    if field.shape == "list":
        return value if isinstance(value, list) else _TypeMismatch("a list")
    if field.shape == "one" and field.kind == "schema" and value in ("true", "false"):
        return value == "true"
    if field.shape == "one" and field.kind == "schema" and (isinstance(value, bool) or _type_named(value)):
        return value
    return value if isinstance(value, dict) else _TypeMismatch("an object")


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else "" if value is None else _TypeMismatch("a string")


def _texts(value: Any) -> Any:
    if isinstance(value, str) and value:
        return [value]
    if not isinstance(value, list):
        return _TypeMismatch("a list of strings")
    texts = [_text(each) for each in value]
    if any(isinstance(each, _TypeMismatch) for each in texts):
        return _TypeMismatch("a list of strings")
    return value if texts == value else texts


def _string_map(value: Any) -> Any:
    if not isinstance(value, dict):
        return _TypeMismatch("an object of strings")
    texts = {key: _text(each) for key, each in value.items()}
    if any(isinstance(each, _TypeMismatch) for each in texts.values()):
        return _TypeMismatch("an object of strings")
    return value if texts == value else texts


def _types(value: Any) -> Any:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name in _TYPES for name in names):
        return _TypeMismatch(f"one of {', '.join(sorted(_TYPES))}, or a list of them")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            try:
                return float(value)
            except ValueError:
                return _TypeMismatch("a number")
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else _TypeMismatch("a number")


def _is_regex(pattern: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError, Warning):
            return False
    return True


def _advice(key: str, expected: str) -> str:
    """Return an example of the expected form."""
    return f"write {key}: {_FORMS[expected]}" if expected in _FORMS else "write one of these"


def _named(value: Any) -> str:
    name = noun_of(value)
    return name if value is None or isinstance(value, (dict, list)) else f"{name} ({str(value)[:40]!r})"
