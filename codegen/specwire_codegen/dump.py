"""Conversion of generator values to JSON-ready builtins, each object with the name of its type."""

from __future__ import annotations

from typing import Any

import attrs


def dump(value: object) -> Any:
    """Return a value of the IR or a diagnostic as builtins."""
    kind: type = type(value)
    if attrs.has(kind):
        fields = {field.name: dump(getattr(value, field.name)) for field in attrs.fields(kind)}
        return {"kind": kind.__name__, **fields}
    if isinstance(value, tuple | list):
        return [dump(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(dump(item) for item in value)
    return value
