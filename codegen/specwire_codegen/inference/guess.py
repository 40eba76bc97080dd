"""Guesses, and the helpers that read a document for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import is_json

Schemas: TypeAlias = Mapping[str, Mapping[str, Any]]


@attrs.frozen
class Guess:
    """An extension suggested for an operation or one of its media types."""

    target: str
    """JSONPath of the place."""
    extension: str
    value: Mapping[str, Any]
    reason: str
    certain: bool = True
    """False if the guess is written as a comment."""
    operation: str = ""
    """OperationId, used for derived names."""


def resolved(schema: Any, schemas: Schemas) -> Mapping[str, Any]:
    """Return a schema with references followed and null removed."""
    for _ in range(50):
        if not isinstance(schema, Mapping):
            return {}
        if "$ref" in schema:
            schema = schemas.get(pointers.unescape(str(schema["$ref"]).rpartition("/")[2]), {})
            continue
        variants = [each for each in schema.get("anyOf", schema.get("oneOf", ())) if not _is_null(each)]
        if len(variants) != 1:
            return schema
        schema = {**{key: each for key, each in schema.items() if key not in ("anyOf", "oneOf")}, **variants[0]}
    return {}


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def types_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the types of a schema without null; empty if it has none."""
    kinds = schema.get("type", ())
    return frozenset([kinds] if isinstance(kinds, str) else kinds) - {"null"}


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


def answer(operation: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    """Return the schema of the JSON response of an operation."""
    content = success(operation).get("content", {})
    media: Mapping[str, Any] = next((each for name, each in content.items() if is_json(name)), {})
    return resolved(media.get("schema", {}), schemas)


def success(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first successful response."""
    responses: Iterator[Mapping[str, Any]] = (
        response for status, response in operation["responses"].items() if status.startswith("2")
    )
    return next(responses, {})
