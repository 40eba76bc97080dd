"""Required properties that are not declared; each becomes a property of requests.

A server cannot be expected to send what its document does not declare, so responses may lack it.
"""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.schema.conditionals import is_conditional
from specwire_codegen.normalize.schema.nulls import UNIONS
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail, of
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild


def apply(data: Node, report: Report) -> Node:
    """Return the document with every required property declared; undeclared ones take any value."""

    def visit(node: Node, _kind: ObjectType, trail: Trail) -> Any:
        whole = node.get("properties") and node.get("required") and not is_conditional(of(trail))
        return _declared(node, report) if whole else node

    declared: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return declared


def _declared(schema: Node, report: Report) -> Node:
    properties, free = schema["properties"], schema.get("additionalProperties", True)
    missing = [name for name in schema.get("required", ()) if name not in properties]
    if not missing or any(union in schema for union in UNIONS):
        return schema
    if free is False:
        for name in missing:
            message = f"property {name!r} is required, but neither declared nor allowed; ignored"
            report.warning(
                "undeclared-property", message, origin_of(schema), "declare it, or remove it from 'required'"
            )
        kept = [name for name in schema["required"] if name in properties]
        rest = {key: value for key, value in schema.items() if key != "required"}
        return {**rest, "required": kept} if kept else rest
    for name in missing:
        message = f"property {name!r} is required, but not declared; requests take any value for it, and responses may lack it"
        report.warning(
            "undeclared-property", message, origin_of(schema), "declare it, or change its name in 'required'"
        )
    value: Node = free if isinstance(free, dict) else {ORIGIN: origin_of(schema)}
    return {**schema, "properties": {**properties, **{name: {**value, "writeOnly": True} for name in missing}}}
