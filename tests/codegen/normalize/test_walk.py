"""Walks over documents: what they visit, in which order, and what they copy."""

from __future__ import annotations

from typing import Any

import pytest
from specwire_codegen.openapi.objects import FIELDS, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail, of
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild, walk

DOCUMENT: Node = {
    "openapi": "3.2.0",
    "info": {"title": "Pets"},
    "paths": {
        "x-note": {"get": {"operationId": "no operation"}},
        "/pets/{a~b}": {
            "parameters": [{"name": "a~b", "schema": {"type": "string"}}],
            "get": {"responses": {"200": {"content": {"text/plain": {"schema": {"type": "integer"}}}}}},
        },
    },
    "components": {
        "schemas": {
            "x-Pet": {"properties": {"$ref": {"items": {"anyOf": [{"type": "null"}, True]}}}, "example": {"items": {}}},
            "Any": True,
        }
    },
}


def places(kinds: frozenset[ObjectType]) -> list[str]:
    return [of(trail) for _, _, trail in walk(DOCUMENT, "openapi", kinds=kinds)]


def test_a_walk_yields_objects_in_document_order_and_parents_first() -> None:
    item = "/paths/~1pets~1{a~0b}"
    pet = "/components/schemas/x-Pet"
    assert places(SCHEMAS_ONLY) == [
        f"{item}/parameters/0/schema",
        f"{item}/get/responses/200/content/text~1plain/schema",
        pet,
        f"{pet}/properties/$ref",
        f"{pet}/properties/$ref/items",
        f"{pet}/properties/$ref/items/anyOf/0",
    ]
    assert places(frozenset({"info", "operation"})) == ["/info", f"{item}/get"]


@pytest.mark.parametrize("kinds", [frozenset({kind}) for kind in ("schema", "operation", "parameter", "openapi")])
def test_objects_of_some_kinds_are_visited_children_first(kinds: frozenset[ObjectType]) -> None:
    seen: list[str] = []

    def visit(node: Node, kind: ObjectType, trail: Trail) -> Node:
        assert kind in kinds
        seen.append(of(trail))
        return node

    assert rebuild(DOCUMENT, "openapi", visit, kinds=kinds) is DOCUMENT
    assert sorted(seen) == sorted(places(kinds))
    assert all(not after.startswith(f"{before}/") for index, before in enumerate(seen) for after in seen[index:])


def test_only_the_way_to_a_changed_object_is_copied() -> None:
    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Any:
        return {"type": "string"} if node.get("type") == "null" else node

    made = rebuild(DOCUMENT, "openapi", visit)
    assert made["components"]["schemas"]["x-Pet"]["properties"]["$ref"]["items"] == {
        "anyOf": [{"type": "string"}, True]
    }
    assert made["paths"] is DOCUMENT["paths"]
    assert made["components"]["schemas"]["x-Pet"]["example"] is DOCUMENT["components"]["schemas"]["x-Pet"]["example"]
    assert "null" in str(DOCUMENT), "the given document is unchanged"


def test_every_kind_of_object_has_fields() -> None:
    assert {kind for _, kind, _ in walk(DOCUMENT, "openapi")} <= FIELDS.keys()
