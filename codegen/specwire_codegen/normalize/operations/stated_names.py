"""Names of methods, arguments and fields that a document states in the extensions of other generators."""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi import words
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild

NAME = "x-specwire-name"
"""Extension with the resource and the method of an operation, the argument of a parameter, or the field of a property."""
_GROUPS = ("x-fern-sdk-group-name", "x-speakeasy-group")
_METHODS = ("x-fern-sdk-method-name", "x-speakeasy-name-override")
_ARGUMENTS = (
    *("x-stainless-param", "x-fern-parameter-name", "x-speakeasy-name-override", "x-ms-client-name", "x-go-name"),
)
_FIELDS = ("x-speakeasy-name-override", "x-fern-property-name", "x-ms-client-name")
_NESTED = "x-stainless-override-schema"
_PATTERNS = "x-speakeasy-name-override"
_NAMING = "x-stainless-naming"
_LONGEST_PATTERN = 200


def apply(data: Node, _report: Report) -> Node:
    """Return the document with the names of operations and parameters in our extension."""
    patterns = data.get(_PATTERNS)
    overrides = [each for each in patterns if isinstance(each, dict)] if isinstance(patterns, list) else []

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Node:
        if kind == "operation" and isinstance(node.get(NAME, {}), dict):
            stated = {**_operation(node, overrides), **node.get(NAME, {})}
            return {**node, NAME: stated} if stated else node
        if kind == "parameter" and NAME not in node:
            name = _argument(node)
            return {**node, NAME: name} if name else node
        if kind == "schema" and isinstance(properties := node.get("properties"), dict):
            named = {key: _property(each) for key, each in properties.items()}
            return {**node, "properties": named} if named != properties else node
        return node

    named: Node = rebuild(data, "openapi", visit, kinds=frozenset({"operation", "parameter", "schema"}))
    return named


def _operation(node: Node, overrides: list[Node]) -> dict[str, str]:
    """Return the stated names of an operation."""
    group = next((node[key] for key in _GROUPS if key in node), None)
    parts = group if isinstance(group, list) else str(group).split(".") if isinstance(group, str) else []
    method: Any = next((node[key] for key in _METHODS if key in node), None) or _python(node).get("method_name")
    if method is None:
        method = next((each.get("methodNameOverride") for each in overrides if _matches(each, node)), None)
    resource = ".".join(filter(None, (words.snake(str(part)) for part in parts)))
    name = words.snake(method) if isinstance(method, str) else ""
    return {key: text for key, text in (("resource", resource), ("method", name)) if text}


def _matches(override: Node, node: Node) -> bool:
    """Return whether the pattern of a global override is a plain beginning, end or whole that an operationId has."""
    pattern, id_ = override.get("operationId"), node.get("operationId")
    if not isinstance(pattern, str) or not isinstance(id_, str) or len(pattern) > _LONGEST_PATTERN:
        return False
    found = re.fullmatch(r"(\^|\.\*)?([\w-]+)(\$|\.\*)?", pattern)
    if found is None:
        return False
    before, text, after = found[1], found[2], found[3]
    match before == "^", after == "$":
        case True, True:
            return id_ == text
        case True, False:
            return id_.startswith(text)
        case False, True:
            return id_.endswith(text)
        case _:
            return text in id_


def _argument(node: Node) -> str:
    """Return the stated name of a parameter, as it is written in Python."""
    schema = node.get("schema")
    holders = [node]
    if isinstance(schema, dict):
        inner = schema.get(_NESTED)
        holders += [schema, *([inner] if isinstance(inner, dict) else [])]
    found = next((each[key] for each in holders for key in _ARGUMENTS if isinstance(each.get(key), str)), None)
    return words.snake(found) if found else ""


def _property(schema: Any) -> Any:
    """Return the schema of a property with its stated name."""
    if not isinstance(schema, dict) or NAME in schema:
        return schema
    found = next((schema[key] for key in _FIELDS if isinstance(schema.get(key), str)), None)
    name = words.snake(found) if found else ""
    return {**schema, NAME: name} if name else schema


def _python(node: Node) -> Node:
    naming = node.get(_NAMING)
    python = naming.get("python") if isinstance(naming, dict) else None
    return python if isinstance(python, dict) else {}
