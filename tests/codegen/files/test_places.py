"""References at any place: the result equals that of the same content inline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.files.load import load
from specwire_codegen.openapi import pointer as pointers

from tests.codegen.files.folder import as_yaml, facts, findings, get, normalized, ok, rejection, write

Json = dict[str, Any]

PET: Json = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer", "maximum": 9}, "name": {"type": "string", "enum": ["rex", "tom"]}},
}
KEYED = {"$ref": "#/components/schemas/Pet"}


def openapi() -> Json:
    """Return a document with every construct of OpenAPI 3."""
    return {
        "openapi": "3.2.0",
        "info": {"title": "Pets", "version": "7", "description": "The *pets* API.", "contact": {"name": "N"}},
        "servers": [
            {
                "url": "https://{at}.test/v1",
                "description": "d",
                "variables": {"at": {"default": "x", "enum": ["x", "y"]}},
            }
        ],
        "security": [{"key": []}, {"oauth": ["read"]}],
        "tags": [{"name": "pets", "description": "All about pets", "externalDocs": {"url": "https://d.test"}}],
        "externalDocs": {"url": "https://docs.test", "description": "More"},
        "paths": {
            "/pets/{id}": {
                "summary": "s",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "servers": [{"url": "https://pets.test"}],
                "get": {
                    "operationId": "readPet",
                    "summary": "Reads one",
                    "description": "Reads one pet.",
                    "tags": ["pets"],
                    "deprecated": True,
                    "externalDocs": {"url": "https://one.test"},
                    "parameters": [
                        {
                            "name": "size",
                            "in": "query",
                            "schema": {"type": "integer", "default": 5, "maximum": 7, "format": "int32"},
                            "examples": {"one": {"value": 3}, "two": {"summary": "t", "value": 4}},
                        },
                        {
                            "name": "X-Trace",
                            "in": "header",
                            "schema": {"type": "string", "pattern": "^a+$"},
                            "example": "a",
                        },
                    ],
                    "security": [{"key": []}],
                    "responses": {
                        "200": {
                            "description": "ok",
                            "headers": {"X-Rate": {"schema": {"type": "integer"}, "description": "rate"}},
                            "content": {
                                "application/json": {"schema": KEYED, "examples": {"r": {"value": {"id": 7}}}},
                                "application/x-ndjson": {"itemSchema": KEYED, "example": {"id": 7, "name": "rex"}},
                            },
                            "links": {"self": {"operationId": "readPet", "parameters": {"id": "$response.body#/id"}}},
                        },
                        "404": {"description": "no", "content": {"application/json": {"schema": {"type": "object"}}}},
                    },
                },
                "post": {
                    "operationId": "sendPet",
                    "requestBody": {
                        "required": True,
                        "content": {
                            "multipart/form-data": {
                                "schema": {"type": "object", "properties": {"a": {"type": "string"}, "b": KEYED}},
                                "encoding": {
                                    "a": {
                                        "contentType": "text/plain",
                                        "headers": {"X-A": {"schema": {"type": "string"}}},
                                    }
                                },
                            }
                        },
                    },
                    "responses": {"200": {"description": "ok"}},
                    "callbacks": {
                        "done": {
                            "{$request.body#/a}": {
                                "post": {
                                    "operationId": "petDone",
                                    "requestBody": {"content": {"application/json": {"schema": KEYED}}},
                                    "responses": {"200": {"description": "ok"}},
                                }
                            }
                        }
                    },
                },
                "additionalOperations": {
                    "COPY": {"operationId": "copyPet", "responses": {"200": {"description": "ok"}}}
                },
            }
        },
        "webhooks": {
            "added": {
                "post": {
                    "operationId": "petAdded",
                    "requestBody": {"content": {"application/json": {"schema": KEYED}}},
                    "responses": {"200": {"description": "ok"}},
                }
            }
        },
        "components": {
            "schemas": {
                "Pet": PET,
                "Base": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Pet"},
                        {"type": "object", "properties": {"x": {"type": "string"}}},
                    ],
                    "description": "based",
                },
                "Any": {
                    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                    "discriminator": {
                        "propertyName": "kind",
                        "mapping": {"c": "#/components/schemas/Cat", "d": "#/components/schemas/Dog"},
                    },
                },
                "Cat": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {"kind": {"type": "string"}, "any": {"$ref": "#/components/schemas/Any"}},
                },
                "Dog": {
                    "type": ["object", "null"],
                    "required": ["kind"],
                    "properties": {"kind": {"type": "string"}, "at": {"type": "string", "format": "date-time"}},
                    "patternProperties": {"^x": {"type": "integer"}},
                    "dependentRequired": {"at": ["kind"]},
                    "example": {"kind": "dog"},
                },
            },
            "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
            "responses": {"No": {"description": "no", "content": {"application/json": {"schema": KEYED}}}},
            "requestBodies": {"Pet": {"content": {"application/json": {"schema": KEYED}}}},
            "headers": {"Rate": {"schema": {"type": "integer"}}},
            "examples": {"Rex": {"value": {"id": 7}}},
            "links": {"L": {"operationId": "readPet"}},
            "callbacks": {
                "C": {"{$url}": {"post": {"operationId": "cb", "responses": {"200": {"description": "ok"}}}}}
            },
            "pathItems": {"P": {"get": {"operationId": "shared", "responses": {"200": {"description": "ok"}}}}},
            "mediaTypes": {"M": {"schema": KEYED}},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "k"},
                "oauth": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "https://t.test/token", "scopes": {"read": "Reads"}}},
                },
            },
        },
    }


def swagger() -> Json:
    """Return a document with every construct of Swagger 2.0."""
    return {
        "swagger": "2.0",
        "info": {"title": "Pets", "version": "7"},
        "host": "x.test",
        "basePath": "/v1",
        "schemes": ["https"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "security": [{"key": []}],
        "tags": [{"name": "pets", "description": "All about pets"}],
        "paths": {
            "/pets/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "type": "integer"}],
                "get": {
                    "operationId": "readPet",
                    "summary": "Reads one",
                    "tags": ["pets"],
                    "parameters": [
                        {
                            "name": "ids",
                            "in": "query",
                            "type": "array",
                            "items": {"type": "integer", "maximum": 9},
                            "collectionFormat": "multi",
                        },
                        {"name": "size", "in": "query", "type": "integer", "default": 5, "enum": [5, 6]},
                    ],
                    "responses": {
                        "200": {
                            "description": "ok",
                            "schema": {"$ref": "#/definitions/Pet"},
                            "headers": {"X-Rate": {"type": "integer", "description": "rate"}},
                            "examples": {"application/json": {"id": 7}},
                        },
                        "404": {
                            "description": "no",
                            "schema": {"type": "object", "properties": {"why": {"type": "string"}}},
                        },
                    },
                },
                "post": {
                    "operationId": "sendPet",
                    "parameters": [
                        {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}}
                    ],
                    "responses": {"200": {"description": "ok"}},
                    "security": [{"oauth": ["read"]}],
                },
            }
        },
        "definitions": {"Pet": PET},
        "parameters": {"Limit": {"name": "limit", "in": "query", "type": "integer"}},
        "responses": {"No": {"description": "no"}},
        "securityDefinitions": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oauth": {
                "type": "oauth2",
                "flow": "application",
                "tokenUrl": "https://t.test/token",
                "scopes": {"read": "Reads"},
            },
        },
    }


def places(value: Any, pointer: str = "") -> list[str]:
    """Return the pointers of everything in a document except the document itself."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, member in members:
        here = pointers.below(pointer, key)
        found += [here, *places(member, here)]
    return found


def is_movable(pointer: str) -> bool:
    """Tell whether a value can be elsewhere: not a version, a reference, or part of an example or enum."""
    tokens = pointers.split(pointer)
    inside = [index for index, token in enumerate(tokens) if token in ("example", "value", "enum")]
    is_schema_name = tokens[-2:-1] in (("schema",), ("properties",), ("items",))
    return (
        tokens[-1] not in ("openapi", "swagger", "$ref", "schema", "itemSchema")
        and all(index >= len(tokens) - 1 for index in inside)
        and not (tokens[0] != "paths" and is_schema_name)
        and not (
            "properties" in tokens[-2:-1] or tokens[-2:-1] == ("patternProperties",) or tokens[-2:-1] == ("allOf",)
        )
        and "mapping" not in tokens[-2:-1]
        and ("examples" not in tokens[:-1] or tokens[-1] == "value" or tokens[-2] == "examples")
        and "self" not in tokens[:-1]
    )


PLACES = [
    *(pytest.param(openapi, each, id=f"3.2 {each}") for each in places(openapi()) if is_movable(each)),
    *(pytest.param(swagger, each, id=f"2.0 {each}") for each in places(swagger()) if is_movable(each)),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the results of the two documents in one piece."""
    folder = tmp_path_factory.mktemp("whole")
    found = {}
    for make in (openapi, swagger):
        found[make.__name__] = normalized(write(folder, f"--- # {make.__name__}.json\n{as_yaml(make())}")).data
    return found


@pytest.mark.parametrize(("make", "pointer"), PLACES)
def test_a_reference_may_be_at_any_place(make: Any, pointer: str, tmp_path: Path, whole: dict[str, Any]) -> None:
    """To another place of the file or to another file."""
    document = make()
    part = pointers.get(document, pointer)
    local = pointers.replaced(document, pointer, {"$ref": "#/x-part/one"}) | {"x-part": {"one": part}}
    other = pointers.replaced(document, pointer, {"$ref": "part%20one.json#/in/one"})
    expected = whole[make.__name__]
    for name, data in (("local", local), ("other", other)):
        path = write(
            tmp_path / name,
            f"--- # openapi.json\n{as_yaml(data)}\n--- # part one.json\n{as_yaml({'in': {'one': part}})}",
        )
        found = normalized(path).data
        found.pop("x-part", None)
        assert expected == found, name


def test_keys_next_to_a_reference_take_precedence(tmp_path: Path) -> None:
    """In containers and in objects."""
    text = f"""--- # openapi.yaml
paths:
  $ref: paths.yaml
  /pets: {{get: {{$ref: ops.yaml#/get, operationId: mine, summary: Mine}}}}
--- # paths.yaml
/pets: {{get: {{operationId: other, {ok("{type: string}")}}}}}
/dogs: {{get: {{operationId: dogs, {ok("{type: string}")}}}}}
--- # ops.yaml
get: {{operationId: theirs, summary: Theirs, description: Long., {ok("{type: integer}")}}}
"""
    paths = facts(write(tmp_path, text))["paths"]
    assert ["/dogs", "/pets"] == sorted(paths)
    operation = paths["/pets"]["get"]
    assert ("mine", "Mine", "Long.") == (operation["operationId"], operation["summary"], operation["description"])


def test_a_merge_key_may_hold_a_reference(tmp_path: Path) -> None:
    """`<<: {$ref}` adds the keys of another file, like those of an anchor."""
    text = f"""--- # openapi.yaml
{get('{$ref: "#/components/schemas/Pet"}')}components:
  schemas:
    Pet:
      <<: {{$ref: pet.yaml}}
      required: [name]
      properties: {{<<: [{{$ref: "pet.yaml#/properties"}}, {{extra: {{type: integer}}}}], id: {{type: string}}}}
--- # pet.yaml
type: object
required: [id]
properties: {{id: {{type: integer}}, name: {{type: string}}}}
"""
    pet = facts(write(tmp_path, text))["components"]["schemas"]["Pet"]
    assert ["name"] == pet["required"]
    assert {"id": "string", "name": "string", "extra": "integer"} == {
        k: v["type"] for k, v in pet["properties"].items()
    }


def test_a_text_may_be_a_file(tmp_path: Path) -> None:
    """A description may be a Markdown file, a name a text file."""
    text = f"""--- # openapi.yaml
openapi: 3.1.0
info: {{title: {{$ref: title.txt}}, version: '1', description: {{$ref: "docs/about%20us.md"}}}}
paths: {{/a: {{get: {{operationId: {{$ref: id.txt}}, {ok("{type: string}")}}}}}}}
--- # title.txt
Pets
--- # docs/about us.md
The *pets* API.

Second paragraph.
--- # id.txt
readPet
"""
    root = write(tmp_path, text)
    (tmp_path / "id.txt").write_bytes(b"readPet\r\n")
    data = facts(root)
    assert ("Pets", "The *pets* API.\n\nSecond paragraph.") == (data["info"]["title"], data["info"]["description"])
    assert "readPet" == data["paths"]["/a"]["get"]["operationId"]


@pytest.mark.parametrize("ending", ["env", "pem", "", "toml"])
def test_a_text_comes_from_text_files_only(ending: str, tmp_path: Path) -> None:
    """Texts, YAML and JSON."""
    name = f"secret.{ending}".rstrip(".")
    text = f"--- # openapi.yaml\npaths: {{}}\ntags: [{{name: t, description: {{$ref: {name}}}}}]\n"
    root = write(tmp_path, f"{text}--- # {name}\nkey: s3cret\n")
    assert ["ref-not-allowed"] == [each.code for each in findings(root)]


def test_a_long_text_is_not_read(tmp_path: Path) -> None:
    """Above 1 MB it is not a description."""
    text = "--- # openapi.yaml\nopenapi: 3.1.0\ninfo: {title: T, version: '1', description: {$ref: a.md}}\npaths: {}\n"
    root = write(tmp_path, text)
    (tmp_path / "a.md").write_text("word " * 220_000, "utf-8")
    assert ["unresolved-ref"] == [each.code for each in findings(root)]


EXAMPLE = """--- # openapi.yaml
paths:
  /pets:
    get:
      operationId: getPet
      responses: {"200": {description: ok, content: {application/json: {schema: SCHEMA, EXAMPLE}}}}
--- # rex.json
{"id": 7, "name": "rex", "at": {"$ref": "deep.json"}}
"""
PLAIN = "{type: object, properties: {id: {type: integer}}}"


def examples(folder: Path, example: str, schema: str = PLAIN) -> tuple[Any, list[str]]:
    """Return the examples of the response, and the codes of the findings."""
    found = normalized(write(folder, EXAMPLE.replace("SCHEMA", schema).replace("EXAMPLE", example)))
    media = found.data["paths"]["/pets"]["get"]["responses"]["200"]["content"]["application/json"]
    return media.get("examples"), [each.code for each in found.warnings]


@pytest.mark.parametrize("example", ["example: {$ref: rex.json}", "examples: {one: {value: {$ref: rex.json}}}"])
def test_an_example_may_be_a_file(example: str, tmp_path: Path) -> None:
    """Only an example as a whole is a reference; deeper ones are data."""
    found, codes = examples(tmp_path, example)
    assert ([{"id": 7, "name": "rex", "at": {"$ref": "deep.json"}}], []) == (
        [each["value"] for each in found.values()],
        codes,
    )


def test_an_example_of_a_reference_is_data(tmp_path: Path) -> None:
    """If the schema has a property `$ref`, an object with that key is a value."""
    schema = "{type: object, allOf: [{properties: {$ref: {type: string}}}]}"
    found, codes = examples(tmp_path, "example: {$ref: rex.json}", schema)
    assert ([{"$ref": "rex.json"}], []) == ([each["value"] for each in found.values()], codes)


@pytest.mark.parametrize("target", ["gone.json", "https://a.test/x.json", "rex.json#/none"])
def test_a_missing_example_file_is_a_warning(target: str, tmp_path: Path) -> None:
    """The example is omitted."""
    found, codes = examples(tmp_path, f"example: {{$ref: '{target}'}}")
    assert (None, 1) == (found, len(codes))


def test_references_in_data_are_not_followed(tmp_path: Path) -> None:
    """Constants, enum members and extensions."""
    text = f"""--- # openapi.yaml
x-samples: [{{source: {{$ref: gone.py}}}}]
{get('{$ref: "#/components/schemas/Pet"}')}components:
  schemas:
    Pet:
      type: object
      x-more: {{$ref: gone.yaml}}
      properties:
        a: {{enum: [{{$ref: gone.yaml}}, b]}}
        c: {{const: {{$ref: gone.yaml}}}}
        $ref: {{type: string}}
"""
    found = normalized(write(tmp_path, text))
    assert ["a", "c", "$ref"] == list(found.data["components"]["schemas"]["Pet"]["properties"])
    assert ["data-ref"] == [each.code for each in found.warnings]


def test_a_reference_in_an_unknown_field_is_an_error(tmp_path: Path) -> None:
    """The field cannot be dropped with its target."""
    text = "--- # openapi.yaml\npaths: {/pets: {get: {operationId: getPet, respones: {$ref: r.yaml}}}}\n"
    (found,) = (each for each in findings(write(tmp_path, text)) if each.severity == "error")
    assert ("stray-ref", "did you mean 'responses'?") == (found.code, found.help)


def test_mistakes_in_other_files_have_their_place(tmp_path: Path) -> None:
    """File and line of the text itself."""
    text = """--- # openapi.yaml
paths: {$ref: paths.yaml}
--- # paths.yaml
/a:
  get:
    operationId: getA
    responses:
      "200": {description: ok, content: {application/json: {schema: {type: strin}}}}
"""
    (warning,) = normalized(write(tmp_path, text)).warnings
    assert warning.location is not None
    assert (str(tmp_path / "paths.yaml"), 5) == (warning.location.file, warning.location.line)


def test_a_root_that_refers_to_the_document_needs_its_version(tmp_path: Path) -> None:
    """A file without a version is not a document."""
    root = write(
        tmp_path,
        f"--- # a.yaml\n--- # real.yaml\nopenapi: 3.1.0\ninfo: {{title: R, version: '1'}}\n{get('{type: string}')}",
    )
    root.write_text("$ref: real.yaml\n", "utf-8")
    with pytest.raises(DiagnosticError, match="give the path of the document itself, real.yaml"):
        load(root)
    root.write_text("openapi: 3.1.0\n$ref: real.yaml\n", "utf-8")
    assert "R" == facts(root)["info"]["title"]


@pytest.mark.parametrize("target", ["gone.json", "#/components/examples/gone", "https://a.test/x.json", "urn:x:y"])
def test_a_missing_example_object_is_omitted(target: str, tmp_path: Path) -> None:
    """No call needs it."""
    found, codes = examples(tmp_path, f"examples: {{one: {{$ref: '{target}'}}, two: {{value: {{id: 1}}}}}}")
    assert (["two"], 1) == (list(found), len(codes))


@pytest.mark.parametrize("what", ["../x.json", ".hidden.json", "/etc/passwd"])
def test_a_forbidden_example_object_is_rejected(what: str, tmp_path: Path) -> None:
    """Omitting it would hide the attempt."""
    text = EXAMPLE.replace("SCHEMA", PLAIN).replace("EXAMPLE", f"examples: {{one: {{$ref: '{what}'}}}}")
    assert "error[ref-not-allowed]" in rejection(write(tmp_path / "a", text))
