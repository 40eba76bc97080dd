"""What a document requires without a place for it, and what it says of headers that are not parameters."""

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
    """Return the names of the parameters of the operation that lists."""
    return [parameter["name"] for parameter in data["paths"]["/pets"]["get"].get("parameters", [])]


def test_a_required_property_that_is_not_declared_is_a_property(tmp_path: Path) -> None:
    """A property that is only named in `required` gets a place, with a warning that says so."""
    data, warnings = normalized(f"{HEAD}{PETS}components:\n{PET}{KEY}", tmp_path)
    assert data["components"]["schemas"]["Pet"]["properties"]["owner"] == {}
    assert warnings.count("undeclared-property") == 1


def test_what_a_property_refers_to_says_who_sends_it(tmp_path: Path) -> None:
    """`readOnly` and `writeOnly` of a component hold for the properties that refer to it, null or not."""
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
    assert ["pin", "mine"] == [field.name for field in pet.fields if field.asked]
    assert ["id", "same", "owner", "maybe", "mine"] == [field.name for field in pet.fields if field.promised]
    assert data["components"]["schemas"]["Pet"]["properties"]["owner"]["readOnly"] is True


def test_headers_with_a_home_of_their_own_are_no_parameters(tmp_path: Path) -> None:
    """`Accept` and `Authorization` are ignored as parameters, as OpenAPI says, with one warning for each."""
    data, warnings = normalized(f"{HEAD}{PETS}components:\n{PET}{KEY}", tmp_path)
    assert headers(data) == ["X-Trace"]
    assert warnings.count("ignored-header") == 2


def test_headers_that_frame_a_request_are_no_parameters(tmp_path: Path) -> None:
    """Callers do not say how long their body is, nor where it goes: a wrong word would break the connection."""
    framing = ("Content-Length", "host", "Transfer-Encoding")
    stated = "".join(f"      - {{name: {name}, in: header, required: true, schema: {{}}}}\n" for name in framing)
    paths = PETS.replace("    get:", f"{stated}    get:", 1)
    data, warnings = normalized(f"{HEAD}{paths}components:\n{PET}", tmp_path)
    assert headers(data) == ["Authorization", "X-Trace"]
    assert warnings.count("ignored-header") == 4


def test_an_authorization_that_no_scheme_speaks_of_stays_a_parameter(tmp_path: Path) -> None:
    """Where a document has no security schemes, its `Authorization` parameter is the only way in."""
    data, _ = normalized(f"{HEAD}{PETS}components:\n{PET}", tmp_path)
    assert headers(data) == ["Authorization", "X-Trace"]


def test_requests_need_no_read_only_property_and_answers_no_write_only_one(tmp_path: Path) -> None:
    """A required property is asked of callers unless it is read-only, and expected of servers unless write-only."""
    target = single(tmp_path / "t.yaml", "t", tmp_path)
    (tmp_path / "t.yaml").write_text(f"{HEAD}{PETS}components:\n{PET}", "utf-8")
    api = lower(document_of(target)[0], read_config(target.config, "t"), "t")
    (pet,) = api.models
    body = next(one.body for one in api.operations if one.id == "add")
    assert isinstance(pet, ObjectModel)
    assert isinstance(body, JsonBody) and body.fields is not None
    assert {field.wire_name for field in body.fields if field.asked} == {"name", "pin", "owner"}
    assert {field.wire_name for field in pet.fields if field.promised} == {"id", "name", "owner"}


def test_a_query_in_a_path_that_parameters_state_is_left_to_them(tmp_path: Path) -> None:
    """`?q={q}` and `{?q}` go where `q` is a query parameter, and stay where it is not or the path is taken."""
    operation = "{get: {parameters: [{name: q, in: query}], responses: {'204': {description: d}}}}"
    other = "{get: {responses: {'204': {description: d}}}}"
    paths = f"/a?q={{q}}: {operation}\n  /b{{?q}}: {operation}\n  /c?x=1&q={{q}}: {operation}\n  /d?x=1: {other}\n"
    taken = f"  /e: {other}\n  /e?q={{q}}: {operation}\n"
    data, warnings = normalized(f"{HEAD}paths:\n  {paths}{taken}", tmp_path)
    assert sorted(data["paths"]) == ["/a", "/b", "/c?x=1", "/d?x=1", "/e", "/e?q={q}"]
    assert warnings.count("query-in-path") == 3


@pytest.mark.parametrize("kind", ["string", "object"])
def test_keywords_of_other_types_do_not_make_a_text_an_object(tmp_path: Path, kind: str) -> None:
    """Properties beside texts as values say nothing, whatever the type is said to be."""
    schema = f"{{type: {kind}, enum: [cat, dog], properties: {{name: {{type: string}}}}, required: [name]}}"
    data, _ = normalized(f"{HEAD}{PETS}components:\n  schemas:\n    Pet: {schema}\n", tmp_path)
    assert data["components"]["schemas"]["Pet"] == {"type": "string", "enum": ["cat", "dog"]}
