"""Schema fields whose strings encode another type: base64 bytes and decimal numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specwire_codegen.ir import Formats
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.schema import Schema, component_of, text_type

_SAME = ("items", "additionalProperties")
"""Keywords whose subschemas apply to values of the same field."""
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")


def formats_of(schema: Schema | bool, components: Components) -> Formats:
    """Return the names of the fields, at any depth, that take bytes or decimal numbers; "" is the root."""
    found: dict[str, set[str]] = {"bytes": set(), "Decimal": set()}
    seen: set[tuple[str, str]] = set()
    queue: list[tuple[str, Any]] = [("", schema)]
    while queue:
        name, each = queue.pop()
        if not isinstance(each, Mapping):
            continue
        component = component_of(each)
        if component is not None:
            if (name, component) not in seen:
                seen.add((name, component))
                queue.append((name, components.schemas.get(component, True)))
            continue
        kind = text_type(each)
        if kind in found:
            found[kind].add(name)
        queue += _inside(name, each)
    return Formats(tuple(sorted(found["bytes"])), tuple(sorted(found["Decimal"])))


def _inside(name: str, schema: Schema) -> Iterator[tuple[str, Any]]:
    yield from schema.get("properties", {}).items()
    yield from ((name, each) for each in schema.get("patternProperties", {}).values())
    yield from ((name, schema[keyword]) for keyword in _SAME if keyword in schema)
    yield from ((name, each) for keyword in _LISTED for each in schema.get(keyword, ()))
