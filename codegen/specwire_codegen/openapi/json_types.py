"""Names of the JSON types of values, in JSON Schema and in messages."""

from __future__ import annotations

from typing import Any

from specwire._models.json_types import kind_of as json_type

__all__ = ["json_type", "noun_of"]

_NOUNS: dict[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}


def noun_of(value: Any) -> str:
    """Return the type of a value as a noun: `an object`, `a list`, `a number`."""
    return _NOUNS.get(type(value), "a number" if isinstance(value, int | float) else "another value")
