"""Merging of `allOf`: compatible keywords are combined, contradictions are reported."""

from __future__ import annotations

from typing import Any

import pytest
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize import normalize

from tests.codegen.normalize.test_combinations import TEXT, Json, document, ref


def property_of(one: Json, other: Json) -> tuple[Any, list[str]]:
    """Return the property `p` of an `allOf` of two objects that declare it, and the codes of the warnings."""
    parts = [{"type": "object", "properties": {"p": each}} for each in (one, other)]
    found = normalize(Document(document({"allOf": parts}), "spec.json"))
    schemas = found.data["components"]["schemas"]
    merged = schemas["Root"]["properties"]["p"]
    name = merged.get("$ref", "").rpartition("/")[2]
    return schemas.get(name, merged), [warning.code for warning in found.warnings]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"minimum": 1, "maximum": 9}, {"minimum": 3, "maximum": 5}, {"minimum": 3, "maximum": 5}),
        ({"minimum": 3, "maximum": 5}, {"minimum": 1, "maximum": 9}, {"minimum": 3, "maximum": 5}),
        ({"exclusiveMinimum": 2}, {"exclusiveMinimum": 1}, {"exclusiveMinimum": 2}),
        ({"exclusiveMaximum": 2}, {"exclusiveMaximum": 1}, {"exclusiveMaximum": 1}),
    ],
)
def test_the_narrower_bound_is_kept(one: Json, other: Json, expected: Json) -> None:
    """The larger lower bound, the smaller upper bound, in either order."""
    merged, warnings = property_of({"type": "integer", **one}, {"type": "integer", **other})
    assert {"type": "integer", **expected} == merged
    assert [] == warnings


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"type": "string", "minLength": 1}, {"type": "string", "minLength": 2}, {"type": "string", "minLength": 2}),
        ({"type": "string", "maxLength": 1}, {"type": "string", "maxLength": 2}, {"type": "string", "maxLength": 1}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["b", "c", "a"]}, {"enum": ["b", "a"]}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "const": "a"}, {"const": "a"}),
        ({"type": "number"}, {"type": "integer"}, {"type": "integer"}),
        ({"type": "integer"}, {"type": "number"}, {"type": "integer"}),
        (
            {"type": "array", "items": TEXT, "uniqueItems": True},
            {"type": "array", "items": TEXT, "uniqueItems": False},
            {"uniqueItems": True},
        ),
        (
            {"type": "object", "additionalProperties": TEXT},
            {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
            {"additionalProperties": {"type": "string", "minLength": 1}},
        ),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": True},
            {"additionalProperties": False},
        ),
        (
            {"type": "object", "additionalProperties": True},
            {"type": "object", "additionalProperties": TEXT},
            {"additionalProperties": TEXT},
        ),
        (
            {"type": "object", "properties": {"a": TEXT}, "additionalProperties": TEXT},
            {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
            {"additionalProperties": False},
        ),
        (
            {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
            {"type": "object", "properties": {"b": TEXT}, "required": ["b", "a"]},
            {"required": ["a", "b"]},
        ),
    ],
)
def test_compatible_keywords_are_combined(one: Json, other: Json, expected: Json) -> None:
    """Enumerations are intersected, requirements added, closed objects stay closed; no warning."""
    merged, warnings = property_of(one, other)
    assert expected.items() <= merged.items()
    assert [] == warnings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["c", "d"]}),
        ({"type": "string", "const": "a"}, {"type": "string", "const": "b"}),
        ({"type": "string", "const": "c"}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "const": "c"}),
        ({"type": "integer"}, {"type": "string"}),
        ({"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "uuid"}),
    ],
)
def test_a_contradiction_is_reported(one: Json, other: Json) -> None:
    """The last part is kept whole."""
    merged, warnings = property_of(one, other)
    assert ["allof-conflict"] == warnings
    assert other == merged


def test_the_order_of_required_does_not_matter() -> None:
    """Two inline objects that differ in it only are one model."""
    inner = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
    variants = [{**inner, "required": ["a", "b"]}, {**inner, "required": ["b", "a"]}]
    found = normalize(Document(document({"type": "object", "properties": {"p": {"anyOf": variants}}}), "spec.json"))
    schemas = found.data["components"]["schemas"]
    assert ["Root", "RootP"] == list(schemas)
    assert ref("RootP") == schemas["Root"]["properties"]["p"]


@pytest.mark.parametrize("parent", [True, False, {}])
def test_a_boolean_parent_is_not_a_base_class(parent: Any) -> None:
    """A schema that extends `true` or `false` has its own fields only."""
    schema = {"allOf": [ref("Parent"), {"type": "object", "properties": {"a": TEXT}}]}
    found = normalize(Document(document(schema, Parent=parent), "spec.json"))
    assert {"a": TEXT} == found.data["components"]["schemas"]["Root"]["properties"]


@pytest.mark.parametrize(
    ("members", "kept"),
    [
        ([ref("One"), ref("Two")], True),
        ([ref("One"), TEXT], False),
        ([TEXT, {"type": "integer"}], False),
        ([ref("One"), {"type": "null"}, TEXT], False),
    ],
)
def test_a_discriminator_of_other_types_is_ignored(members: list[Json], kept: bool) -> None:
    """Not all variants are objects, which is a warning."""
    one = {"type": "object", "properties": {"kind": TEXT, "a": TEXT}}
    schema = {"oneOf": members, "discriminator": {"propertyName": "kind"}}
    others: Json = {"One": one, "Two": {**one, "required": ["a"]}}
    found = normalize(Document(document(schema, **others), "spec.json"))
    root = found.data["components"]["schemas"]["Root"]
    assert kept == ("discriminator" in root)
    assert ([] if kept else ["useless-discriminator"]) == [warning.code for warning in found.warnings]


@pytest.mark.parametrize("part", [True, False, {}])
def test_a_boolean_part_next_to_a_base_is_not_a_base(part: Any) -> None:
    """The schema still extends the base that has the discriminator."""
    pet: Json = {"type": "object", "properties": {"kind": TEXT}, "discriminator": {"propertyName": "kind"}}
    cat: Json = {"allOf": [ref("Pet"), part, {"type": "object", "properties": {"a": TEXT}}]}
    found = normalize(Document(document(ref("Pet"), Pet=pet, Cat=cat), "spec.json"))
    assert {"a", "kind"} == found.data["components"]["schemas"]["Cat"]["properties"].keys()
