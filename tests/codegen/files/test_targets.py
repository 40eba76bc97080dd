"""Targets of references: nested, of another type, missing, and with siblings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.generate import build
from specwire_codegen.project import single

from tests.codegen.files.folder import facts, findings, get, normalized, ok, write
from tests.support.command_line import exit_code

STATUS = """components:
  schemas:
    Status:
      type: object
      properties: {info: {$ref: "#/components/schemas/Status/LABEL/info"}}
      LABEL:
        info: {type: object, properties: {state: {$ref: "#/components/schemas/Status/LABEL/state"}}}
        state: {type: string, enum: [on, off]}
"""
DEEP = {
    "definitions": get('{$ref: "#/components/schemas/Status"}') + STATUS.replace("LABEL", "definitions"),
    "$defs": get('{$ref: "#/components/schemas/Status"}') + STATUS.replace("LABEL", "$defs"),
    "x-own": get('{$ref: "#/components/schemas/Status"}') + STATUS.replace("LABEL", "x-own"),
    "unknown field": get('{$ref: "#/components/schemas/Status"}') + STATUS.replace("LABEL", "dependencies"),
    "inside of the inside": get('{$ref: "#/components/schemas/Report"}')
    + """components:
  schemas:
    Report:
      properties: {row: {$ref: "#/components/schemas/Report/definitions/row"}}
      definitions:
        row:
          properties:
            amounts: {type: array, items: {type: object, properties: {state: {type: string}}}}
            first: {$ref: "#/components/schemas/Report/definitions/row/properties/amounts/items"}
""",
    "top definitions": get('{$ref: "#/definitions/Foo"}')
    + 'definitions: {Foo: {properties: {info: {$ref: "#/definitions/Bar"}}}, '
    + "Bar: {properties: {state: {type: string}}}}\n",
    "x-shared": get('{$ref: "#/x-shared/Foo"}')
    + 'x-shared: {Foo: {properties: {info: {$ref: "#/x-shared/Bar"}}}, Bar: {properties: {state: {type: string}}}}\n',
    "circle": get('{$ref: "#/x-shared/Foo"}')
    + 'x-shared: {Foo: {properties: {info: {$ref: "#/x-shared/Bar"}}}, '
    + 'Bar: {properties: {state: {type: string}, up: {$ref: "#/x-shared/Foo"}}}}\n',
    "value of an example": get('{$ref: "#/components/examples/E/value"}')
    + "components: {schemas: {Z: {properties: {z: {type: object, properties: {state: {type: string}}}}}}, "
    + 'examples: {E: {value: {properties: {z: {$ref: "#/components/schemas/Z/properties/z"}}}}}}\n',
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_target_may_be_at_any_depth(tmp_path: Path, name: str, version: str) -> None:
    """References are followed inside any object."""
    head = f"openapi: {version}\ninfo: {{title: T, version: '1'}}\n"
    root = write(tmp_path, f"--- # spec.yaml\n{head}{DEEP[name]}")
    built = build(single(root, "sample", tmp_path / "out"))
    assert "state: " in built.files["models/__init__.py"]
    assert [] == [each for each in built.warnings if each.code != "unknown-field"]


SWAGGER = """swagger: "2.0"
info: {title: T, version: "1"}
host: x.test
"""


def test_a_definition_of_swagger_may_be_anywhere(tmp_path: Path) -> None:
    """protoc-gen-swagger keeps schemas under `x-stream-definitions`."""
    text = f"""--- # swagger.yaml
{SWAGGER}paths:
  /watch:
    post:
      operationId: Watch
      responses: {{"200": {{description: ok, schema: {{$ref: "#/x-stream-definitions/Reply"}}}}}}
definitions: {{Reply: {{type: object, properties: {{id: {{type: string}}}}}}}}
x-stream-definitions:
  Reply: {{type: object, title: Stream result of Reply, properties: {{result: {{$ref: "#/definitions/Reply"}}}}}}
"""
    root = write(tmp_path, text)
    schemas = normalized(root).data["components"]["schemas"]
    assert "Reply" in schemas
    assert (
        any("result" in each.get("properties", {}) for each in schemas.values())
        or "id" in schemas["Reply"]["properties"]
    )


COMPONENTS = """components:
  schemas: {Thing: {type: object, properties: {id: {type: string}}}}
  parameters: {Limit: {name: limit, in: query, schema: {type: integer}}}
  headers: {Total: {schema: {type: integer}}}
  requestBodies: {Thing: {content: {application/json: {schema: {type: integer}}}}}
  responses:
    Ok: {description: ok, content: {text/csv: {schema: {type: string}}, application/json: {schema: {type: integer}}}}
    Text: {description: ok, content: {text/plain: {schema: {type: string}}}}
    Alias: {$ref: '#/components/responses/Ok'}
  mediaTypes: {Json: {schema: {type: integer}}}
  examples: {One: {value: 1}}
  links: {L: {operationId: getPet}}
"""
TARGETS = {
    "parameters/Limit": "integer",
    "headers/Total": "integer",
    "requestBodies/Thing": "integer",
    "responses/Ok": "integer",
    "responses/Text": "string",
    "responses/Alias": "integer",
    "mediaTypes/Json": "integer",
}


@pytest.mark.parametrize("target", TARGETS)
def test_a_schema_may_refer_to_an_object_with_a_schema(tmp_path: Path, target: str) -> None:
    """A response, a parameter or the like, with a warning."""
    ref = f"{{$ref: '#/components/{target}'}}"
    root = write(tmp_path, f"--- # spec.yaml\n{get(ref)}{COMPONENTS}")
    found = normalized(root)
    schema = found.data["paths"]["/pets"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schema = found.data["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    assert TARGETS[target] == schema["type"]
    assert {"bad-ref"} == {each.code for each in found.warnings}


@pytest.mark.parametrize("target", [*TARGETS, "schemas/Thing"])
@pytest.mark.parametrize("place", ["response", "requestBody", "header", "mediaType", "parameter"])
def test_references_between_object_types(tmp_path: Path, place: str, target: str) -> None:
    """Converted with a warning, or rejected; never a traceback."""
    ref = f"{{$ref: '#/components/{target}'}}"
    sections = {"response": "responses", "requestBody": "requestBodies", "header": "headers", "mediaType": "mediaTypes"}
    fields = {
        "response": f"responses: {{'200': {ref}}}",
        "requestBody": f"requestBody: {ref}, {ok('{type: string}')}",
        "header": f"responses: {{'200': {{description: ok, headers: {{X-A: {ref}}}}}}}",
        "mediaType": f"responses: {{'200': {{description: ok, content: {{application/json: {ref}}}}}}}",
        "parameter": f"parameters: [{{name: p, in: query, {ref[1:]}], {ok('{type: string}')}",
    }
    root = write(
        tmp_path, f"--- # spec.yaml\npaths: {{/pets: {{post: {{operationId: getPet, {fields[place]}}}}}}}\n{COMPONENTS}"
    )
    codes = {(each.severity, each.code) for each in findings(root)} - {("warning", "odd-parameter")}
    is_own = target.startswith((sections.get(place, "parameters"), "responses/Alias" if place == "response" else "-"))
    assert codes <= ({("warning", "bad-ref"), ("error", "bad-ref")} if not is_own else set())
    assert is_own or codes
    if not any(severity == "error" for severity, _ in codes):
        build(single(root, "sample", tmp_path / "out"))


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
def test_siblings_of_a_reference_are_used(tmp_path: Path, version: str) -> None:
    """`summary` and `description` replace those of a target that has such a field."""
    beside = "summary: Sum, description: Mine."
    text = f"""--- # spec.yaml
openapi: {version}
info: {{title: T, version: '1'}}
paths:
  /things/{{id}}:
    post:
      operationId: sendThing
      parameters: [{{$ref: '#/components/parameters/id', {beside}}}]
      requestBody: {{$ref: '#/components/requestBodies/Body', {beside}}}
      responses:
        '200': {{$ref: '#/components/responses/Ok', {beside}}}
      callbacks: {{done: {{$ref: '#/components/callbacks/C', {beside}}}}}
  /other: {{$ref: '#/components/pathItems/P', {beside}}}
components:
  parameters:
    id:
      {{name: id, in: path, required: true, description: Theirs., schema: {{type: integer}},
        examples: {{e: {{$ref: '#/components/examples/E', {beside}}}}}}}
  requestBodies: {{Body: {{description: Theirs., content: {{application/json: {{schema: {{type: integer}}}}}}}}}}
  responses:
    Ok:
      description: Theirs.
      headers: {{X-A: {{$ref: '#/components/headers/H', {beside}}}}}
      links: {{l: {{$ref: '#/components/links/L', {beside}}}}}
  headers: {{H: {{description: Theirs., schema: {{type: integer}}}}}}
  links: {{L: {{operationId: sendThing}}}}
  examples: {{E: {{summary: Theirs, value: 1}}}}
  callbacks: {{C: {{'{{$url}}': {{post: {{operationId: cb, responses: {{'200': {{description: ok}}}}}}}}}}}}
  pathItems: {{P: {{get: {{operationId: getOther, responses: {{'200': {{description: ok}}}}}}}}}}
  securitySchemes:
    key: {{$ref: '#/components/securitySchemes/other', {beside}}}
    other: {{type: http, scheme: bearer}}
security: [{{key: []}}]
"""
    data = facts(write(tmp_path, text))
    operation: Any = data["paths"]["/things/{id}"]["post"]
    response = operation["responses"]["200"]
    objects = (operation["parameters"][0], operation["requestBody"], response, response["headers"]["X-A"])
    assert ["Mine."] * 4 == [each["description"] for each in objects]
    assert ("Sum", "Mine.") == (data["paths"]["/other"]["summary"], data["paths"]["/other"]["description"])
    assert "Mine." == data["components"]["securitySchemes"]["key"]["description"]
    build(single(tmp_path / "spec.yaml", "sample", tmp_path / "out"))


def test_strict_makes_warnings_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--strict` makes an error of each warning."""
    root = str(write(tmp_path, f"--- # spec.yaml\n{get('{$ref: https://schemas.test/Pet.json}')}"))
    words = ("generate", root, "--package", "p", "-o", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert 1 == exit_code(*words, "--strict")
    assert 0 == exit_code(*words)
    assert 1 == exit_code("dump-ir", root, "--strict")


@pytest.mark.parametrize(
    ("security", "components"),
    [
        ("security: {$ref: sec.yaml}", "key: {type: http, scheme: bearer}"),
        ("security: [{$ref: 'sec.yaml#/0'}]", "key: {type: http, scheme: bearer}"),
        ("security: [{key: {$ref: 'sec.yaml#/0/key'}}]", "key: {type: http, scheme: bearer}"),
        ("security: [{key: []}]", "key: {$ref: scheme.yaml}"),
        ("security: [{key: []}]", "$ref: schemes.yaml"),
        ("security: [{key: []}]", "key: {type: {$ref: 'scheme.yaml#/type'}, scheme: {$ref: 'scheme.yaml#/scheme'}}"),
    ],
)
def test_security_may_be_in_another_file(tmp_path: Path, security: str, components: str) -> None:
    """Requirements and schemes mean the same there."""
    text = f"""--- # spec.yaml
{security}
{get("{type: string}")}components: {{securitySchemes: {{{components}}}}}
--- # sec.yaml
- {{key: []}}
--- # scheme.yaml
{{type: http, scheme: bearer}}
--- # schemes.yaml
key: {{type: http, scheme: bearer}}
"""
    built = build(single(write(tmp_path, text), "sample", tmp_path / "out"))
    assert () == built.warnings
    assert built.api.security is not None and built.api.security.required


@pytest.mark.parametrize(
    "security",
    [
        "security: {$ref: gone.yaml}",
        "security: [{$ref: gone.yaml}]",
        "security: [{key: {$ref: gone.yaml}}]",
        "security: [{$ref: 7}]",
        "security: [7]",
        "security: 'x y'\ncomponents: {securitySchemes: {$ref: gone.yaml}}",
        "security: [{key: []}]\ncomponents: {securitySchemes: {key: {$ref: gone.yaml}}}",
        "security: [{key: []}]\ncomponents: {securitySchemes: {key: {$ref: '#/components/securitySchemes/gone'}}}",
        "security: [{key: []}]\ncomponents: {securitySchemes: {key: {type: oauth2, flows: {$ref: gone.yaml}}}}",
        "security: [{key: []}]\ncomponents: {securitySchemes: {key: {$ref: 'https://s.test/key.yaml'}}}",
    ],
)
def test_security_that_cannot_be_read_is_an_error(tmp_path: Path, security: str) -> None:
    """It never makes security weaker."""
    root = write(tmp_path, f"--- # spec.yaml\n{security}\n{get('{type: string}')}")
    assert "error" in {each.severity for each in findings(root)}


PLACES = {
    "parameter": "parameters: [{$ref: '#/components/SECTION'}]",
    "response": "responses: {'200': {$ref: '#/components/SECTION'}}",
    "header": "responses: {'200': {description: d, headers: {X: {$ref: '#/components/SECTION'}}}}",
    "link": "responses: {'200': {description: d, links: {x: {$ref: '#/components/SECTION'}}}}",
    "callback": "callbacks: {x: {$ref: '#/components/SECTION'}}",
    "schema": "responses: {'200': {description: d, content: {text/plain: {schema: {$ref: '#/components/SECTION'}}}}}",
}
KINDS = {
    "schemas": "{type: string}",
    "parameters": "{name: limit, in: query, schema: {type: integer}}",
    "headers": "{schema: {type: integer}}",
    "responses": "{description: nothing}",
    "links": "{operationId: other}",
    "examples": "{value: 1}",
    "securitySchemes": "{type: http, scheme: bearer}",
}


@pytest.mark.parametrize("section", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_a_target_of_a_wrong_type_removes_its_place_only(place: str, section: str, tmp_path: Path) -> None:
    """The rest of the document is generated."""
    stated = PLACES[place].replace("SECTION", f"{section}/It")
    document = f"paths: {{/a: {{get: {{operationId: a, {stated}}}}}, /b: {{get: {{operationId: other}}}}}}\n"
    document += f"components: {{{section}: {{It: {KINDS[section]}}}}}\n"
    found = normalized(write(tmp_path, f"--- # openapi.yaml\n{document}"))
    assert {"/a", "/b"} == set(found.data["paths"])
    if not section.startswith(place):
        assert found.warnings


@pytest.mark.parametrize("target", ["urn:example:pet", "data:application/json,{}", "tag:a.test,2020:x"])
def test_a_url_without_a_host_is_not_a_file(tmp_path: Path, target: str) -> None:
    """Such a schema is any value, like one on another host."""
    (finding,) = findings(write(tmp_path, f"--- # openapi.yaml\n{get(f'{{$ref: {target!r}}}')}"))
    assert ("warning", True) == (finding.severity, "only http and https" in finding.message)


def test_a_url_without_a_host_may_be_an_id(tmp_path: Path) -> None:
    """It is looked up in the document first."""
    document = (
        get("{$ref: 'urn:example:pet'}") + "components: {schemas: {Pet: {$id: 'urn:example:pet', type: object}}}\n"
    )
    assert facts(write(tmp_path, f"--- # openapi.yaml\n{document}"))
