"""The served OpenAPI document and its references."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import attrs

from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.document.pointers import ABSENT, find
from specwire_codegen.openapi.json_types import json_type
from specwire_codegen.openapi.pointer import from_fragment

Schema: TypeAlias = dict[str, Any] | bool
"""A JSON Schema of Draft 2020-12, exactly as in the document."""


@attrs.frozen(eq=False)
class Document:
    """A document whose references are all local."""

    data: dict[str, Any]

    def resolve(self, node: Any) -> Any:
        """Return the object at the end of a chain of `$ref`s, or the node itself if it has none."""
        seen: set[str] = set()
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            reference: str = node["$ref"]
            if not reference.startswith("#") or reference in seen:
                raise MockError(f"{reference!r} is not a local reference that ends: normalize the document first")
            seen.add(reference)
            node = find(self.data, from_fragment(reference))
            if node is ABSENT:
                raise MockError(f"{reference!r} does not exist in the document: declare it or correct the reference")
        return node

    def variants(self, schema: Schema) -> Iterator[dict[str, Any]]:
        """Yield the schema and every subschema that describes the same value: references, `allOf`, `anyOf`, `oneOf`."""
        pending: list[Any] = [schema]
        seen: set[int] = set()
        while pending:
            node = pending.pop(0)
            if not isinstance(node, dict) or id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            if "$ref" in node:
                pending.append(self.resolve(node))
            for keyword in ("allOf", "oneOf", "anyOf"):
                pending.extend(node.get(keyword, ()))

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """Return the properties that any variant of the schema declares."""
        found: dict[str, Schema] = {}
        for variant in self.variants(schema):
            for name, member in variant.get("properties", {}).items():
                found.setdefault(name, member)
        return found

    def types(self, schema: Schema) -> frozenset[str]:
        """Return the JSON types allowed by the schema; empty if it names none."""
        found: set[str] = set()
        for variant in self.variants(schema):
            named = variant.get("type", ())
            found.update((named,) if isinstance(named, str) else named)
            if not named:
                found.update(_implied(variant))
        return frozenset(found)


def _implied(schema: dict[str, Any]) -> Iterator[str]:
    for value in [schema["const"]] if "const" in schema else schema.get("enum", ()):
        yield json_type(value)
    if "properties" in schema or "additionalProperties" in schema:
        yield "object"
    if "items" in schema or "prefixItems" in schema:
        yield "array"
