"""Helpers that read a document for guesses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from specwire_codegen.normalize.source_map import origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import is_json

Schemas: TypeAlias = Mapping[str, Mapping[str, Any]]


def target_of(operation: Any, path: str, method: str) -> str:
    """Return the JSONPath of an operation in its source."""
    tokens = pointers.split(origin_of(operation)) or ("paths", path, method)
    return "$" + "".join(f".{token}" if token.isidentifier() else f"['{_quoted(token)}']" for token in tokens)


def source_of(node: Any, source: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an object as it is in the source, with the extensions of other generators; empty without one."""
    try:
        found = pointers.get(source, origin_of(node))
    except (KeyError, ValueError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _quoted(token: str) -> str:
    return token.replace("\\", "\\\\").replace("'", "\\'")


def resolved(schema: Any, schemas: Schemas) -> Mapping[str, Any]:
    """Return a schema with references followed and null removed."""
    for _ in range(50):
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            schema = schemas.get(pointers.unescape(str(schema["$ref"]).rpartition("/")[2]), {})
            continue
        union = schema.get("anyOf", schema.get("oneOf"))
        if union is None:
            return schema
        variants = [each for each in union if not _is_null(each)]
        if len(variants) != 1:
            return schema
        schema = {**{key: each for key, each in schema.items() if key not in ("anyOf", "oneOf")}, **variants[0]}
    return {}


def reaches(schema: Any, pointer: str, schemas: Schemas, kind: str | None = None) -> Mapping[str, Any] | None:
    """Return the schema at a pointer below another, of this type if one is given; None if there is none."""
    found = resolved(schema, schemas)
    for token in pointers.split(pointer):
        if token not in found.get("properties", {}):
            return None
        found = resolved(found["properties"][token], schemas)
    return found if kind is None or types_of(found) == {kind} else None


def members_of(schema: Any) -> Sequence[Any]:
    """Return the variants of a union; none of any other schema."""
    found = schema.get("oneOf", schema.get("anyOf")) if isinstance(schema, Mapping) else None
    return found if isinstance(found, list) else ()


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def types_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the types of a schema without null; empty if it has none."""
    kinds = schema.get("type", ())
    return _without_null((kinds,) if isinstance(kinds, str) else tuple(kinds))


@lru_cache(256)
def _without_null(kinds: tuple[str, ...]) -> frozenset[str]:
    return frozenset(kinds) - {"null"}


def may_be(schema: Mapping[str, Any], *kinds: str) -> bool:
    """Return whether values can have one of these types."""
    stated = types_of(schema)
    return not stated or bool(stated & set(kinds))


def describes(schema: Mapping[str, Any], pattern: str) -> bool:
    """Return whether the description of a schema or parameter matches a pattern."""
    text = schema.get("description", "")
    return isinstance(text, str) and re.search(pattern, text[:500], re.IGNORECASE) is not None


def first(names: Iterable[str], present: Mapping[str, Any]) -> str | None:
    """Return the first of these names that is present, or None."""
    return next((name for name in names if name in present), None)


def response_schema(operation: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    """Return the schema of the JSON response of an operation."""
    content = success(operation).get("content", {})
    media: Mapping[str, Any] = next((each for name, each in content.items() if is_json(name)), {})
    return resolved(media.get("schema", {}), schemas)


def followed(node: Any, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a node with references to components followed; empty if they lead nowhere."""
    for _ in range(50):
        if not isinstance(node, Mapping):
            return {}
        if "$ref" not in node:
            return node
        tokens = str(node["$ref"]).partition("#/components/")[2].split("/")
        node = data.get("components", {})
        for token in tokens:
            node = node.get(pointers.unescape(token)) if isinstance(node, Mapping) else None
    return {}


def success(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first successful response."""
    responses: Iterator[Mapping[str, Any]] = (
        response for status, response in operation.get("responses", {}).items() if status.startswith("2")
    )
    return next(responses, {})


def body_fields(operation: Mapping[str, Any], schemas: Schemas) -> dict[str, Mapping[str, Any]]:
    """Return the fields of a JSON body in the form of parameters."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: Any = next((media.get("schema", {}) for name, media in content.items() if is_json(name)), {})
    return {
        name: {"name": name, "schema": each, **({"description": each["description"]} if "description" in each else {})}
        for name, each in resolved(schema, schemas).get("properties", {}).items()
        if isinstance(each, Mapping)
    }
