"""Conditional properties: those in `then`, `else` and `dependentSchemas` become optional properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specwire_codegen.normalize.refs.references import SCHEMAS, schema_name
from specwire_codegen.normalize.schema.equality import constraints, same
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.walk import map_children

_CONDITION = frozenset({"if", "then", "else"})
_HOLDING = frozenset({"then", "else", "dependentSchemas", "allOf"})
"""Keywords that can hold conditional properties."""


def apply(data: Node, _report: Report) -> Node:
    """Return the document with every property that an object has on a condition as one that it may have.

    Of several conditionals in one `allOf`, only the property types are kept.
    """
    schemas = data.get("components", {}).get("schemas", {})

    def visit(node: Any, kind: ObjectType, _tokens: tuple[str | int, ...] = ()) -> Any:
        if not isinstance(node, dict):
            return node
        if kind == "schema" and not _HOLDING.isdisjoint(node):
            node = _spread(node, schemas)
        return map_children(node, kind, visit)

    spread: Node = visit(data, "openapi")
    return spread


def is_conditional(pointer: str) -> bool:
    """Return whether a pointer leads to a conditional schema, which declares no object by itself."""
    *_, before, last = ["", "", *pointer.split("/")]
    return before == "dependentSchemas" or (before != "properties" and last in {*_CONDITION, "not"})


def _spread(schema: Node, schemas: Node) -> Node:
    parts = [part for part in schema.get("allOf", ()) if isinstance(part, dict)]
    conditional = [part for part in parts if _CONDITION & part.keys() and constraints(part).keys() <= _CONDITION]
    found: dict[str, list[Any]] = {}
    for branch in [each for one in (schema, *conditional) for each in _branches(one)]:
        for name, property_ in branch.get("properties", {}).items():
            known = found.setdefault(name, [])
            if constraints(property_) and not any(same(property_, each) for each in known):
                known.append(property_)
    declared = _declared(schema, schemas, set())
    more = {name: _either(each, schema) for name, each in found.items() if name not in declared}
    if len(conditional) > 1:
        rest = [part for part in schema["allOf"] if not any(part is one for one in conditional)]
        schema = {**schema, "allOf": rest} if rest else {key: each for key, each in schema.items() if key != "allOf"}
    return {**schema, "properties": {**schema.get("properties", {}), **more}} if more else schema


def _branches(schema: Node) -> Iterator[Node]:
    """Yield the conditional subschemas, each followed by its own."""
    dependent = schema.get("dependentSchemas")
    for branch in (
        schema.get("then"),
        schema.get("else"),
        *(dependent.values() if isinstance(dependent, dict) else ()),
    ):
        if isinstance(branch, dict):
            yield branch
            yield from _branches(branch)


def _declared(schema: Any, schemas: Node, seen: set[str]) -> set[str]:
    """Return the names of the properties that a schema and its bases declare."""
    if not isinstance(schema, dict):
        return set()
    names = set(schema.get("properties", {}))
    ref = schema.get("$ref")
    if isinstance(ref, str) and ref.startswith(SCHEMAS) and ref not in seen:
        seen.add(ref)
        names |= _declared(schemas.get(schema_name(ref)), schemas, seen)
    for part in schema.get("allOf", ()):
        names |= _declared(part, schemas, seen)
    return names


def _either(properties: list[Any], owner: Node) -> Node:
    if len(properties) == 1 and isinstance(properties[0], dict):
        return properties[0]
    origin = {ORIGIN: origin_of(owner)}
    return {"anyOf": properties, **origin} if properties else origin
