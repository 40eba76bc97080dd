"""Default values: those that do not match their schema are converted or dropped."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from functools import cached_property
from typing import Any

import jsonschema_rs

from specwire_codegen.normalize.repair import patterns
from specwire_codegen.normalize.source_map import Report, origin_of, strip
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.annotations import ANNOTATIONS
from specwire_codegen.openapi.json_types import json_type
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, is_extension, rebuild

_DOCUMENT = "urn:document"
_REFERENCES = ("$ref", "$dynamicRef")


_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def _is_time(value: str) -> bool:
    """Return whether a text is a time of day, with or without its offset."""
    try:
        return _TIME.fullmatch(value) is not None and time.fromisoformat(value.upper()) is not None
    except ValueError:
        return False


def _is_regex(value: str) -> bool:
    try:
        return re.compile(value) is not None
    except (re.error, OverflowError, RecursionError):
        return False


_UNCHECKED = "duration hostname iri iri-reference json-pointer relative-json-pointer uri uri-reference uri-template"
_FORMATS: dict[str, Callable[[str], bool]] = {
    "email": lambda value: "@" in value,
    "idn-email": lambda value: "@" in value,
    "regex": _is_regex,
    "time": _is_time,
    **dict.fromkeys(_UNCHECKED.split(), lambda value: True),
}
"""Formats of texts that are checked less strictly than by jsonschema-rs."""
_SIZES = {"int32": 32, "int64": 64}
"""Formats of integers, by their bits."""


def _checkable(schema: Node, kind: ObjectType) -> Any:
    """Return an object without private keys and patterns, and with the ranges of integer formats as schemas."""

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Any:
        bits = _SIZES.get(str(node.get("format")))
        if bits is None:
            return node
        limit = 1 << bits - 1
        return {**node, "allOf": [*node.get("allOf", ()), {"minimum": -limit, "maximum": limit - 1}]}

    return strip(rebuild(patterns.forget(schema, kind), kind, visit, kinds=SCHEMAS_ONLY))


class _Defaults:
    """Check of the defaults of one document; its schemas are compiled only if a schema with a default refers to one."""

    def __init__(self, data: Node) -> None:
        self._data = data

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        plain = _checkable(self._data, "openapi")
        return jsonschema_rs.Registry([(_DOCUMENT, plain)], draft=jsonschema_rs.Draft202012, retriever=_refuse)

    def fits(self, value: Any, schema: Node, pointer: str) -> bool:
        """Return whether a value matches the schema at a pointer."""
        if isinstance(value, dict) and "$ref" in value:
            return False
        if schema.get("type") == json_type(value) and _constrained(schema) <= {"type"}:
            return True  # as most do, and to compile a schema takes long
        plain = _checkable(schema, "schema")
        registry = None
        if _refers(plain):
            plain, registry = {"$ref": f"{_DOCUMENT}#{pointers.to_fragment(pointer)}"}, self._registry
        try:
            validator = jsonschema_rs.Draft202012Validator(
                plain, formats=_FORMATS, validate_formats=True, registry=registry, offline=True
            )
        except jsonschema_rs.ValidationError:
            return True  # the schema is invalid: another pass reports that
        return validator.is_valid(value)


def _constrained(schema: Node) -> set[str]:
    """Return the keywords of a schema that constrain its values."""
    return {key for key in schema if key not in ANNOTATIONS and not is_extension(key)}


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not part of the document")


def _refers(value: Any) -> bool:
    """Return whether a schema refers to another."""
    if isinstance(value, dict):
        return not value.keys().isdisjoint(_REFERENCES) or any(map(_refers, value.values()))
    return isinstance(value, list) and any(map(_refers, value))


def apply(data: Node, report: Report) -> Node:
    """Return the document with only those defaults that match their schema (patterns are not checked)."""
    defaults = _Defaults(data)

    def visit(node: Node, _kind: ObjectType, here: Trail) -> Node:
        if "default" not in node or defaults.fits(node["default"], node, pointer := pointers.of(here)):
            return node
        place = pointers.join(origin_of(node), "default")
        given = node["default"]
        for value in _readings(given):
            if defaults.fits(value, node, pointer):
                message = f"default {given!r} has the wrong type; treated as {value!r}"
                report.warning("wrong-default", message, place, "write the default with the type of its schema")
                return {**node, "default": value}
        if given is not None:
            message = f"default {str(given)[:80]!r} does not match its schema; ignored"
            report.warning("wrong-default", message, place, "change the default or the schema")
        return {key: value for key, value in node.items() if key != "default"}

    settled: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return settled


def _readings(value: Any) -> list[Any]:
    """Return possible intended values for a default of the wrong type."""
    if isinstance(value, str):
        if value.lower() in {"true", "false"}:
            return [value.lower() == "true"]
        digits = value.removeprefix("-")
        return [int(value)] if digits.isascii() and digits.isdigit() and len(digits) < 19 else []
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(value)] if isinstance(value, (int, float)) else []
