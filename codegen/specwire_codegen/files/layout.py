"""Layout: where a version of OpenAPI keeps what is referred to, and which references stay references."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import attrs

from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import SECTIONS, Node, ObjectType
from specwire_codegen.openapi.walk import CONTAINER, kind_at


@attrs.frozen
class Layout:
    """A version of OpenAPI, as far as references go."""

    root: ObjectType
    prefix: str
    """Pointer of the object that has the sections."""
    sections: Mapping[ObjectType, str]
    """The kinds that a reference may stand for once the document is one, and the section that holds each.

    Every other reference is replaced by what it leads to.
    """

    def section(self, data: Node, kind: ObjectType) -> Node:
        """Return the components of a kind, as far as they are objects."""
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
        """Tell whether a reference from a place of a kind to a pointer of the document can stay as it is.

        It can if something of OpenAPI stands there. What stands in an extension, in an example or in a field that the
        version does not know becomes a component first.
        """
        return self.prefix != "" and _is_place(pointer) or self.prefix == "" and _survives(pointer, kind)


@cache
def _is_place(pointer: str) -> bool:
    return kind_at(pointers.split(pointer)) not in (None, CONTAINER)


def _survives(pointer: str, kind: ObjectType) -> bool:
    """Tell whether a pointer of a Swagger 2.0 document can be followed in the OpenAPI 3 document made of it."""
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
