"""Responses: at least one for every operation, each with a valid status."""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import is_extension, rebuild

_STATUS = re.compile(r"[1-5](\d\d|XX)")


def apply(data: Node, report: Report) -> Node:
    """Return the document with valid responses on every operation."""

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Any:
        if kind != "responses":
            return node
        here = origin_of(node)
        valid: Node = {}
        for status, response in node.items():
            if is_extension(status):
                valid[status] = response
            elif _STATUS.fullmatch(status.upper()) or status == "default":
                valid.setdefault(status if status == "default" else status.upper(), response)
            else:
                message = f"{status!r} is not a status code; ignored"
                report.warning("bad-status", message, pointers.join(here, status), "use 200, 4XX or default")
        if not any(not is_extension(status) for status in valid):
            report.warning("no-responses", "the operation has no responses", here, "add the responses of the server")
            valid["default"] = {"description": "", ORIGIN: here}
        return valid

    valid: Node = rebuild(data, "openapi", visit, kinds=frozenset({"responses"}))
    return valid


def describe(data: Node, report: Report) -> Node:
    """Return the document with Swagger 2.0 response schemas moved to content."""

    def visit(node: Node, kind: ObjectType, here: Trail) -> Any:
        if kind != "response" or "schema" not in node or "$ref" in node:
            return node
        rest = {key: value for key, value in node.items() if key != "schema"}
        place = pointers.join(origin_of(node, here), "schema")
        if not isinstance(node["schema"], dict) or node.get("content"):
            return node
        message = "'schema' is directly on a response, as in Swagger 2.0; treated as application/json"
        report.warning("old-response", message, place, "write content: {application/json: {schema: ...}}")
        return {**rest, "content": {"application/json": {"schema": node["schema"]}}}

    described: Node = rebuild(data, "openapi", visit, kinds=frozenset({"response"}))
    return described
