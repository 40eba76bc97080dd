"""Sampled check of a client: its own document, which has every feature, and another one."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from specwire_codegen.contract.sampled_check import SampledCheck, sample
from specwire_codegen.contract.subject import Subject

from tests.codegen.contract.limits import exceeded_after
from tests.support.generated_client import generated_client

DOCUMENT = """\
openapi: 3.1.0
info: {title: Everything, version: '1'}
servers: [{url: 'https://{region}.example.com/v1', variables: {region: {default: eu}}}]
security: [{key: []}]
paths:
  /plain/{id}.{ext}:
    get:
      operationId: getPlain
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: ext, in: path, required: true, schema: {type: string, enum: [json, xml]}}
        - {name: q, in: query, schema: {type: [string, 'null']}}
        - {name: tags, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}}
        - {name: filter, in: query, style: deepObject, schema: {type: object, additionalProperties: true}}
        - {name: page, in: query, schema: {type: object, properties: {from: {type: integer}, to: {type: number}}}}
        - {name: where, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: X-Ids, in: header, schema: {type: array, items: {type: string}}}
        - {name: Accept, in: header, schema: {type: string}}
        - {name: session, in: cookie, schema: {type: string}}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
  /matrix/{id}/label/{pair}:
    servers: [{url: 'https://other.example.com/v2/'}]
    get:
      operationId: getMatrix
      security: []
      parameters:
        - {name: id, in: path, required: true, style: matrix, explode: true, schema: {$ref: '#/components/schemas/Ids'}}
        - {name: pair, in: path, required: true, style: label, schema: {$ref: '#/components/schemas/Pair'}}
      responses: {default: {description: d, content: {'*/*': {schema: {$ref: '#/components/schemas/Uuids'}}}}}
  /texts/any:
    get:
      operationId: getAnyText
      responses: {'200': {description: d, content: {'*/*': {schema: {type: string}}}}}
  /texts/later:
    get:
      operationId: getTextLater
      responses:
        '200': {description: d, content: {application/xml: {schema: {type: object, properties: {a: {type: string}}}}}}
        '202': {description: d}
  /texts/count:
    get:
      operationId: getCount
      responses: {'200': {description: d, content: {text/plain: {schema: {type: number}}}}}
  /versions:
    get:
      operationId: getVersion
      responses:
        '200':
          description: d
          content:
            application/json; v=1: {schema: {type: object, required: [a], properties: {a: {type: string}}}}
            application/json; v=2: {schema: {type: object, required: [b], properties: {b: {type: integer}}}}
    put:
      operationId: putVersion
      requestBody:
        content:
          application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}
          application/vnd.shop.full+json: {schema: {type: object, required: [b], properties: {b: {type: integer}}}}
      responses: {'204': {description: d}}
  /things:
    servers: [{url: /v3}]
    post:
      operationId: addThing
      requestBody: {content: {application/merge-patch+json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {'201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
  /form:
    post:
      operationId: sendForm
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties: {name: {type: string}, ids: {type: array, items: {type: integer}}, on: {type: boolean}}
            encoding: {ids: {style: form, explode: false}}
      responses: {'204': {description: d}}
  /files:
    post:
      operationId: sendFiles
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties:
                file: {type: string, format: binary}
                more: {type: array, items: {type: string, format: binary}}
                about: {type: object, properties: {title: {type: string}}}
                tags: {type: array, items: {type: string}}
            encoding: {tags: {contentType: application/json}}
      responses: {'200': {description: d, content: {application/octet-stream: {}}}}
  /events:
    get:
      operationId: readEvents
      responses: {'200': {description: d, content: {text/event-stream: {}}}}
components:
  securitySchemes: {key: {type: apiKey, in: query, name: api_key}}
  schemas:
    Ids: {type: array, minItems: 1, items: {type: integer}}
    Pair: {type: object, required: [a], properties: {a: {type: integer}}}
    Uuids: {type: array, items: {type: string, format: uuid}}
    Thing:
      type: object
      required: [id, secret, name, undeclared]
      properties:
        id: {type: string, readOnly: true}
        secret: {type: string, writeOnly: true}
        name: {type: string, pattern: '^[A-Z]\\\\.$', maxLength: 1}
        at: {type: string, format: date-time}
"""


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Subject:
    """Client of the document with every feature."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return generated_client(DOCUMENT, "everything", tmp_path)


def test_a_client_that_follows_its_document_passes(everything: Subject) -> None:
    """Every kind of parameter, body, server and response."""
    with SampledCheck(everything) as trial:
        found = [trial.run(operation, 12) for operation in everything.api.operations]
    assert [(one.operation_id, (), (), ()) for one in found] == [
        (one.operation_id, one.wrong, one.unequal, one.undrawn) for one in found
    ]
    assert all(one.cases > 0 and one.responses > 0 for one in found)


def test_a_client_of_another_document_is_reported(
    everything: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other styles, media types, servers and securities are problems."""
    text = DOCUMENT.replace("style: pipeDelimited", "style: spaceDelimited").replace(
        "explode: true, schema: {$ref", "schema: {$ref"
    )
    text = text.replace("merge-patch+json", "vnd.other+json").replace("/v1'", "/v9'").replace("url: /v3", "url: /v4")
    text = text.replace("explode: false}}\n", "explode: true}}\n").replace(
        "contentType: application/json", "contentType: text/plain"
    )
    text = text.replace("text/event-stream", "application/jsonl")
    other = generated_client(text, "other", tmp_path)
    subject = Subject(
        "mixed", other.package, everything.document, everything.api, other.sync_client, other.async_client
    )
    with SampledCheck(subject) as trial:
        found = {one.id: trial.run(one, 12) for one in everything.api.operations}
    assert {name for name, one in found.items() if one.wrong} == set(everything.operation_ids)


ENDLESS = """\
openapi: 3.1.0
info: {title: Endless, version: '1'}
servers: [{url: 'https://api.test'}]
paths:
  /things:
    get:
      operationId: listThings
      parameters: [{name: after, in: query, schema: {type: string}}]
      x-specwire-pagination: {style: cursor, cursor: after, items: /data, next: /next}
      responses:
        '200':
          description: d
          content:
            application/json:
              schema:
                type: object
                required: [data]
                properties: {data: {type: array, items: {type: string}}, next: {type: string, enum: ['']}}
"""


def test_a_scenario_that_cannot_be_drawn_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This document never has a second page; everything else is checked."""
    monkeypatch.syspath_prepend(str(tmp_path))
    with SampledCheck(generated_client(ENDLESS, "endless", tmp_path), nullcontext) as trial:
        [found] = [trial.run(operation, 4) for operation in trial.subject.api.operations]
    [reason] = found.undrawn
    assert reason.startswith("pages: Unsatisfiable: ")
    assert ((), ()) == (found.wrong, found.unequal)
    assert found.responses == found.equal > 1


@pytest.mark.parametrize(("drawings", "part"), [(0, "call"), (1, "response"), (2, "pages")])
def test_a_document_that_takes_too_long_is_named(
    drawings: int, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the first part that could not be drawn in time, from the document or from a copy with fewer constraints."""
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = generated_client(ENDLESS, "slow", tmp_path)
    with SampledCheck(subject, exceeded_after(drawings)) as trial:
        [found] = [trial.run(operation, 4) for operation in subject.api.operations]
    assert found.undrawn[0] == f"{part}: drawing a value took more than 10 s"
    assert found.cases == (4 if drawings else 0)


def test_a_sample_is_varied_and_the_same_for_a_seed(everything: Subject) -> None:
    """Operations with new features come first."""
    operations = everything.api.operations
    first = sample(operations, 4, seed=1)
    assert first == sample(operations, 4, seed=1)
    assert len({type(one.body) for one in first}) >= 3
    assert len(sample(operations, 100, seed=1)) == len(operations)
