"""JSON types of raw values."""

from __future__ import annotations

from typing import Any


def shown(raw: Any) -> str:
    """Return a short scalar unchanged, and the JSON type of anything else."""
    return repr(raw) if isinstance(raw, str | int | None) and len(str(raw)) <= 40 else kind_of(raw)


def kind_of(raw: Any) -> str:
    """Return the JSON type of a raw value."""
    match raw:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
