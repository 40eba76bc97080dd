"""Detection of operations that return lists, by the schemas of their responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.lower.media import Components
from specwire_codegen.lower.schema import component_of
from specwire_codegen.openapi.media_types import is_json

_DEPTH = 3
"""Objects around a list, such as `{"data": {"page": {"items": [...]}}}`."""


@attrs.frozen
class Lists:
    """The lists among the responses of a document."""

    components: Components
    _known: dict[tuple[str, int], bool] = attrs.field(factory=dict)
    """Whether components may hold arrays, at most so many objects deep."""

    def returned(self, operation: Mapping[str, Any]) -> bool | None:
        """Return True if an operation returns an array, False if its response has no array, None if it may be either."""
        for status, response in operation.get("responses", {}).items():
            content = response.get("content", {}) if status.startswith("2") else {}
            for media_type, media in content.items():
                if is_json(media_type) and "schema" in media:
                    if _is_array(self.components.resolve(media["schema"])):
                        return True
                    return None if self._may_hold_array(media["schema"], _DEPTH) else False
        return None

    def _may_hold_array(self, schema: Any, depth: int) -> bool:
        """Return whether a value of a schema can hold an array, at most `depth` objects deep."""
        component = component_of(schema) if isinstance(schema, Mapping) else None
        if component is None:
            return self._holds_array(schema, depth)
        if (component, depth) not in self._known:
            self._known[component, depth] = self._holds_array(self.components.resolve(schema), depth)
        return self._known[component, depth]

    def _holds_array(self, schema: Any, depth: int) -> bool:
        if not isinstance(schema, Mapping) or _is_array(schema):
            return True
        parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
        properties = schema.get("properties", {}).values() if depth else ()
        if not parts and "properties" not in schema:
            return schema.get("type") in (None, "object")
        return any(self._may_hold_array(part, depth - 1) for part in (*parts, *properties)) if depth else False


def _is_array(schema: Any) -> bool:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    return kind == "array" or isinstance(kind, list) and "array" in kind
