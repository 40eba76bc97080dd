"""References to an object of the wrong kind that contains, or is part of, the intended object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import is_extension, kind_at, rebuild

WITH_SCHEMAS = frozenset({"response", "requestBody", "parameter", "header", "mediaType"})
"""Kinds that contain a schema."""
_JSON = "application/json"

Found = tuple[str, Node]
"""A pointer and its value."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with references to the wrong kind replaced by the intended objects.

    References of schemas stay; `schema_of` resolves them.
    """

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Node:
        ref = node.get("$ref")
        if not isinstance(ref, str) or not ref.startswith("#/"):
            return node
        found = _end(data, pointers.from_fragment(ref))
        actual = kind_at(pointers.split(found[0])) if found is not None else None
        make = _MADE[kind].get(actual or "")
        if found is None or make is None:
            return node
        here = origin_of(node)
        made = make(*found)
        siblings = {key: each for key, each in node.items() if key != "$ref"}
        if kind == "parameter" and not ("name" in siblings and "in" in siblings):
            return node
        message = f"{ref!r} leads to a {_WORDS[actual or '']}; treated as a {_WORDS[kind]} {_HOW[actual or '']}"
        report.warning("bad-ref", message, pointers.join(here, "$ref"), _HELP.get(kind, "write it here"))
        return {**made, **siblings, ORIGIN: here}

    valid: Node = rebuild(data, "openapi", visit, kinds=frozenset(_MADE))
    return valid


def schema_of(data: Node, pointer: str, kind: ObjectType) -> str | None:
    """Return the pointer to the schema of an object: that of its JSON content, else of its first content."""
    found = _end(data, pointer)
    if found is None:
        return None
    here, value = found
    for key in ("schema", "itemSchema"):
        if isinstance(value.get(key), (dict, bool)):
            return pointers.join(here, key)
    content = value.get("content")
    media = _preferred(content)
    return None if media is None else schema_of(data, pointers.join(here, "content", media), "mediaType")


def _end(data: Node, pointer: str) -> Found | None:
    """Return the target of a pointer, with references followed."""
    seen: set[str] = set()
    while pointer not in seen:
        seen.add(pointer)
        try:
            value = pointers.get(data, pointer)
        except (KeyError, ValueError):
            return None
        if not isinstance(value, dict):
            return None
        ref = value.get("$ref")
        if not isinstance(ref, str) or not ref.startswith("#/") or kind_at(pointers.split(pointer)) == "schema":
            return pointer, value
        pointer = pointers.from_fragment(ref)
    return None


def _preferred(content: Any) -> str | None:
    """Return the JSON media type of a content map, else its first media type."""
    if not isinstance(content, Mapping):
        return None
    media = [each for each in content if not is_extension(each)]
    return next((each for each in media if "json" in each.lower()), next(iter(media), None))


def _schema_here(pointer: str, _value: Node) -> Node:
    return {"$ref": f"#{pointers.to_fragment(pointer)}", ORIGIN: pointer}


def _of_schema(pointer: str, value: Node) -> Node:
    return {"description": "", "content": {_JSON: {"schema": _schema_here(pointer, value), ORIGIN: pointer}}}


def _of_media(_pointer: str, value: Node) -> Node:
    return {"description": "", "content": {_JSON: value}}


def _of_content(_pointer: str, value: Node) -> Node:
    return {"description": value.get("description", ""), "content": value.get("content", {})}


def _of_values(_pointer: str, value: Node) -> Node:
    """Return a body with the schema of a parameter or header."""
    kept = {key: value[key] for key in ("schema", "example", "examples") if key in value}
    content = value.get("content", {_JSON: kept})
    return {"description": value.get("description", ""), "content": content}


def _media_of_content(_pointer: str, value: Node) -> Node:
    media = _preferred(value.get("content"))
    found = value["content"][media] if media is not None else {}
    return dict(found) if isinstance(found, dict) else {}


def _only_schema(pointer: str, value: Node) -> Node:
    return {"schema": _schema_here(pointer, value)}


def _without_place(_pointer: str, value: Node) -> Node:
    return {key: each for key, each in value.items() if key not in ("name", "in", "allowReserved", "allowEmptyValue")}


def _media_of_values(_pointer: str, value: Node) -> Node:
    return {key: value[key] for key in ("schema", "example", "examples") if key in value}


def _values_of_media(_pointer: str, value: Node) -> Node:
    return {"content": {_JSON: value}}


def _values_of_content(_pointer: str, value: Node) -> Node:
    return {"content": value.get("content", {})}


_BODY: Mapping[ObjectType, Callable[[str, Node], Node]] = {
    "schema": _of_schema,
    "mediaType": _of_media,
    "parameter": _of_values,
    "header": _of_values,
}
_VALUES: Mapping[ObjectType, Callable[[str, Node], Node]] = {
    "schema": _only_schema,
    "mediaType": _values_of_media,
    "response": _values_of_content,
    "requestBody": _values_of_content,
}
_MADE: Mapping[ObjectType, Mapping[ObjectType, Callable[[str, Node], Node]]] = {
    "response": {**_BODY, "requestBody": _of_content},
    "requestBody": {**_BODY, "response": _of_content},
    "mediaType": {
        "schema": _only_schema,
        "response": _media_of_content,
        "requestBody": _media_of_content,
        "parameter": _media_of_values,
        "header": _media_of_values,
    },
    "header": {**_VALUES, "parameter": _without_place},
    "parameter": {**_VALUES, "header": _without_place},
}
"""Target kind -> source kind -> conversion."""
_WORDS: Mapping[ObjectType, str] = {
    "response": "response",
    "requestBody": "request body",
    "mediaType": "media type",
    "header": "header",
    "parameter": "parameter",
    "schema": "schema",
}
_HOW: Mapping[ObjectType, str] = {
    "schema": "with this schema in JSON",
    "mediaType": "with this content",
    "response": "with the same content",
    "requestBody": "with the same content",
    "parameter": "with the same values",
    "header": "with the same values",
}
_HELP: Mapping[ObjectType, str] = dict.fromkeys(("response", "requestBody"), "put it under content, as the schema")
