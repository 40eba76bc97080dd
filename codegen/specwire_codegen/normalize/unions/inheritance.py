"""Inheritance: a discriminated schema that others extend by `allOf` becomes a union of them."""

from __future__ import annotations

from typing import Any

import attrs

from specwire_codegen.normalize.refs.references import SCHEMAS, schema_name, schema_ref
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import annotations_of
from specwire_codegen.normalize.source_map import HINT, ORIGIN, Report, origin_of
from specwire_codegen.openapi.objects import Node


def apply(data: Node, _report: Report) -> Node:
    """Return the document with a union for every discriminated base."""
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
        for name in family.descendants(base):
            if name not in fields:
                expanded[name] = _tagged(expanded[name], schemas[base]["discriminator"]["propertyName"])
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
        """Return whether a schema has a discriminator, no union, and schemas that extend it."""
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

    def union(self, base: str, fields: dict[str, str]) -> Node:
        """Return the union for a base; the base itself accepts values that no variant names.

        `discriminators` adds values for variants that the mapping does not name.
        """
        given = self.schemas[base]
        mapping: dict[str, str] = {}
        for value, ref in given["discriminator"].get("mapping", {}).items():
            name = schema_name(ref) if isinstance(ref, str) and ref.startswith(SCHEMAS) else ""
            if name in self.schemas:
                mapping[str(value)] = schema_ref(fields.get(name, name))
        variants = [*mapping.values(), *(schema_ref(fields.get(name, name)) for name in self.descendants(base))]
        default = (
            {"defaultMapping": schema_ref(fields[base]), HINT: self.own_name(base)} if self.is_concrete(base) else {}
        )
        return {
            **annotations_of(given),
            "oneOf": [{"$ref": ref, ORIGIN: origin_of(given)} for ref in dict.fromkeys(variants)],
            "discriminator": {**default, **given["discriminator"], "mapping": mapping},
        }

    def own_name(self, base: str) -> str:
        """Return the discriminator value of a base that its mapping does not name."""
        return origin_of(self.schemas[base]).rpartition("/")[2] or base

    def is_concrete(self, base: str) -> bool:
        """Return whether values can have the base type itself: its mapping names it, or its tag accepts its name."""
        discriminator = self.schemas[base]["discriminator"]
        if schema_ref(base) in discriminator.get("mapping", {}).values():
            return True
        tag = self.schemas[base].get("properties", {}).get(discriminator["propertyName"], {})
        if isinstance(tag, dict) and "$ref" in tag:
            tag = self.schemas.get(schema_name(tag["$ref"]), {})
        allowed = tag.get("enum", [tag["const"]] if "const" in tag else None) if isinstance(tag, dict) else None
        return not isinstance(allowed, list) or self.own_name(base) in allowed


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


def _tagged(schema: Node, field: str) -> Node:
    """Return a variant that never equals its base because it declares its own tag."""
    own: Node = {"type": "object", "properties": {field: {ORIGIN: origin_of(schema)}}, ORIGIN: origin_of(schema)}
    return {**schema, "allOf": [*schema["allOf"], own]}
