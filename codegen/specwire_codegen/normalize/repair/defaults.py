"""Default values: those that do not match their schema are converted or dropped."""

from __future__ import annotations

from typing import Any

from openapi_schema_validator import OAS32Validator, oas32_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from specwire_codegen.normalize.repair import patterns
from specwire_codegen.normalize.source_map import Report, origin_of, strip
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.walk import rebuild

_DOCUMENT = "urn:document"


def apply(data: Node, report: Report) -> Node:
    """Return the document with only those defaults that match their schema (patterns are not checked)."""
    plain = strip(patterns.forget(data))
    registry: Registry[Any] = Registry().with_resource(_DOCUMENT, DRAFT202012.create_resource(plain))

    def fits(value: Any, pointer: str) -> bool:
        if isinstance(value, dict) and "$ref" in value:
            return False
        reference = {"$ref": f"{_DOCUMENT}#{pointers.to_fragment(pointer)}"}
        validator = OAS32Validator(reference, registry=registry, format_checker=oas32_format_checker)
        return bool(validator.is_valid(value))

    def visit(node: Node, kind: ObjectType, pointer: str) -> Node:
        if kind != "schema" or "default" not in node or fits(node["default"], pointer):
            return node
        place = pointers.join(origin_of(node), "default")
        given = node["default"]
        for value in _readings(given):
            if fits(value, pointer):
                message = f"default {given!r} has the wrong type; treated as {value!r}"
                report.warning("wrong-default", message, place, "write the default with the type of its schema")
                return {**node, "default": value}
        if given is not None:
            message = f"default {str(given)[:80]!r} does not match its schema; ignored"
            report.warning("wrong-default", message, place, "change the default or the schema")
        return {key: value for key, value in node.items() if key != "default"}

    settled: Node = rebuild(data, "openapi", visit)
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
