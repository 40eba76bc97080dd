"""Required properties without a declaration, and headers that are not parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.config import read_config
from specwire_codegen.generate import document_of
from specwire_codegen.ir import JsonBody, ObjectModel
from specwire_codegen.lower import lower
from specwire_codegen.project import single

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
PETS = """\
paths:
  /pets:
    parameters:
      - {name: accept, in: header, schema: {type: string}}
      - {name: Authorization, in: header, schema: {type: string}}
      - {name: X-Trace, in: header, schema: {type: string}}
    get: {operationId: list, responses: {'204': {description: None.}}}
    post:
      operationId: add
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
"""
PET = """\
  schemas:
    Pet:
      type: object
      required: [id, name, pin, owner]
      properties: {id: {type: string, readOnly: true}, name: {type: string}, pin: {type: string, writeOnly: true}}
"""
KEY = "  securitySchemes: {key: {type: http, scheme: bearer}}\n"


def normalized(text: str, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the normalized document and the codes of the warnings."""
    (folder / "t.yaml").write_text(text, "utf-8")
    document, warnings = document_of(single(folder / "t.yaml", "t", folder))
    return document.data, [warning.code for warning in warnings]


def headers(data: dict[str, Any]) -> list[str]:
    """Return the parameter names of the operation that lists."""
    return [parameter["name"] for parameter in data["paths"]["/pets"]["get"].get("parameters", [])]


def test_an_undeclared_required_property_is_added(tmp_path: Path) -> None:
    """With a warning; responses may lack it."""
    data, warnings = normalized(f"{HEAD}{PETS}components:\n{PET}{KEY}", tmp_path)
    assert data["components"]["schemas"]["Pet"]["properties"]["owner"] == {"writeOnly": True}
    assert warnings.count("undeclared-property") == 1


def test_read_only_and_write_only_of_a_component_apply_to_references(tmp_path: Path) -> None:
    """Also to nullable ones."""
    schemas = """\
components:
  schemas:
    Id: {type: string, readOnly: true}
    Same: {$ref: '#/components/schemas/Id'}
    Owner: {type: object, readOnly: true, properties: {name: {type: string}}}
    Pin: {type: string, writeOnly: true}
    Pet:
      type: object
      required: [id, same, owner, maybe, pin, mine]
      properties:
        id: {allOf: [{$ref: '#/components/schemas/Id'}]}
        same: {$ref: '#/components/schemas/Same'}
        owner: {$ref: '#/components/schemas/Owner'}
        maybe: {oneOf: [{$ref: '#/components/schemas/Owner'}, {type: 'null'}]}
        pin: {$ref: '#/components/schemas/Pin'}
        mine: {$ref: '#/components/schemas/Id', readOnly: false}
"""
    data, _ = normalized(f"{HEAD}{PETS}{schemas}", tmp_path)
    target = single(tmp_path / "t.yaml", "t", tmp_path)
    api = lower(document_of(target)[0], read_config(target.config, "t"), "t")
    pet = next(model for model in api.models if isinstance(model, ObjectModel) and model.name == "Pet")
    assert ["pin", "mine"] == [field.name for field in pet.fields if field.required_in_request]
    assert ["id", "same", "owner", "maybe", "mine"] == [
        field.name for field in pet.fields if field.required_in_response
    ]
    assert data["components"]["schemas"]["Pet"]["properties"]["owner"]["readOnly"] is True


def test_accept_and_authorization_are_not_parameters(tmp_path: Path) -> None:
    """OpenAPI requires to ignore them; each has one warning."""
    data, warnings = normalized(f"{HEAD}{PETS}components:\n{PET}{KEY}", tmp_path)
    assert headers(data) == ["X-Trace"]
    assert warnings.count("ignored-header") == 2


def test_framing_headers_are_not_parameters(tmp_path: Path) -> None:
    """A wrong length or host would break the connection."""
    framing = ("Content-Length", "host", "Transfer-Encoding")
    stated = "".join(f"      - {{name: {name}, in: header, required: true, schema: {{}}}}\n" for name in framing)
    paths = PETS.replace("    get:", f"{stated}    get:", 1)
    data, warnings = normalized(f"{HEAD}{paths}components:\n{PET}", tmp_path)
    assert headers(data) == ["Authorization", "X-Trace"]
    assert warnings.count("ignored-header") == 4


def test_authorization_is_a_parameter_without_security_schemes(tmp_path: Path) -> None:
    """There is no other way to authenticate."""
    data, _ = normalized(f"{HEAD}{PETS}components:\n{PET}", tmp_path)
    assert headers(data) == ["Authorization", "X-Trace"]


def test_read_only_properties_are_not_required_in_requests(tmp_path: Path) -> None:
    """Nor write-only ones in responses."""
    target = single(tmp_path / "t.yaml", "t", tmp_path)
    (tmp_path / "t.yaml").write_text(f"{HEAD}{PETS}components:\n{PET}", "utf-8")
    api = lower(document_of(target)[0], read_config(target.config, "t"), "t")
    (pet,) = api.models
    body = next(one.body for one in api.operations if one.id == "add")
    assert isinstance(pet, ObjectModel)
    assert isinstance(body, JsonBody) and body.fields is not None
    assert {field.wire_name for field in body.fields if field.required_in_request} == {"name", "pin", "owner"}
    assert {field.wire_name for field in pet.fields if field.required_in_response} == {"id", "name"}


def test_a_query_in_a_path_is_removed_if_it_is_a_parameter(tmp_path: Path) -> None:
    """`?q={q}` and `{?q}` stay if `q` is not a query parameter, or the path exists."""
    operation = "{get: {parameters: [{name: q, in: query}], responses: {'204': {description: d}}}}"
    other = "{get: {responses: {'204': {description: d}}}}"
    paths = f"/a?q={{q}}: {operation}\n  /b{{?q}}: {operation}\n  /c?x=1&q={{q}}: {operation}\n  /d?x=1: {other}\n"
    taken = f"  /e: {other}\n  /e?q={{q}}: {operation}\n"
    data, warnings = normalized(f"{HEAD}paths:\n  {paths}{taken}", tmp_path)
    assert sorted(data["paths"]) == ["/a", "/b", "/c?x=1", "/d?x=1", "/e", "/e?q={q}"]
    assert warnings.count("query-in-path") == 3


@pytest.mark.parametrize("kind", ["string", "object"])
def test_properties_next_to_text_values_are_ignored(tmp_path: Path, kind: str) -> None:
    """Whatever the declared type is."""
    schema = f"{{type: {kind}, enum: [cat, dog], properties: {{name: {{type: string}}}}, required: [name]}}"
    data, _ = normalized(f"{HEAD}{PETS}components:\n  schemas:\n    Pet: {schema}\n", tmp_path)
    assert data["components"]["schemas"]["Pet"] == {"type": "string", "enum": ["cat", "dog"]}
