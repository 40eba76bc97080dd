"""Names of arguments: the document's names are available, whatever names a module uses itself."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire._operations.request import MultipartBody
from specwire.support import FormBody
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.incremental import generate
from specwire_codegen.ir import JsonBody, ObjectModel
from specwire_codegen.project import single

WORDS = (
    "inputs models given flow json_body lines_body multipart_body request endpoint operation annotations unset client "
    "list dict str int type object bytes date datetime id format print sum"
).split()
TEXT = {"type": "string"}


def operation(id: str, words: list[str], **more: Any) -> dict[str, Any]:
    parameters = [{"name": word, "in": "query", "schema": {"$ref": "#/components/schemas/Word"}} for word in words]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}
    done = {"200": {"description": "d", "content": content}}
    return {"operationId": id, "tags": ["things"], "parameters": parameters, "responses": done, **more}


def body(media_type: str, schema: dict[str, Any], keyword: str = "schema") -> dict[str, Any]:
    return {"required": True, "content": {media_type: {keyword: schema}}}


FIELDS = {"type": "object", "properties": {word: TEXT for word in WORDS}}
OPERATIONS: dict[str, dict[str, Any]] = {
    "query": operation("query", WORDS),
    "json": operation("json", [], requestBody=body("application/json", FIELDS)),
    "form": operation("form", [], requestBody=body("application/x-www-form-urlencoded", FIELDS)),
    "parts": operation("parts", [], requestBody=body("multipart/form-data", FIELDS)),
    "lines": operation("lines", WORDS, requestBody=body("application/jsonl", TEXT, "itemSchema")),
}


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Module of the operations."""
    folder = tmp_path_factory.mktemp("words")
    waited = operation("poll", [*WORDS, "poll"])
    waited["x-specwire-polling"] = {"status": "/state", "success": ["done"], "failure": ["failed"], "interval": 1}
    document = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {**{f"/{name}": {"post": each} for name, each in OPERATIONS.items()}, "/poll": {"get": waited}},
        "components": {
            "schemas": {
                "Word": {"type": "string", "enum": ["a", "b"]},
                "Job": {"type": "object", "properties": {"state": {"type": "string", "enum": ["done", "failed", "x"]}}},
            }
        },
    }
    (folder / "spec.json").write_text(json.dumps(document), "utf-8")
    (folder / "client.toml").write_text('[waits]\npoll = "things.wait"\n', "utf-8")
    generate(single(folder / "spec.json", "words_sample", folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        importlib.invalidate_caches()
        yield importlib.import_module("words_sample.operations.things")
    for module in [module for module in sys.modules if module.partition(".")[0] == "words_sample"]:
        del sys.modules[module]


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_argument_has_the_name_of_the_document(name: str, things: Any) -> None:
    """Names of modules, helpers and types can be names of arguments, and are sent as such."""
    sent = {word: f"<{word}>" for word in WORDS}
    more = {"body": ["x"]} if name == "lines" else {}
    request = getattr(things, name)(**sent, **more)
    held = request.query if name in ("query", "lines") else fields_of(request.body)
    assert list(WORDS) == list(held)


def fields_of(body: Any) -> list[str]:
    """Return the field names of a body."""
    match body:
        case MultipartBody(parts=parts):
            return [part.name for part in parts]
        case FormBody(fields=fields):
            return list(fields)
        case _:
            return list(body.value)


STATED = """
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /v1/embed:
    post:
      operationId: embed
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Ask"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ask"}}}}}
components:
  schemas:
    Ask:
      type: object
      required: [input]
      properties:
        input: {type: string, x-speakeasy-name-override: inputs}
        ref: {$ref: "#/components/schemas/Inner", x-fern-property-name: reference}
        "new-name": {type: string, x-ms-client-name: oldName}
        own: {type: string, x-specwire-name: mine, x-ms-client-name: theirs}
        same: {type: string, x-speakeasy-name-override: inputs}
    Inner: {type: object, properties: {schema: {type: string, x-speakeasy-name-override: definition}}}
"""


def test_a_stated_name_of_a_property_names_field_and_argument(tmp_path: Path) -> None:
    """The wire name is sent; two properties with one stated name stay distinct."""
    spec = tmp_path / "stated.yaml"
    spec.write_text(STATED, "utf-8")
    target = single(spec, "stated", tmp_path)
    api = api_of(target, document_of(target)[0])
    found = {
        model.name: {field.wire_name: field.name for field in model.fields}
        for model in api.models
        if isinstance(model, ObjectModel)
    }
    expected = {"input": "inputs", "ref": "reference", "new-name": "old_name", "own": "mine"}
    assert expected.items() <= found["Ask"].items()
    assert len(set(found["Ask"].values())) == len(found["Ask"])
    assert found["Inner"] == {"schema": "definition"}
    body = api.operations[0].body
    assert isinstance(body, JsonBody) and body.fields is not None
    assert expected.items() <= {each.wire_name: each.name for each in body.fields}.items()


def test_arguments_of_a_waiter_do_not_shadow_its_builder(things: Any) -> None:
    """They may have the same name."""
    assert things.wait(inputs="a", models="b", flow="c", given="d", poll_="e") is not None
