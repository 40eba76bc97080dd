"""Layout of an OpenAPI version: sections of referenced objects, and kinds that stay references.

A document whose references all lead to its own sections, as nearly all, needs no bundling.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import attrs

from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, SECTIONS, Node, ObjectType
from specwire_codegen.openapi.walk import CONTAINER, kind_at, walk


@attrs.frozen
class Layout:
    """Sections of an OpenAPI version that references lead to."""

    root: ObjectType
    prefix: str
    """Pointer of the object that has the sections."""
    sections: Mapping[ObjectType, str]
    """Kinds that can be references in a single document -> section of each.

    References of all other kinds are replaced by their target.
    """

    def section(self, data: Node, kind: ObjectType) -> Node:
        """Return the components of a kind, or an empty map if the section is invalid."""
        holder = data.get("components") if self.prefix else data
        section = holder.get(self.sections[kind]) if isinstance(holder, dict) else None
        return section if isinstance(section, dict) else {}

    def pointer(self, kind: ObjectType, name: str) -> str:
        """Return the pointer to a component."""
        return pointers.join(f"{self.prefix}/{self.sections[kind]}", name)

    def extended(self, data: Node, added: Mapping[ObjectType, Node]) -> Node:
        """Return a document with more components."""
        if not added:
            return data
        sections = {self.sections[kind]: {**self.section(data, kind), **more} for kind, more in added.items()}
        if not self.prefix:
            return {**data, **sections}
        return {**data, "components": {**data.get("components", {}), **sections}}

    def keeps(self, pointer: str, kind: ObjectType) -> bool:
        """Return whether a reference of a kind to a pointer of the document can stay unchanged.

        It can if the target is an OpenAPI object. Targets in an extension, an example or an unknown field become
        components first.
        """
        return (self.prefix != "" and _is_place(pointer)) or (self.prefix == "" and _survives(pointer, kind))


@cache
def _is_place(pointer: str) -> bool:
    return kind_at(pointers.split(pointer)) not in (None, CONTAINER)


def _survives(pointer: str, kind: ObjectType) -> bool:
    """Return whether a pointer in a Swagger 2.0 document still resolves after the upgrade to OpenAPI 3."""
    tokens = pointers.split(pointer)
    if len(tokens) == 2 and tokens[0] in ("definitions", "parameters", "responses"):
        return True
    return (
        kind in ("schema", "swaggerItems") and tokens[:1] == ("definitions",) and kind_at(tokens, "swagger") == "schema"
    )


OPENAPI = Layout("openapi", "/components", {kind: name for kind, name in SECTIONS.items() if kind != "securityScheme"})
SWAGGER = Layout(
    "swagger",
    "",
    {
        "schema": "definitions",
        "swaggerItems": "definitions",
        "swaggerParameter": "parameters",
        "swaggerResponse": "responses",
    },
)


_ELSEWHERE = frozenset({"$id", "$self", "<<", "externalValue"})
"""Keys that can lead to other files, or change what references mean."""


def is_whole(data: Node, layout: Layout) -> bool:
    """Return whether bundling a document changes nothing."""
    count = _references(data)
    if count is None:
        return False
    for node, kind, _ in walk(data, layout.root, kinds=frozenset({*layout.sections, "discriminator"})):
        if kind == "discriminator":
            mapping = node.get("mapping")
            targets = mapping.values() if isinstance(mapping, dict) else ()
            if not all(_is_own(target, "schema", data, layout) for target in targets):
                return False
        elif "$ref" in node:
            count -= 1
            allowed = "summary" not in node or "summary" in FIELDS[kind]
            if not allowed or not _is_own(node["$ref"], kind, data, layout):
                return False
    return count == 0


def _is_own(ref: Any, kind: ObjectType, data: Node, layout: Layout) -> bool:
    """Return whether a reference leads to a component of its kind, in its usual spelling."""
    prefix = f"#{layout.prefix}/{layout.sections[kind]}/"
    if not isinstance(ref, str) or not ref.startswith(prefix) or not {"/", "%", "~"}.isdisjoint(ref[len(prefix) :]):
        return False
    return isinstance(layout.section(data, kind).get(ref[len(prefix) :]), dict)


def _references(data: Any) -> int | None:
    """Return the number of keys that are `$ref`, wherever they are; None if there are keys that lead elsewhere."""
    count, waiting = 0, [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if not _ELSEWHERE.isdisjoint(value):
                return None
            count += "$ref" in value
            value = value.values()
        waiting += [each for each in value if isinstance(each, (dict, list))]
    return count
