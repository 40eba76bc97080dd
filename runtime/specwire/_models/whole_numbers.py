"""JSON values whose floats without a fraction are integers, as in JSON Schema."""

from __future__ import annotations

from typing import Any

_EXACT = 2.0**53
"""Bound below which floats represent all integers exactly."""


def with_whole_numbers(raw: Any) -> Any:
    """Return an object or array with `1.0` as `1`, an integer in JSON Schema; the same object if nothing changes."""
    match raw:
        case dict():
            changed = {key: _whole_item(item) for key, item in raw.items()}
            return changed if any(changed[key] is not item for key, item in raw.items()) else raw
        case list():
            items = [_whole_item(item) for item in raw]
            return items if any(one is not item for one, item in zip(items, raw, strict=True)) else raw
        case _:
            return raw


def _whole_item(raw: Any) -> Any:
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() and abs(raw) <= _EXACT else raw
    return with_whole_numbers(raw)
