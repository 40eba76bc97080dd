"""Rules of normalization, one by one: upgrades of 3.0, enumerations, recursive unions, tags, numbered names."""

from __future__ import annotations

from typing import Any

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize import normalize
from specwire_codegen.normalize.schema.enums import canonical
from specwire_codegen.normalize.source_map import ORIGIN, origin_at

from tests.codegen.normalize.test_normalize import PET, Json, operation_of, ref, renormalized, root, schemas_of, spec


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "string", "const": "a", "nullable": True},
            {"anyOf": [{"type": "string", "const": "a"}, {"type": "null"}]},
        ),
        ({"type": "array", "items": True}, {"type": "array", "items": {}}),
        (
            {"type": "string", "examples": {"one": {"value": "a"}, "two": "b"}},
            {"type": "string", "examples": ["a", "b"]},
        ),
        ({"type": "string", "example": "a", "examples": ["b", "a"]}, {"type": "string", "examples": ["a", "b"]}),
        ({"examples": [{"summary": "One", "value": "a"}, "b"]}, {"examples": ["a", "b"]}),
        ({"example": {"summary": "One", "description": "d", "value": "a"}}, {"examples": ["a"]}),
        ({"examples": [{"description": "d", "value": "a"}]}, {"examples": [{"description": "d", "value": "a"}]}),
        ({"examples": [{"value": "a"}]}, {"examples": [{"value": "a"}]}),
        ({"type": "file"}, {"type": "string", "format": "binary"}),
        ({"type": "any"}, {}),
    ],
)
def test_keywords_of_openapi_3_0_are_upgraded(schema: Json, expected: Json) -> None:
    """Nullable constants, lists of anything, examples by name, and types of Swagger."""
    assert expected == root(schema, version="3.0.3")


@pytest.mark.parametrize(
    ("declared", "example", "expected"),
    [
        ("a", {"description": "d", "value": {"a": 1}}, {"a": 1}),
        ("value", {"summary": "s", "value": 1}, {"summary": "s", "value": 1}),
    ],
)
def test_an_example_object_in_a_schema_is_its_value(declared: str, example: Json, expected: Json) -> None:
    """Unless the object that it describes has a field `value`."""
    schema = {"type": "object", "properties": {declared: {}}, "examples": [example]}
    assert [expected] == schemas_of({"Root": schema})["Root"]["examples"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"enum": [None]}, {"type": "null"}),
        ({"const": None, "type": ["string", "null"]}, {"type": "null"}),
        ({"enum": ["a"], "const": "b"}, {"type": "string", "const": "b"}),
        ({"enum": [1, 2.5]}, {"type": "number", "enum": [1, 2.5]}),
        ({"type": "number", "enum": [1, 2]}, {"type": "number", "enum": [1, 2]}),
        ({"type": "string", "enum": [1, True]}, {"type": "string", "enum": ["1", "true"]}),
        ({"type": "integer", "enum": ["1", "-2"]}, {"type": "integer", "enum": [1, -2]}),
        ({"type": "boolean", "enum": ["true", "False"]}, {"type": "boolean"}),
        ({"type": "boolean", "enum": [True]}, {"type": "boolean", "const": True}),
        ({"enum": [1, 1.0, True, 1]}, {"type": ["integer", "number", "boolean"], "enum": [1, 1.0, True]}),
        ({"type": "object", "properties": {}, "enum": ["a"]}, {"type": "string", "const": "a"}),
        ({"enum": "a"}, {"enum": "a"}),
    ],
)
def test_enumerations_have_one_form(schema: Json, expected: Json) -> None:
    """Values are distinct and of the declared type.

    One value is a constant, null is separate, and scalars have no structure.
    """
    assert expected == canonical(schema)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([ref("Node"), {"type": "string"}, {"type": "integer"}], {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ([ref("Node"), {"type": "string"}], {"type": "string"}),
    ],
)
def test_a_union_cannot_be_its_own_variant(members: list[Any], expected: Json) -> None:
    """The variant is dropped with a warning, and the rest of the union stays."""
    schemas = {"Root": {"type": "object", "properties": {"n": ref("Node")}}, "Node": {"anyOf": members}}
    normalized = normalize(spec(schemas))
    assert expected == normalized.data["components"]["schemas"]["Node"]
    assert ["recursive-union"] == [warning.code for warning in normalized.warnings]


@pytest.mark.parametrize(
    ("tags", "parents", "reasons"),
    [
        ([{"name": "a", "parent": "b"}, {"name": "b"}], {"a": "b", "b": None}, []),
        ([{"name": "a", "parent": "x"}], {"a": None}, ["the tag 'a' has the parent 'x', which is not declared"]),
        ([{"name": "a", "parent": "a"}], {"a": None}, ["the tag 'a' is its own ancestor"]),
        (
            [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}, {"name": "c", "parent": "a"}],
            {"a": None, "b": None, "c": "a"},
            ["the tag 'a' is its own ancestor", "the tag 'b' is its own ancestor"],
        ),
    ],
)
def test_an_invalid_parent_of_a_tag_is_dropped(tags: list[Json], parents: Json, reasons: list[str]) -> None:
    """A missing parent, or a descendant of the tag, is a warning."""
    document = spec({"Root": {"type": "string"}}, tags=["a"])
    normalized = normalize(Document({**document.data, "tags": tags}, "spec.yaml"))
    assert parents == {tag["name"]: tag.get("parent") for tag in normalized.data["tags"]}
    reported = [warning.message for warning in normalized.warnings if warning.code == "bad-tag-parent"]
    assert reasons == [message.partition("; ")[0] for message in reported]


def test_a_schema_whose_names_are_taken_has_another_word_or_letter() -> None:
    """Its name differs from those of all other schemas."""
    names = ["RootIt", "RootItProperty", "RootItPropertyB"]
    taken = {name: {"type": "object", "properties": {name: {"type": "integer"}}} for name in names}
    properties = {"it": PET, **{name: ref(name) for name in taken}}
    found = renormalized(spec({"Root": {"type": "object", "properties": properties}, **taken})).data["components"][
        "schemas"
    ]
    (made,) = found.keys() - {"Root", *names}
    assert ref(made) == found["Root"]["properties"]["it"]
    assert PET["properties"] == found[made]["properties"]
    assert "RootItPropertyC" == made


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("def-0", "Product", "Product"),
        ("def-12", "order line", "OrderLine"),
        ("__schema3", "Product", "Product"),
        ("Model_4", "Product", "Product"),
        ("inline_response_200", "Product", "Product"),
        ("7", "Product", "Product"),
        ("def-0", None, "Def0"),
        ("def-0", "", "Def0"),
        ("def-0", "()", "Def0"),
        ("def-0", "A sentence that goes on for so long that nobody would use it as a name", "Def0"),
        ("def-0", "class", "Class"),
        ("Model3D", "Product", "Model3D"),
        ("gpt-4", "Product", "Gpt4"),
        ("Taken0", "Product", "Taken0"),
    ],
)
def test_a_schema_with_a_counter_as_name_is_named_after_its_title(name: str, title: Any, expected: str) -> None:
    """Fastify writes `def-0`, zod `__schema0`; meaningful names stay."""
    schema = {**PET, "title": title} if title is not None else PET
    found = renormalized(spec({"Root": {"type": "object", "properties": {"it": ref(name)}}, name: schema}))
    schemas = found.data["components"]["schemas"]
    assert {"Root", expected} == schemas.keys()
    assert ref(expected) == schemas["Root"]["properties"]["it"]


def test_a_title_of_two_different_schemas_is_not_used() -> None:
    """A counter stays then."""
    other = {"type": "object", "properties": {"other": {"type": "integer"}}}
    titled = {"def-0": {**PET, "title": "Product"}, "def-1": {**other, "title": "Product"}}
    properties = {name: ref(name) for name in titled}
    found = renormalized(spec({"Root": {"type": "object", "properties": properties}, **titled})).data["components"][
        "schemas"
    ]
    assert {"Root", "Product", "Def1"} == found.keys()
    assert PET["properties"] == found["Product"]["properties"]


def halves(**extra: Any) -> dict[str, Json]:
    """Return schemas as FastAPI writes them twice: `Order` has `Item`; `extra` is added to `Item-Output`."""
    order = {half: {"type": "object", "properties": {"item": ref(f"Item-{half}")}} for half in ("Input", "Output")}
    item = {"type": "object", "properties": {"name": {"type": "string"}}}
    return {
        "Order-Input": order["Input"],
        "Order-Output": order["Output"],
        "Item-Input": item,
        "Item-Output": {**item, **extra},
    }


@pytest.mark.parametrize(
    ("schemas", "expected"),
    [
        (halves(), {"Root", "Order", "Item"}),
        (halves(description="An item."), {"Root", "Order", "Item"}),
        (halves(required=["name"]), {"Root", "OrderInput", "OrderOutput", "ItemInput", "ItemOutput"}),
        (
            {**halves(), "Item": {"type": "string"}},
            {"Root", "OrderInput", "OrderOutput", "ItemInput", "ItemOutput", "Item"},
        ),
    ],
)
def test_equal_schemas_of_input_and_output_are_one(schemas: dict[str, Json], expected: set[str]) -> None:
    """A received value can be sent; schemas that differ, at any depth, stay two."""
    root = {"type": "object", "properties": {name: ref(name) for name in schemas}}
    assert expected == renormalized(spec({"Root": root, **schemas})).data["components"]["schemas"].keys()


def test_the_examples_of_a_parameter_keep_their_names() -> None:
    """One example of 3.0 becomes an example named `example`; named ones take precedence."""
    one = {"name": "a", "in": "query", "schema": {"type": "string"}, "example": "x"}
    several = {
        "name": "b",
        "in": "query",
        "schema": {"type": "string"},
        "example": "x",
        "examples": {"y": {"value": 1}},
    }
    found = operation_of(spec(version="3.0.3", parameters=[one, several]))["parameters"]
    assert [{"example": {"value": "x"}}, {"y": {"value": 1}}] == [each["examples"] for each in found]


@pytest.mark.parametrize(
    ("extension", "value", "help_"),
    [
        ("x-specwire-stream", {}, "move it to the media type or the operation"),
        ("x-specwire-polling", {"status": "/s", "success": ["a"], "failure": []}, "move it to the operation"),
        ("x-specwire-retry", {"safe": True}, "move it to the document or the operation"),
    ],
)
def test_a_misplaced_extension_is_reported_with_its_valid_places(extension: str, value: Json, help_: str) -> None:
    """The message has the extension and where it is."""
    with pytest.raises(DiagnosticError) as raised:
        normalize(spec({"Root": {**PET, extension: value}}))
    (found,) = raised.value.diagnostics
    assert (f"{extension!r} is not allowed on a schema", help_) == (found.message, found.help)
    assert found.location is not None and f"/components/schemas/Root/{extension}" == found.location.pointer


@pytest.mark.parametrize(
    ("value", "kept", "message"),
    [
        (3, {"maximum": 3}, None),
        (2.5, {"maximum": 2.5}, None),
        ("5", {"maximum": 5}, "'maximum' is a string ('5'); treated as 5"),
        ("x", {}, "'maximum' must be a number, got a string ('x'); ignored"),
        (True, {}, "'maximum' must be a number, got a boolean ('True'); ignored"),
        ([1], {}, "'maximum' must be a number, got a list; ignored"),
        ({}, {}, "'maximum' must be a number, got an object; ignored"),
        (None, {}, "'maximum' is null; ignored"),
    ],
)
def test_a_keyword_that_is_not_a_number_is_named(value: Any, kept: Json, message: str | None) -> None:
    """Numbers in quotes are numbers, booleans are not."""
    schema = {"type": "object", "properties": {"p": {"type": "number", "maximum": value}}}
    found = normalize(spec({"Root": schema}))
    assert {"type": "number", **kept} == found.data["components"]["schemas"]["Root"]["properties"]["p"]
    assert ([] if message is None else [message]) == [each.message for each in found.warnings]


SWAGGER: Json = {
    "swagger": "2.0",
    "info": {"title": "T", "version": "1"},
    "securityDefinitions": {
        "login": {"type": "basic", "description": "Login."},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key", "description": "Key."},
        "grant": {"type": "oauth2", "flow": "application", "tokenUrl": "https://x.example/t", "description": "Grant."},
    },
    "paths": {
        "/a": {
            "parameters": [
                {"name": "q", "in": "query", "type": "string"},
                {"name": "r", "in": "query", "type": "string", "x-specwire-stream": {}},
            ],
            "get": {"responses": {"200": {"description": "d"}}},
        }
    },
}


def test_a_flaw_of_a_shared_parameter_of_swagger_2_has_its_place() -> None:
    """The parameter of the path, not a copy in its operations."""
    with pytest.raises(DiagnosticError, match="is not allowed on a parameter") as caught:
        normalize(Document(SWAGGER, "spec.json"))
    (found,) = caught.value.diagnostics
    assert found.location is not None
    assert "/paths/~1a/parameters/1/x-specwire-stream" == found.location.pointer


def test_security_schemes_of_swagger_2_keep_their_descriptions() -> None:
    """Of every type."""
    found = normalize(Document({**SWAGGER, "paths": {}}, "spec.json")).data["components"]["securitySchemes"]
    assert {"login": "Login.", "key": "Key.", "grant": "Grant."} == {
        name: scheme["description"] for name, scheme in found.items()
    }


@pytest.mark.parametrize(
    ("pointer", "origin"),
    [("", ""), ("/paths/~1a", "/x/a"), ("/paths/~1a/get/responses", "/x/a/get/responses"), ("/gone/b", "")],
)
def test_a_place_has_the_nearest_origin(pointer: str, origin: str) -> None:
    """Places that a pass made have that of what surrounds them."""
    data = {"paths": {"/a": {ORIGIN: "/x/a", "get": {"responses": {}}, "tags": ["b"]}}}
    assert origin == origin_at(data, pointer)
    assert "/x/a" == origin_at(data, "/paths/~1a/put/responses")
    assert "/x/a/tags/0" == origin_at(data, "/paths/~1a/tags/0")
    assert "/x/a/tags" == origin_at(data, "/paths/~1a/tags/7")


@pytest.mark.parametrize(("path", "place"), [("/a/{id}", "path"), ("/a", "query"), (None, "query")])
def test_a_parameter_without_a_place_is_in_the_path_that_names_it(path: str | None, place: str) -> None:
    """Otherwise, and among the components, it is in the query."""
    parameter = {"name": "id", "schema": {"type": "string"}, "required": True}
    given = parameter if path is not None else {"$ref": "#/components/parameters/id"}
    get = {"operationId": "a", "parameters": [given], "responses": {"200": {"description": "d"}}}
    data: Json = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {path or "/a": {"get": get}}}
    if path is None:
        data["components"] = {"parameters": {"id": parameter}}
    found = normalize(Document(data, "spec.json"))
    assert f"the parameter 'id' has no 'in'; treated as 'in: {place}'" in [each.message for each in found.warnings]


def warnings_of(**parts: Any) -> list[tuple[str, str]]:
    """Return code and message of each warning about a document with these schemas or responses."""
    found = normalize(spec(parts.get("schemas"), **({"responses": parts["responses"]} if "responses" in parts else {})))
    return [(each.code, each.message) for each in found.warnings]


TAG = {"type": "object", "required": ["k"], "properties": {"k": {"type": "string", "enum": ["q"]}}}
OPEN = {"type": "object", "required": ["k"], "properties": {"k": {"type": "string"}}}
MAPPING = {"a": ref("A")["$ref"], "c": ref("C")["$ref"]}
CHOICE = {"oneOf": [ref("A"), ref("B")], "discriminator": {"propertyName": "k", "mapping": MAPPING}}


@pytest.mark.parametrize(
    ("code", "message", "parts"),
    [
        ("bad-status", "'abc' is not a status code; ignored", {"responses": {"abc": {"description": "d"}}}),
        (
            "old-response",
            "'schema' is directly on a response, as in Swagger 2.0; treated as application/json",
            {"responses": {"200": {"description": "d", "schema": {"type": "string"}}}},
        ),
        (
            "recursive-allof",
            "'#/components/schemas/Root' is merged into itself; only the outer part is kept",
            {"schemas": {"Root": {"allOf": [ref("Root"), OPEN]}}},
        ),
        (
            "foreign-mapping",
            "'#/components/schemas/C' is not a variant of this union; ignored",
            {"schemas": {"Root": CHOICE, "A": TAG, "B": OPEN, "C": OPEN}},
        ),
        (
            "tag-conflict",
            "the mapping has 'a' for 'k', but the variant allows other values; the mapping is used",
            {"schemas": {"Root": CHOICE, "A": TAG, "B": OPEN, "C": OPEN}},
        ),
        (
            "useless-number",
            "'maximum' is not a finite number; ignored",
            {"schemas": {"Root": {"type": "number", "maximum": float("inf")}}},
        ),
    ],
)
def test_a_repaired_flaw_is_a_warning(code: str, message: str, parts: Json) -> None:
    """With what is wrong, and what was made of it."""
    assert (code, message) in warnings_of(**parts)
