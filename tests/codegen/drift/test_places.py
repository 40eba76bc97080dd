"""Places of drift in documents that refer to themselves, or nest unions."""

from __future__ import annotations

from typing import Any

from specwire_codegen.drift.places import Places

REF = "#/components/schemas/"


def places(schemas: dict[str, Any]) -> Places:
    return Places({"openapi": "3.1.0", "components": {"schemas": schemas}}, {})


def test_a_union_of_itself_is_searched_once() -> None:
    """Not once for every path through it."""
    itself = {"anyOf": [{"$ref": f"{REF}A"}] * 8, "properties": {"x": {"$ref": f"{REF}A"}}}
    found = places({"A": itself, "B": {"$ref": f"{REF}B"}})
    assert ["/components/schemas/A/properties/x"] == list(found.within("/components/schemas/A", ".x.x.x"))
    assert ["/components/schemas/A"] == list(found.having("/components/schemas/A", "anyOf"))
    assert [] == list(found.within("/components/schemas/B", ".x"))


def test_every_variant_that_has_a_field_is_a_place() -> None:
    """In the order of the document; references are followed."""
    schemas = {
        "Pet": {"oneOf": [{"$ref": f"{REF}Cat"}, {"properties": {"name": {}}}, {"properties": {"other": {}}}]},
        "Cat": {"allOf": [{"properties": {"name": {}}}]},
    }
    assert [
        "/components/schemas/Cat/allOf/0/properties/name",
        "/components/schemas/Pet/oneOf/1/properties/name",
    ] == list(places(schemas).within("/components/schemas/Pet", ".name"))


def test_names_are_quoted_in_paths() -> None:
    """Members of objects may have any name; items of lists have a number."""
    found = places({"a'b\\c": {"anyOf": [{"200": {}}]}, "\n": {}})
    assert "$.components.schemas['a\\'b\\\\c'].anyOf[0]['200']" == found.json_path(
        "/components/schemas/a'b\\c/anyOf/0/200"
    )
    assert "$.components.schemas['\\u000a']" == found.json_path("/components/schemas/\n")
