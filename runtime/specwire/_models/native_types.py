"""Types that msgspec decodes without a hook."""

from __future__ import annotations

from typing import Any

from msgspec import inspect

_PARTS = ("type", "types", "item_type", "item_types", "key_type", "value_type")
"""Attributes with the types that a type consists of."""


def is_native(info: inspect.Type) -> bool:
    """Return whether neither a type nor one inside it, at any depth, is decoded by a hook."""
    queue: list[Any] = [info]
    seen: set[type] = set()
    while queue:
        each = queue.pop()
        if isinstance(each, inspect.CustomType):
            return False
        if isinstance(each, inspect.StructType) and each.cls not in seen:
            seen.add(each.cls)
            queue += [field.type for field in each.fields]
        for part in _PARTS:
            inner = getattr(each, part, ())
            queue += inner if isinstance(inner, tuple) else [inner]
    return True
