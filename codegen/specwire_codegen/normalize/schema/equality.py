"""Structural equality of schemas, without their descriptions."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from specwire_codegen.normalize.source_map import HINT
from specwire_codegen.openapi.annotations import ANNOTATIONS, OWNERS, PLACE_ONLY
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import is_extension, rebuild

_INNER = ANNOTATIONS - OWNERS
"""Annotations of a schema inside another."""
_NONE = frozenset[str]()
_PRINTER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def structure(schema: Any) -> Any:
    """Return a schema without annotations, extensions and private keys; `readOnly` and `writeOnly` are structure."""

    def visit(node: Node, kind: ObjectType, trail: Trail) -> Node:
        drop = (_INNER if trail else ANNOTATIONS) if kind == "schema" else _NONE
        kept = {key: value for key, value in node.items() if key not in drop and not is_extension(key)}
        if kind == "schema" and isinstance(kept.get("required"), list):
            kept["required"] = sorted(set(kept["required"]))
        return kept

    return rebuild(schema, "schema", visit)


def fingerprint(schema: Any) -> str:
    """Return a string that is equal for schemas of equal structure."""
    return _PRINTER.encode(structure(schema))


def same(one: Any, other: Any) -> bool:
    """Return whether two schemas have equal structure."""
    return one == other or fingerprint(one) == fingerprint(other)


@lru_cache(1024)
def is_annotation(key: str) -> bool:
    """Return whether a schema keyword does not affect validation."""
    return key in ANNOTATIONS or is_extension(key)


def annotations_of(schema: Node) -> Node:
    """Return the annotations of a schema."""
    return {key: value for key, value in schema.items() if is_annotation(key)}


def annotations_of_place(schema: Node) -> Node:
    """Return the annotations that describe a location and stay there when the schema moves."""
    return {k: v for k, v in schema.items() if (k in PLACE_ONLY or k == "description" or is_extension(k)) and k != HINT}


def constraints(schema: Node) -> Node:
    """Return the part of a schema that affects validation."""
    return {key: value for key, value in schema.items() if not is_annotation(key)}
