"""Enum value names from generator extensions, added to the description of the enumeration."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild

_LISTS = ("x-enum-varnames", "x-enumNames", "x-enum-names")
_DESCRIPTIONS = ("x-enum-descriptions", "x-enumDescriptions")


def apply(data: Node, _report: Report) -> Node:
    """Return the document with the names of enum values in their descriptions."""

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Node:
        values = node.get("enum")
        labels = list(_labels(node, values)) if isinstance(values, list) else []
        if not labels:
            return node
        description = node.get("description")
        before = [description.strip()] if isinstance(description, str) and description.strip() else []
        return {**node, "description": "\n\n".join([*before, f"Values: {'; '.join(labels)}."])}

    described: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return described


def _labels(schema: Node, values: list[Any]) -> list[str]:
    names, notes = _names(schema, values), _list(schema, _DESCRIPTIONS, values)
    labels: list[str] = []
    for index, value in enumerate(values):
        texts = [each[index] for each in (names, notes) if each and isinstance(each[index], str)]
        texts = [text.strip().rstrip(".") for text in texts if text.strip() and text != str(value)]
        if texts:
            labels.append(f"{value} is {', '.join(texts)}")
    return labels


def _list(schema: Node, keys: tuple[str, ...], values: list[Any]) -> list[Any]:
    found: list[Any] = next((schema[key] for key in keys if isinstance(schema.get(key), list)), [])
    return found if len(found) == len(values) else []


def _names(schema: Node, values: list[Any]) -> list[Any]:
    named = schema.get("x-ms-enum")
    entries = named.get("values") if isinstance(named, dict) else None
    if isinstance(entries, list):
        by_value = {str(each.get("value")): each.get("name") for each in entries if isinstance(each, dict)}
        return [by_value.get(str(value)) for value in values]
    return _list(schema, _LISTS, values)
