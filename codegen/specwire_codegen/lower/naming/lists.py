"""Detection of operations that return lists, by the schemas of their responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.lower.media import Components
from specwire_codegen.openapi.media_types import is_json

_DEPTH = 3
"""Objects around a list, such as `{"data": {"page": {"items": [...]}}}`."""


def returns_list(operation: Mapping[str, Any], components: Components) -> bool | None:
    """Return True if an operation returns an array, False if its response has no array, None if it may be either."""
    for status, response in operation.get("responses", {}).items():
        content = response.get("content", {}) if status.startswith("2") else {}
        for media_type, media in content.items():
            if is_json(media_type) and "schema" in media:
                schema = components.resolve(media["schema"])
                if _is_array(schema):
                    return True
                return None if _may_hold_array(schema, components, _DEPTH) else False
    return None


def _is_array(schema: Any) -> bool:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    return kind == "array" or isinstance(kind, list) and "array" in kind


def _may_hold_array(schema: Any, components: Components, depth: int) -> bool:
    """Return whether a value of a schema can hold an array, at most `depth` objects deep."""
    resolved = components.resolve(schema)
    if not isinstance(resolved, Mapping) or _is_array(resolved):
        return True
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in resolved.get(keyword, ())]
    properties = resolved.get("properties", {}).values() if depth else ()
    if not parts and "properties" not in resolved:
        return resolved.get("type") in (None, "object")
    return any(_may_hold_array(part, components, depth - 1) for part in (*parts, *properties)) if depth else False
