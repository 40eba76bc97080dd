"""Schema fields whose strings encode another type: base64 bytes and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specwire_codegen.ir import Formats
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.schema import Schema, component_of, text_type

_SAME = ("items", "additionalProperties")
"""Keywords whose subschemas apply to values of the same field."""
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")


def formats_of(schemas: Sequence[Schema | bool], components: Components) -> Formats:
    """Return the names of the fields of bodies, at any depth, that take bytes or numbers as text; "" is a root."""
    found: dict[str, set[str]] = {"bytes": set(), "Decimal": set(), "IntText": set()}
    numbers: set[str] = set()
    seen: set[tuple[str, str]] = set()
    queue: list[tuple[str, Any]] = [("", schema) for schema in schemas]
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
        if kind is None and _takes_numbers(each):
            numbers.add(name)
        queue += _inside(name, each)
    texts = (found["Decimal"] | found["IntText"]) - numbers
    return Formats(*(tuple(sorted(names)) for names in (found["bytes"], found["Decimal"], texts)))


def _takes_numbers(schema: Schema) -> bool:
    """Return whether numbers in a field of this schema may be JSON numbers, by themselves or in an object."""
    kinds = schema.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    if "properties" in schema or {"integer", "number"} & {*listed}:
        return True
    return kinds is None and not any(keyword in schema for keyword in ("allOf", "anyOf", "oneOf", "enum", "const"))


def _inside(name: str, schema: Schema) -> Iterator[tuple[str, Any]]:
    yield from schema.get("properties", {}).items()
    yield from ((name, each) for each in schema.get("patternProperties", {}).values())
    yield from ((name, schema[keyword]) for keyword in _SAME if keyword in schema)
    yield from ((name, each) for keyword in _LISTED for each in schema.get(keyword, ()))
