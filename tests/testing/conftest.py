"""Fixtures of the plugin, also where it is not installed as an entry point, and a client of a small document."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from specwire_codegen.incremental import generate
from specwire_codegen.project import single
from specwire_codegen.testing.plugin import mock_client, mock_server

__all__ = ["mock_client", "mock_server"]

SPEC = """
openapi: 3.2.0
info: {title: Marina, version: "1"}
servers: [{url: "https://marina.example/v1"}]
security: [{key: []}]
paths:
  /boats:
    get:
      operationId: listBoats
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1}}]
      responses:
        "200":
          description: The boats.
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Boat"}}}}
    post:
      operationId: createBoat
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}
      responses:
        "201": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}
  /boats/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getBoat
      responses:
        "200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Boat"}}}}
    delete: {operationId: deleteBoat, responses: {"204": {description: Gone.}}}
  /boats/{id}/photo:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getPhoto
      responses:
        "200": {description: It., content: {image/png: {schema: {type: string, format: binary}}}}
    put:
      operationId: putPhoto
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: {type: object, required: [file], properties: {file: {type: string, format: binary}}}
      responses: {"204": {description: Stored.}}
  /watch:
    get:
      operationId: watch
      responses:
        "200":
          description: Events.
          content: {text/event-stream: {itemSchema: {type: object, properties: {data: {type: string, contentMediaType: application/json, contentSchema: {$ref: "#/components/schemas/Boat"}}}}}}
  /log:
    get:
      operationId: readLog
      responses:
        "200":
          description: Lines.
          content: {application/x-ndjson: {itemSchema: {$ref: "#/components/schemas/Boat"}}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Boat:
      type: object
      required: [name]
      properties: {id: {type: string, readOnly: true}, name: {type: string}, length: {type: number}}
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Project with `openapi.yaml` and a client generated from it."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "openapi.yaml").write_text(SPEC, "utf-8")
    generate(single(folder / "openapi.yaml", "marina", folder / "src"))
    return folder


@pytest.fixture(scope="session")
def marina(folder: Path) -> Iterator[ModuleType]:
    """Package of the client."""
    sys.path.insert(0, str(folder / "src"))
    yield import_module("marina")
    sys.path.remove(str(folder / "src"))
