"""Inheritance: a schema that others extend by `allOf`, with a discriminator of its own, becomes the union of them."""

from __future__ import annotations

from typing import Any

import attrs

from specwire_codegen.grammar import Node
from specwire_codegen.normalize import nulls
from specwire_codegen.normalize.equality import notes_of
from specwire_codegen.normalize.origin import ORIGIN, origin_of
from specwire_codegen.normalize.references import SCHEMAS, schema_name, schema_ref


def expand(data: Node) -> Node:
    """Return the document with a union in the place of every base that is told apart by a discriminator."""
    schemas = data.get("components", {}).get("schemas", {})
    family = _Family(schemas)
    bases = [name for name in schemas if family.is_base(name)]
    if not bases:
        return data
    expanded: dict[str, Any] = dict(schemas)
    fields = {base: _free(f"{base}Base", expanded) for base in bases}
    for base in bases:
        expanded[fields[base]] = {key: each for key, each in schemas[base].items() if key != "discriminator"}
    for base in bases:
        expanded[base] = family.union(base, fields)
    for name, schema in list(expanded.items()):
        if isinstance(schema, dict) and "allOf" in schema:
            expanded[name] = _rebased(schema, fields)
    for base in bases:
        for name, values in family.values(base, fields).items():
            if not family.children.get(name) and name in schemas:
                expanded[name] = _tagged(expanded[name], schemas[base]["discriminator"]["propertyName"], values)
    return {**data, "components": {**data["components"], "schemas": expanded}}


@attrs.define
class _Family:
    schemas: dict[str, Any]
    children: dict[str, list[str]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.children = {}
        for name, schema in self.schemas.items():
            parts = schema.get("allOf", []) if isinstance(schema, dict) else []
            for part in parts:
                ref = part.get("$ref") if isinstance(part, dict) else None
                if isinstance(ref, str) and ref.startswith(SCHEMAS) and schema_name(ref) != name:
                    self.children.setdefault(schema_name(ref), []).append(name)

    def is_base(self, name: str) -> bool:
        """Tell whether a schema has a discriminator, no union, and schemas that extend it."""
        schema = self.schemas[name]
        if not isinstance(schema, dict) or any(union in schema for union in nulls.UNIONS):
            return False
        discriminator = schema.get("discriminator")
        return isinstance(discriminator, dict) and bool(self.descendants(name))

    def descendants(self, name: str) -> list[str]:
        """Return the schemas that extend a schema, directly or not, in the order of the document."""
        found: dict[str, None] = {}
        waiting = list(self.children.get(name, []))
        while waiting:
            child = waiting.pop(0)
            if child not in found and child != name:
                found[child] = None
                waiting.extend(self.children.get(child, []))
        return [each for each in self.schemas if each in found]

    def values(self, base: str, fields: dict[str, str]) -> dict[str, list[str]]:
        """Return the variants of a base with the values that stand for them."""
        mapping = self.schemas[base]["discriminator"].get("mapping", {})
        values: dict[str, list[str]] = {}
        for value, ref in mapping.items():
            name = schema_name(ref) if isinstance(ref, str) and ref.startswith(SCHEMAS) else ""
            if name in self.schemas:
                values.setdefault(fields[base] if name == base else name, []).append(str(value))
        for name in self.descendants(base):
            if not self.is_base(name):
                origin = origin_of(self.schemas[name]).rpartition("/")[2]
                values.setdefault(name, [origin or name])
        return values

    def union(self, base: str, fields: dict[str, str]) -> Node:
        """Return the union that stands for a base."""
        given = self.schemas[base]
        values = self.values(base, fields)
        mapping = {value: schema_ref(name) for name, each in values.items() for value in each}
        return {
            **notes_of(given),
            "oneOf": [{"$ref": schema_ref(name), ORIGIN: origin_of(given)} for name in values],
            "discriminator": {**given["discriminator"], "mapping": mapping},
        }


def _free(name: str, taken: dict[str, Any]) -> str:
    while name in taken:
        name += "Fields"
    return name


def _rebased(schema: Node, fields: dict[str, str]) -> Node:
    parts: list[Any] = []
    for part in schema["allOf"]:
        ref = part.get("$ref") if isinstance(part, dict) else None
        name = schema_name(ref) if isinstance(ref, str) and ref.startswith(SCHEMAS) else ""
        parts.append({**part, "$ref": schema_ref(fields[name])} if name in fields else part)
    return {**schema, "allOf": parts}


def _tagged(schema: Any, field: str, values: list[str]) -> Any:
    """Return a variant that says in its own properties which values stand for it."""
    if not isinstance(schema, dict) or "allOf" not in schema:
        return schema
    tag = {"type": "string", **({"const": values[0]} if len(values) == 1 else {"enum": values})}
    own = {"type": "object", "properties": {field: tag}, "required": [field], ORIGIN: origin_of(schema)}
    return {**schema, "allOf": [*schema["allOf"], own]}
