"""Variant names: the distinguishing feature of a union member as part of its name."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.source_map import HINT
from specwire_codegen.openapi import words
from specwire_codegen.openapi.objects import Node

TAGS = ("type", "kind", "object", "role", "event", "op", "method", "action", "name")
"""Usual names of tag properties, most usual first."""


def name(variant: Node, siblings: list[Node], owner: str, index: int) -> str:
    """Return a name for an inline member of the union `owner`."""
    hint = variant.get(HINT)
    if isinstance(hint, str) and words.pascal(hint):
        hint = words.identifier(words.pascal(hint))
        return hint if hint.startswith(owner) or hint.endswith(owner) else owner + hint
    others = [each for each in siblings if each is not variant]
    word = _tag(variant, others) or _title(variant)
    if not word:
        word = (_own_property(variant, others) if others else "") or _type(variant, others)
    return owner + (word or f"Variant{words.alphabetic(index)}")


def const_of(schema: Node, field: str) -> Any:
    """Return the constant value of a property, or None."""
    property = schema.get("properties", {}).get(field)
    return property.get("const") if isinstance(property, dict) else None


def _tag(variant: Node, others: list[Node]) -> str:
    fields = [field for field in variant.get("properties", {}) if isinstance(const_of(variant, field), str)]
    for field in sorted(fields, key=lambda each: TAGS.index(each) if each in TAGS else len(TAGS)):
        value = const_of(variant, field)
        if all(const_of(other, field) != value for other in others):
            return words.pascal(value)
    return ""


def _title(variant: Node) -> str:
    title = variant.get("title")
    return words.pascal(title) if isinstance(title, str) and len(title) <= 40 else ""


def _own_property(variant: Node, others: list[Node]) -> str:
    known = {field for other in others for field in other.get("properties", {})}
    required = [field for field in variant.get("required", []) if field in variant.get("properties", {})]
    for field in [*required, *variant.get("properties", {})]:
        if field not in known:
            return words.pascal(field)
    return ""


def _type(variant: Node, others: list[Node]) -> str:
    word = "Name" if "enum" in variant else "Object"
    alike = [other for other in others if ("enum" in other) == ("enum" in variant)]
    return "" if alike else word
