"""Normalization: one canonical OpenAPI 3.2 document for many ways to write the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, example, given, settings, strategies as st
from schemathesis.core.result import Ok
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.document import Document
from specwire_codegen.files.load import load
from specwire_codegen.normalize import Normalized, normalize

from tests.support.paths import SPECS

Json = dict[str, Any]


def ref(name: str) -> Json:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def spec(schemas: Json | None = None, *, version: str = "3.2.0", **operation: Any) -> Document:
    """Return a document with one operation, whose response is the schema `Root`."""
    content = {"application/json": {"schema": ref("Root")}}
    post = {"operationId": "make_it", "responses": {"200": {"description": "ok", "content": content}}, **operation}
    data = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {"/it": {"post": post}}}
    return Document({**data, "components": {"schemas": schemas or {"Root": {"type": "string"}}}}, "spec.yaml")


def renormalized(document: Document) -> Normalized:
    """Normalize a document, and check that normalizing again changes nothing."""
    once = normalize(document)
    again = normalize(Document(once.data, "again.json"))
    assert json.dumps(once.data) == json.dumps(again.data)
    assert () == again.warnings
    return once


def schemas_of(schemas: Json, *, version: str = "3.2.0") -> Json:
    """Return the normalized components of a document with these schemas, of which `Root` is reached."""
    found: Json = renormalized(spec(schemas, version=version)).data["components"]["schemas"]
    return found


def root(schema: Any, *, version: str = "3.2.0", **others: Any) -> Any:
    """Return a property schema after normalization."""
    holder = {"type": "object", "properties": {"it": schema}}
    return schemas_of({"Root": holder, **others}, version=version)["Root"]["properties"]["it"]


def operation_of(document: Document) -> Json:
    """Return the one operation of a document after normalization."""
    found: Json = renormalized(document).data["paths"]["/it"]["post"]
    return found


def rejections(document: Document) -> list[tuple[str, str, str]]:
    """Return code, message and pointer of the errors of a document."""
    with pytest.raises(DiagnosticError) as raised:
        normalize(document)
    found = [each for each in raised.value.diagnostics if each.severity == "error"]
    return [(each.code, each.message, each.location.pointer if each.location else "") for each in found]


PET = {"type": "object", "properties": {"name": {"type": "string"}}}
CAT = {"type": "object", "properties": {"kind": {"type": "string", "const": "cat"}}, "required": ["kind"]}
DOG = {"type": "object", "properties": {"kind": {"type": "string", "const": "dog"}}, "required": ["kind"]}
TOLD_APART = {
    "oneOf": [ref("Cat"), ref("Dog")],
    "discriminator": {
        "propertyName": "kind",
        "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
    },
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "integer", "nullable": False}, {"type": "integer"}),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 1}),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": False}, {"type": "number", "maximum": 1}),
        ({"type": "string", "example": "a"}, {"type": "string", "examples": ["a"]}),
        ({"type": "string", "enum": ["a"]}, {"type": "string", "const": "a"}),
        ({"allOf": [ref("Pet")], "nullable": True}, {"anyOf": [ref("Pet"), {"type": "null"}]}),
        (
            {"allOf": [ref("Pet")], "description": "d", "nullable": True},
            {"description": "d", "anyOf": [ref("Pet"), {"type": "null"}]},
        ),
        ({**ref("Pet"), "description": "d", "type": "object"}, {**ref("Pet"), "description": "d"}),
        (
            {"type": "array", "items": {"type": "string", "x-nullable": True}},
            {"type": "array", "items": {"type": ["string", "null"]}},
        ),
    ],
)
def test_openapi_3_0_is_upgraded(schema: Json, expected: Json) -> None:
    """Keywords of OpenAPI 3.0 become those of JSON Schema."""
    assert expected == root(schema, version="3.0.3", Pet=PET)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string"]}, {"type": "string"}),
        ({"type": ["null", "string"]}, {"type": ["string", "null"]}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["string", "null"]}),
        ({"oneOf": [{"type": "null"}, ref("Pet")]}, {"anyOf": [ref("Pet"), {"type": "null"}]}),
        (
            {"anyOf": [{"type": "null"}, ref("Pet")], "default": None},
            {"anyOf": [ref("Pet"), {"type": "null"}], "default": None},
        ),
        ({"anyOf": [ref("Pet")]}, ref("Pet")),
        ({"anyOf": [{"type": "string"}, {"type": "string", "description": "again"}]}, {"type": "string"}),
        (
            {"anyOf": [{"type": "string"}, {"anyOf": [{"type": "integer"}, {"type": "null"}]}]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        ),
        (
            {"type": ["string", "integer", "null"], "minLength": 1, "minimum": 2},
            {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 2}, {"type": "null"}]},
        ),
        ({"anyOf": [{"const": "a"}, {"const": "a"}]}, {"type": "string", "const": "a"}),
        (
            {"type": "array", "items": {"type": "string"}, "nullable": True},
            {"type": ["array", "null"], "items": {"type": "string"}},
        ),
        ({"const": None}, {"type": "null"}),
        ({"type": "boolean", "enum": [True, False]}, {"type": "boolean"}),
        ({}, {}),
    ],
)
def test_null_and_small_unions_have_one_form(schema: Json, expected: Json) -> None:
    """Null has one position, unions are flat without duplicates."""
    assert expected == root(schema, Pet=PET)


def test_null_moves_from_components_to_their_references() -> None:
    """No component accepts null; references to one that did accept it themselves."""
    schemas = {
        "Root": {"type": "object", "properties": {"a": ref("Name"), "b": ref("Either"), "c": {"items": ref("Maybe")}}},
        "Name": {"type": ["string", "null"], "maxLength": 9},
        "Maybe": {"anyOf": [ref("Pet"), {"type": "null"}]},
        "Either": {"anyOf": [ref("Pet"), ref("Maybe"), {"type": "string"}]},
        "Pet": PET,
    }
    found = schemas_of(schemas)
    expected = {
        "a": {"anyOf": [ref("Name"), {"type": "null"}]},
        "b": {"anyOf": [ref("Either"), {"type": "null"}]},
        "c": {"type": "array", "items": {"anyOf": [ref("Pet"), {"type": "null"}]}},
    }
    assert expected == found["Root"]["properties"]
    assert {"type": "string", "maxLength": 9} == found["Name"]
    assert {"anyOf": [ref("Pet"), {"type": "string"}]} == found["Either"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            {
                "allOf": [ref("Pet"), {"properties": {"age": {"type": "integer"}}, "required": ["age"]}],
                "required": ["name"],
            },
            {
                "type": "object",
                "required": ["age", "name"],
                "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            },
        ),
        (
            {"allOf": [{"allOf": [ref("Pet"), {"description": "d"}]}, {"properties": {"name": {"maxLength": 3}}}]},
            {"description": "d", "type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}},
        ),
        (
            {
                "allOf": [
                    ref("Pet"),
                    {"properties": {"name": {"type": "string", "enum": ["a", "b"]}}, "additionalProperties": False},
                ]
            },
            {"type": "object", "properties": {"name": ref("RootName")}, "additionalProperties": False},
        ),
    ],
)
def test_all_of_is_merged(parts: Json, expected: Json) -> None:
    """Its parts become one object with all properties and requirements."""
    assert expected == schemas_of({"Root": parts, "Pet": PET})["Root"]


def test_all_of_distributes_over_unions() -> None:
    """If a part is a union, so is the whole; its variants keep their names and get the common part."""
    both = {
        "allOf": [{"properties": {"id": {"type": "string"}}, "required": ["id"]}, {"oneOf": [ref("Cat"), ref("Dog")]}]
    }
    found = schemas_of({"Root": both, "Cat": CAT, "Dog": DOG})
    expected_cat = {
        "type": "object",
        "required": ["id", "kind"],
        "properties": {"id": {"type": "string"}, "kind": {"type": "string", "const": "cat"}},
    }
    assert {"oneOf": [ref("Cat"), ref("Dog")]} | {"discriminator": TOLD_APART["discriminator"]} == found["Root"]
    assert expected_cat == found["Cat"]


def test_contradicting_parts_are_reported() -> None:
    """The last one is kept, with a warning at its place."""
    parts = {"allOf": [PET, {"properties": {"name": {"type": "integer"}}}]}
    result = normalize(spec({"Root": parts}))
    [found] = result.warnings
    problem = "property 'name': the types 'string' and 'integer' exclude each other"
    expected = f"parts of this schema contradict each other: {problem}; the last one is used"
    assert ("allof-conflict", expected) == (found.code, found.message)
    assert "/components/schemas/Root/allOf/1" == (found.location.pointer if found.location else None)
    assert {"name": {"type": "integer"}} == result.data["components"]["schemas"]["Root"]["properties"]


def test_inline_schemas_are_named_after_their_place() -> None:
    """Objects, enumerations and unions with objects become components; maps, lists and scalars stay inline."""
    schema = {
        "type": "object",
        "properties": {
            "messages": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}},
            "data": {"type": "array", "items": PET},
            "state": {"type": ["string", "null"], "enum": ["on", "off", None], "description": "d", "default": "on"},
            "owner": {"anyOf": [{"type": "object", "properties": {"id": {"type": "string"}}}, {"type": "null"}]},
            "choice": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "integer"}}}]},
            "map": {
                "type": "object",
                "additionalProperties": {"type": "object", "properties": {"n": {"type": "integer"}}},
            },
            "free": {"type": "object"},
            "one": {"const": 1},
        },
    }
    found = schemas_of({"Root": schema})
    assert {
        "messages": {"type": "array", "items": ref("RootMessage")},
        "data": {"type": "array", "items": ref("RootDataItem")},
        "state": {"description": "d", "anyOf": [ref("RootState"), {"type": "null"}], "default": "on"},
        "owner": {"anyOf": [ref("RootOwner"), {"type": "null"}]},
        "choice": ref("RootChoice"),
        "map": {"type": "object", "additionalProperties": ref("RootMapValue")},
        "free": {"type": "object"},
        "one": {"type": "integer", "const": 1},
    } == found["Root"]["properties"]
    assert {"description": "d", "type": "string", "enum": ["on", "off"]} == found["RootState"]
    assert {"anyOf": [{"type": "string"}, ref("RootChoiceObject")]} == found["RootChoice"]


def test_long_names_consist_of_their_outer_and_inner_place() -> None:
    """If that is free, for names of more than 60 characters."""

    def nested(inner: Json, *names: str) -> Json:
        return {"type": "object", "properties": {names[0]: nested(inner, *names[1:])}} if names else inner

    by_id = {"type": "object", "properties": {"id": {"type": "string"}}}
    by_number = {"type": "object", "properties": {"id": {"type": "integer"}}}
    root = {
        "type": "object",
        "properties": {
            "first": nested(by_id, "aggregated_billing_information", "current_billing_period", "plan"),
            "other": nested(by_number, "aggregated_billing_information", "current_billing_period", "plan"),
        },
    }
    found = schemas_of({"Root": root})
    assert {
        "Root",
        "RootFirst",
        "RootFirstAggregatedBillingInformation",
        "RootFirstAggregatedBillingInformationCurrentBillingPeriod",
        "RootPlan",
        "RootOther",
        "RootOtherAggregatedBillingInformation",
        "RootOtherAggregatedBillingInformationCurrentBillingPeriod",
        "RootOtherAggregatedBillingInformationCurrentBillingPeriodPlan",
    } == found.keys()
    assert "string" == found["RootPlan"]["properties"]["id"]["type"]


def test_operations_name_their_bodies() -> None:
    """Bodies, responses, errors and parameters are named after the operation and their role."""
    body = {"type": "object", "properties": {"a": {"type": "string"}}}
    sent = {"type": "object", "properties": {"a": {"type": "integer"}}}
    other = {"type": "object", "properties": {"b": {"type": "string"}}}

    def response(schema: Json, media: str = "application/json") -> Json:
        return {"description": "", "content": {media: {"schema": schema}}}

    document = spec(
        requestBody={"content": {"application/json": {"schema": sent}, "multipart/form-data": {"schema": other}}},
        responses={"200": response(body), "202": response(other), "404": response(body), "default": response(other)},
        parameters=[{"name": "order_by", "in": "query", "schema": {"enum": ["a", "b"]}}],
    )
    found = renormalized(document).data["components"]["schemas"]
    expected = [
        "MakeItAcceptedResponse",
        "MakeItError",
        "MakeItNotFoundError",
        "MakeItOrderBy",
        "MakeItRequest",
        "MakeItRequestFormData",
        "MakeItResponse",
    ]
    assert expected == list(found)


def test_shared_responses_and_parameters_name_their_schemas() -> None:
    """A shared part names its schema once, and is inlined everywhere."""
    document = spec(
        responses={
            "400": {"$ref": "#/components/responses/BadRequest"},
            "422": {"$ref": "#/components/responses/BadRequest"},
        },
        parameters=[{"$ref": "#/components/parameters/sort"}],
    )
    problem = {"description": "bad", "content": {"application/json": {"schema": PET}}}
    document.data["components"] |= {
        "responses": {"BadRequest": problem},
        "parameters": {"sort": {"name": "sort", "in": "query", "schema": {"enum": ["up", "down"]}}},
    }
    data = renormalized(document).data
    assert ["BadRequest", "Sort"] == list(data["components"]["schemas"])
    assert ["schemas"] == list(data["components"])
    responses = data["paths"]["/it"]["post"]["responses"]
    assert responses["400"] == responses["422"]
    assert ref("BadRequest") == responses["400"]["content"]["application/json"]["schema"]


def test_equal_schemas_share_a_name_and_different_ones_never_do() -> None:
    """An existing name is reused for an equal schema, and extended by the place for another one, never by a number."""
    schemas = {
        "Root": {
            "type": "object",
            "properties": {"pet": PET, "toy": {"type": "object", "properties": {"n": {"type": "null"}}}},
        },
        "RootPet": {**PET, "description": "the same"},
        "RootToy": {"type": "object", "properties": {"other": {"type": "string"}, "root": ref("RootPet")}},
        "Holder": {"type": "object", "properties": {"toy": ref("RootToy")}},
    }
    document = spec(schemas, requestBody={"content": {"application/json": {"schema": ref("Holder")}}})
    found = renormalized(document).data["components"]["schemas"]
    assert {"pet": ref("RootPet"), "toy": ref("RootToyProperty")} == found["Root"]["properties"]


def test_good_titles_are_used_and_bad_ones_are_not() -> None:
    """A title names a schema if it reads like a type name."""
    schema = {
        "type": "object",
        "properties": {
            "a": {**PET, "title": "HousePet"},
            "b": {**PET, "title": "A nice pet"},
            "c": {**CAT, "title": "C"},
        },
    }
    properties = schemas_of({"Root": schema})["Root"]["properties"]
    assert {"a": ref("HousePet"), "b": ref("RootB"), "c": ref("RootC")} == properties


def test_variants_are_named_after_their_difference() -> None:
    """By tag, title, a property of their own, or else a letter."""
    url = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
    file = {"type": "object", "properties": {"file_id": {"type": "string"}}, "required": ["file_id"]}
    found = schemas_of({"Root": {"oneOf": [CAT, {**PET, "title": "House pet"}, url, file]}})
    assert [ref("RootCat"), ref("RootHousePet"), ref("RootUrl"), ref("RootFileId")] == found["Root"]["oneOf"]


def test_names_do_not_depend_on_unrelated_parts() -> None:
    """Adding an operation and a schema does not change other names."""
    schema = {"type": "object", "properties": {"pets": {"type": "array", "items": PET}}}
    before = renormalized(spec({"Root": schema})).data["components"]["schemas"]
    document = spec({"Another": DOG, "Root": schema})
    document.data["paths"] = {
        "/before": {"put": {"operationId": "x", "responses": {"200": {"description": ""}}}}
    } | document.data["paths"]
    assert before == renormalized(document).data["components"]["schemas"]


def test_component_names_become_identifiers() -> None:
    """Names that Python does not allow are PascalCase, others are kept."""
    schemas = {
        "Root": {
            "type": "object",
            "properties": {str(i): ref(n) for i, n in enumerate(["a.b-pet", "user", "class", "2fa"])},
        },
        "a.b-pet": PET,
        "user": CAT,
        "class": DOG,
        "2fa": {"type": "object", "properties": {"code": {"type": "string"}}},
    }
    assert ["ABPet", "Class", "Root", "TwoFa", "user"] == list(schemas_of(schemas))


def test_references_into_other_places_become_components() -> None:
    """A reference to something else than a component makes it one, named after its place."""
    schemas = {
        "Root": {"type": "object", "properties": {"x": {"$ref": "#/components/schemas/Pet/properties/home"}}},
        "Pet": {
            "type": "object",
            "properties": {"home": {"type": "object", "properties": {"street": {"type": "string"}}}},
        },
        "Alias": ref("Other"),
        "Other": ref("Pet"),
    }
    document = spec(schemas, requestBody={"content": {"application/json": {"schema": ref("Alias")}}})
    data = renormalized(document).data
    found = data["components"]["schemas"]
    assert ["Pet", "PetHome", "Root"] == list(found)
    assert ref("PetHome") == found["Root"]["properties"]["x"] == found["Pet"]["properties"]["home"]
    assert ref("Pet") == data["paths"]["/it"]["post"]["requestBody"]["content"]["application/json"]["schema"]


def test_discriminators_are_inferred_and_completed() -> None:
    """Different constants of one required property are a discriminator, and mappings are complete."""
    found = schemas_of({"Root": {"oneOf": [ref("Cat"), ref("Dog")]}, "Cat": CAT, "Dog": DOG})
    assert TOLD_APART == found["Root"]
    partly = {
        "oneOf": [ref("Cat"), ref("my.pet")],
        "discriminator": {"propertyName": "kind", "mapping": {"tom": "Cat"}},
    }
    found = schemas_of({"Root": partly, "Cat": CAT, "my.pet": PET})
    expected = {"tom": "#/components/schemas/Cat", "my.pet": "#/components/schemas/MyPet"}
    assert expected == found["Root"]["discriminator"]["mapping"]


def test_a_base_with_a_discriminator_becomes_a_union() -> None:
    """The schemas that extend it are its variants, each with its tag."""
    schemas = {
        "Root": {"type": "array", "items": ref("Animal")},
        "Animal": {
            "type": "object",
            "properties": {"kind": {"type": "string"}, "mood": {"enum": ["good", "bad"]}},
            "required": ["kind"],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
        },
        "Cat": {"allOf": [ref("Animal"), {"properties": {"lives": {"type": "integer"}}}]},
        "Dog": {"allOf": [ref("Animal")]},
    }
    found = schemas_of(schemas, version="3.0.3")
    assert ["Animal", "AnimalBase", "AnimalMood", "Cat", "Dog", "Root"] == list(found)
    assert "#/components/schemas/AnimalBase" == found["Animal"]["discriminator"]["defaultMapping"]
    assert {"type": "string", "const": "Animal"} == found["AnimalBase"]["properties"]["kind"]
    assert {"cat": "#/components/schemas/Cat", "Dog": "#/components/schemas/Dog"} == found["Animal"]["discriminator"][
        "mapping"
    ]
    assert {"type": "string", "const": "Dog"} == found["Dog"]["properties"]["kind"]
    assert {"type": "string", "const": "cat"} == found["Cat"]["properties"]["kind"]


def test_parameters_are_complete_on_every_operation() -> None:
    """Parameters of the path are copied, the operation's take precedence, and serialization is explicit."""
    document = spec(parameters=[{"name": "a", "in": "query", "schema": {"type": "integer"}}])
    document.data["paths"]["/it"]["parameters"] = [
        {"name": "a", "in": "query", "schema": {"type": "string"}},
        {"name": "b", "in": "header", "schema": {"type": "string"}, "example": "x"},
    ]
    item = renormalized(document).data["paths"]["/it"]
    assert ["post"] == list(item)
    expected = [
        {
            "name": "b",
            "in": "header",
            "style": "simple",
            "explode": False,
            "schema": {"type": "string"},
            "examples": {"example": {"value": "x"}},
        },
        {"name": "a", "in": "query", "style": "form", "explode": True, "schema": {"type": "integer"}},
    ]
    assert expected == item["post"]["parameters"]


def test_every_operation_has_a_unique_id() -> None:
    """A missing or duplicate id is made from method and path."""
    response = {"responses": {"200": {"description": ""}}}
    paths = {
        "/files/{fileId}/content": {
            "get": response,
            "parameters": [{"name": "fileId", "in": "path", "required": True, "schema": {"type": "string"}}],
        },
        "/": {"get": response},
        "/a": {"get": {"operationId": "same", **response}, "put": {"operationId": "same", **response}},
    }
    result = normalize(Document({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}, "x"))
    operations = [operation["operationId"] for item in result.data["paths"].values() for operation in item.values()]
    assert ["get_files_file_id_content", "get_root", "same", "put_a"] == operations
    assert {"duplicate-operation-id"} == {each.code for each in result.warnings if each.code != "invalid-document"}


@pytest.mark.parametrize(
    ("media", "schema", "expected"),
    [
        (
            "text/event-stream",
            ref("Pet"),
            {
                "type": "object",
                "required": ["data"],
                "properties": {
                    "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": ref("Pet")}
                },
            },
        ),
        (
            "text/event-stream",
            {"type": "string"},
            {"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}},
        ),
        ("application/jsonl", {"type": "array", "items": ref("Pet")}, ref("Pet")),
        ("application/x-ndjson; charset=utf-8", PET, ref("MakeItItem")),
    ],
)
def test_streams_have_an_item_schema(media: str, schema: Json, expected: Json) -> None:
    """Event streams and streams of JSON documents, however they were declared."""
    document = spec(
        {"Root": PET, "Pet": DOG}, responses={"200": {"description": "", "content": {media: {"schema": schema}}}}
    )
    found = operation_of(document)["responses"]["200"]["content"][media]
    assert {"itemSchema": expected} == found


def test_unused_components_are_pruned_and_the_rest_is_sorted() -> None:
    """Schemas by name, responses by status, keys as in the specification."""
    document = spec({"Unused": PET, "Root": {"properties": {"b": ref("B"), "a": ref("A")}}, "B": PET, "A": CAT})
    responses = document.data["paths"]["/it"]["post"]["responses"]
    responses |= {"default": {"description": ""}, "4XX": {"description": ""}, "404": {"description": ""}}
    data = renormalized(document).data
    assert ["A", "B", "Root"] == list(data["components"]["schemas"])
    assert ["b", "a"] == list(data["components"]["schemas"]["Root"]["properties"])
    assert ["200", "404", "4XX", "default"] == list(data["paths"]["/it"]["post"]["responses"])
    assert ["openapi", "info", "paths", "components"] == list(data)


def test_our_extensions_are_validated() -> None:
    """An unknown extension, member, value or place is an error with advice; other vendors' extensions are dropped."""
    mistaken: Json = {
        "x-specwire-retrie": {},
        "x-specwire-pagination": {"style": "cursor", "cursr": "after", "items": "data"},
        "x-specwire-polling": {"status": "/s"},
        "x-other": 1,
    }
    document = spec({"Root": {**PET, "x-specwire-stream": {}}}, **mistaken)
    expected = [
        ("unknown-extension", "unknown extension 'x-specwire-retrie'", "/paths/~1it/post/x-specwire-retrie"),
        (
            "unknown-extension-member",
            "'x-specwire-pagination' has no member 'cursr'",
            "/paths/~1it/post/x-specwire-pagination/cursr",
        ),
        (
            "bad-extension",
            "'x-specwire-pagination.items' must be a JSON pointer such as '/data', or '' for the root, got 'data'",
            "/paths/~1it/post/x-specwire-pagination/items",
        ),
        (
            "bad-extension",
            "'x-specwire-pagination' needs the member 'cursor'",
            "/paths/~1it/post/x-specwire-pagination",
        ),
        ("bad-extension", "'x-specwire-polling' needs the member 'success'", "/paths/~1it/post/x-specwire-polling"),
        (
            "misplaced-extension",
            "'x-specwire-stream' is not allowed on a schema",
            "/components/schemas/Root/x-specwire-stream",
        ),
    ]
    assert expected == rejections(document)
    kept: Json = {
        "x-specwire-retry": {"safe": True},
        "x-specwire-confidence": "low",
        "x-specwire-note": "n",
        "x-mine": 1,
    }
    found = operation_of(spec(**kept))
    assert {"x-specwire-confidence", "x-specwire-note", "x-specwire-retry"} == {
        key for key in found if key.startswith("x-")
    }


def test_unresolved_references_are_reported_with_all_their_places() -> None:
    """Each missing target once, with the nearest name."""
    nowhere = {"$ref": "#/nowhere/at/all"}
    document = spec({"Root": {"properties": {"a": ref("Rot"), "b": nowhere, "c": {"$ref": 7}, "d": ref("Rot")}}})
    expected = [
        ("bad-ref", "a $ref must be a string", "/components/schemas/Root/properties/c/$ref"),
        (
            "unresolved-ref",
            "'#/components/schemas/Rot' does not exist; treated as any value",
            "/components/schemas/Root/properties/a/$ref",
        ),
        (
            "unresolved-ref",
            "'#/nowhere/at/all' does not exist; treated as any value",
            "/components/schemas/Root/properties/b/$ref",
        ),
    ]
    with pytest.raises(DiagnosticError, match="did you mean '#/components/schemas/Root'") as raised:
        normalize(document)
    found = [(each.code, each.message, each.location and each.location.pointer) for each in raised.value.diagnostics]
    assert expected == found[:3]
    also = [[place.pointer for place in each.also] for each in raised.value.diagnostics]
    assert [[], ["/components/schemas/Root/properties/d/$ref"], []] == also[:3]


@pytest.mark.parametrize(
    ("schemas", "expected"),
    [
        ({"Root": ref("A"), "A": ref("Root")}, "ref-cycle"),
        ({"Root": {"properties": ["a"]}}, "wrong-type"),
        ({"Root": {"properties": {"a": 7}}}, "wrong-type"),
        ({"Root": [1]}, "wrong-type"),
    ],
)
def test_mistakes_in_schemas_are_errors(schemas: Json, expected: str) -> None:
    """A schema without a clear meaning stops the run."""
    assert {expected} == {code for code, _, _ in rejections(spec(schemas))}


def test_harmless_mistakes_are_repaired_with_a_warning() -> None:
    """A wrong default, pattern, unknown field or quoted boolean."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "default": "7"},
            "b": {"type": "integer", "default": "many"},
            "c": {"type": "string", "pattern": "\\p{Han}"},
            "d": {"type": "string", "descripton": "d"},
            "e": {"type": "string", "deprecated": "true"},
            "f": {"type": "string", "description": 7},
        },
    }
    result = normalize(spec({"Root": schema}))
    expected = {
        "a": {"type": "integer", "default": 7},
        "b": {"type": "integer"},
        "c": {"type": "string"},
        "d": {"type": "string"},
        "e": {"deprecated": True, "type": "string"},
        "f": {"description": "7", "type": "string"},
    }
    assert expected == result.data["components"]["schemas"]["Root"]["properties"]
    codes = [each.code for each in result.warnings]
    assert ["bad-pattern", "wrong-type", "wrong-type", "wrong-default", "wrong-default"] == codes


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("strng", {"type": "string"}),
        ("Int", {"type": "integer"}),
        (["bool", None], {"type": ["boolean", "null"]}),
        ("quux", {}),
    ],
)
def test_an_unknown_type_gets_its_most_likely_meaning(stated: Any, meant: Json) -> None:
    """A misspelt type, or one of another language, has a warning with the result."""
    result = normalize(spec({"Root": {"type": "object", "properties": {"a": {"type": stated}}}}))
    assert meant == result.data["components"]["schemas"]["Root"]["properties"]["a"]
    assert ["wrong-type"] == [each.code for each in result.warnings]


def test_swagger_2_becomes_the_same_document() -> None:
    """Swagger 2.0 has the same facts in other places."""
    swagger = {
        "swagger": "2.0",
        "info": {"title": "T", "version": "1"},
        "host": "api.example.com",
        "basePath": "/v1",
        "schemes": ["https"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": {
            "/pets/{id}": {
                "parameters": [{"$ref": "#/parameters/id"}],
                "post": {
                    "operationId": "savePet",
                    "parameters": [
                        {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                        {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}},
                    ],
                    "responses": {
                        "200": {
                            "description": "ok",
                            "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                        }
                    },
                },
                "put": {
                    "operationId": "upload",
                    "parameters": [
                        {"name": "file", "in": "formData", "type": "file", "required": True},
                        {"name": "note", "in": "formData", "type": "string"},
                    ],
                    "responses": {"204": {"description": "done"}},
                },
            }
        },
        "parameters": {"id": {"name": "id", "in": "path", "required": True, "type": "integer", "format": "int64"}},
        "definitions": {"Pet": {**PET, "x-nullable": False}},
        "securityDefinitions": {"key": {"type": "apiKey", "name": "X-Key", "in": "header"}},
        "security": [{"key": []}],
    }
    data = renormalized(Document(swagger, "swagger.json")).data
    assert [{"url": "https://api.example.com/v1"}] == data["servers"]
    post, put = data["paths"]["/pets/{id}"]["post"], data["paths"]["/pets/{id}"]["put"]
    assert [("id", "simple", False), ("tags", "form", False)] == [
        (p["name"], p["style"], p["explode"]) for p in post["parameters"]
    ]
    assert {"content": {"application/json": {"schema": ref("Pet")}}, "required": True} == post["requestBody"]
    assert {"multipart/form-data": {"schema": ref("UploadRequest")}} == put["requestBody"]["content"]
    assert {"type": "string", "format": "binary"} == data["components"]["schemas"]["UploadRequest"]["properties"][
        "file"
    ]
    assert {"key": {"type": "apiKey", "name": "X-Key", "in": "header"}} == data["components"]["securitySchemes"]


def test_callbacks_and_webhooks_are_normalized_too() -> None:
    """Their operations have ids, and the schemas that only they use are kept."""
    hook = {
        "requestBody": {"content": {"application/json": {"schema": PET}}},
        "responses": {"200": {"description": ""}},
    }
    document = spec(callbacks={"onDone": {"$ref": "#/components/callbacks/Done"}})
    document.data["webhooks"] = {"newPet": {"post": hook}}
    document.data["components"]["callbacks"] = {"Done": {"{$request.body#/url}": {"post": hook}}}
    data = renormalized(document).data
    assert "new_pet" == data["webhooks"]["newPet"]["post"]["operationId"]
    callback = data["paths"]["/it"]["post"]["callbacks"]["onDone"]["{$request.body#/url}"]["post"]
    assert "make_it_on_done" == callback["operationId"]
    assert {"MakeItOnDoneRequest", "NewPetRequest", "Root"} == set(data["components"]["schemas"])


def test_too_deeply_nested_schemas_are_reported() -> None:
    """With a diagnostic instead of a crash."""
    schema: Json = {"type": "string"}
    for _ in range(190):
        schema = {"type": "array", "items": schema}
    assert [("too-deep", "schemas are nested too deeply", "")] == rejections(spec({"Root": schema}))


JUNK: list[Any] = [None, True, 7, "x", "", [], {}, [1], [[]], {"a": 1}, {"$ref": "#/paths"}, {"$ref": "#/components"}]
JUNK += [{"allOf": [{}]}, {"oneOf": []}, {"enum": []}, {"anyOf": [{"type": "null"}]}, {"type": ["null"]}, {"": {}}]


def damaged(data: Any, path: list[int], junk: Any) -> Any:
    """Return a copy of a document with junk at the position that a path of choices leads to."""
    if not path or not isinstance(data, (dict, list)) or not data:
        return junk
    if isinstance(data, list):
        index = path[0] % len(data)
        return [damaged(each, path[1:], junk) if at == index else each for at, each in enumerate(data)]
    key = sorted(data)[path[0] % len(data)]
    return {**data, key: damaged(data[key], path[1:], junk)}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.sampled_from(JUNK))
def test_a_damaged_document_never_crashes(path: list[int], junk: Any) -> None:
    """For any junk at any position, the result is a document or diagnostics."""
    pet: Json = {**PET, "discriminator": {"propertyName": "name", "mapping": {"c": "Cat"}}}
    schemas = {"Root": {"oneOf": [ref("Cat"), ref("Dog")]}, "Cat": {"allOf": [ref("Pet"), CAT]}, "Dog": DOG, "Pet": pet}
    document = spec(schemas, parameters=[{"$ref": "#/components/parameters/A"}], callbacks={"c": {"u": {"get": {}}}})
    document.data["components"]["parameters"] = {"A": {"name": "a", "in": "query", "schema": ref("Pet")}}
    try:
        normalize(Document(damaged(document.data, path, junk), "damaged.json"))
    except DiagnosticError as problem:
        assert "error[" in str(problem)


SCALARS = st.sampled_from(
    [
        {"type": "string"},
        {"type": ["integer", "null"]},
        {"enum": ["a", "b"]},
        {"enum": ["a", None]},
        {"const": 1},
        ref("Pet"),
    ]
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda each: st.one_of(
        st.dictionaries(st.sampled_from(["a", "b", "items"]), each, max_size=3).map(
            lambda p: {"type": "object", "properties": p}
        ),
        each.map(lambda item: {"type": "array", "items": item}),
        each.map(lambda item: {"additionalProperties": item}),
        st.lists(each, min_size=1, max_size=3).map(lambda members: {"anyOf": members}),
        st.lists(each, min_size=1, max_size=3).map(lambda members: {"oneOf": [*members, {"type": "null"}]}),
        st.lists(each, min_size=1, max_size=2).map(lambda parts: {"allOf": parts}),
        each.map(lambda schema: {**schema, "description": "d"}),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["Root", "Other", "RootA"]), SCHEMAS, min_size=1))
@example({"Root": {"allOf": [ref("Pet"), {"type": ["integer", "null"]}]}})
@example({"Root": {"enum": [None], "properties": {"a": {"type": "string"}}}})
@example({"Root": {"const": [], "minimum": 1}})
@example({"Root": {"type": "object", "anyOf": [False]}})
def test_normalizing_again_changes_nothing(schemas: Json) -> None:
    """The canonical form is a fixed point for any schemas."""
    once = normalize(spec({"Root": {"type": "string"}, **schemas, "Pet": PET}))
    again = normalize(Document(once.data, "again.json"))
    assert json.dumps(once.data) == json.dumps(again.data)


def test_null_or_a_part_of_a_component_is_a_list_of_types() -> None:
    """A reference to a part that needs no name is inlined, and null next to it in the same way."""
    part = {"$ref": "#/components/schemas/Pet/properties/name"}
    once = renormalized(spec({"Root": {"properties": {"a": {"anyOf": [part, {"type": "null"}]}}}, "Pet": PET}))
    assert {"type": ["string", "null"]} == once.data["components"]["schemas"]["Root"]["properties"]["a"]


def test_a_path_parameter_without_a_place_leaves_no_empty_list() -> None:
    """An operation whose only parameter is not in its path has none."""
    once = renormalized(spec({"Root": PET}, parameters=[{"name": "x", "in": "path", "schema": {"type": "string"}}]))
    assert "parameters" not in once.data["paths"]["/it"]["post"]


@pytest.mark.parametrize("provider", ["aitre", "mistral", "moonshot"])
def test_our_own_documents_are_canonical_without_a_warning(provider: str) -> None:
    """The shipped providers' documents normalize without warnings, and schemathesis loads the result."""
    source = SPECS / provider / "openapi.yaml"
    result = renormalized(load(source))
    assert () == result.warnings
    operations = list(schemathesis.openapi.from_dict(result.data).get_all_operations())
    assert operations and all(isinstance(each, Ok) for each in operations)
