"""Documents in the shapes of frameworks that no test here can run: Java, .NET and Go. What they write works at once."""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from specwire import NotFoundError
from specwire.errors import StreamEventError

from tests.support.command_line import exit_code

SPRINGDOC = """
openapi: 3.0.1
info: {title: Shop, version: v0}
servers: [{url: http://localhost:8080, description: Generated server url}]
paths:
  /orders:
    get:
      tags: [order-controller]
      operationId: list_1
      parameters: [{name: pageable, in: query, required: true, schema: {$ref: '#/components/schemas/Pageable'}}]
      responses:
        '200': {description: OK, content: {'*/*': {schema: {$ref: '#/components/schemas/PageOrder'}}}}
        '404': {description: Not Found, content: {'*/*': {schema: {$ref: '#/components/schemas/ProblemDetail'}}}}
    post:
      tags: [order-controller]
      operationId: create_1
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}, required: true}
      responses: {'200': {description: OK, content: {'*/*': {schema: {type: string, format: uuid}}}}}
  /orders/stream:
    get:
      tags: [order-controller]
      operationId: stream
      responses:
        '200':
          description: OK
          content: {text/event-stream: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}
  /orders/{id}/invoice:
    get:
      tags: [order-controller]
      operationId: invoice
      parameters: [{name: id, in: path, required: true, schema: {type: integer, format: int64}}]
      responses: {'200': {description: OK, content: {'*/*': {schema: {type: string, format: binary}}}}}
components:
  schemas:
    Order: {type: object, properties: {id: {type: integer, format: int64}, state: {type: string, enum: [NEW, PAID]}}}
    Pageable:
      type: object
      properties:
        page: {minimum: 0, type: integer, format: int32}
        size: {minimum: 1, type: integer, format: int32}
        sort: {type: array, items: {type: string}}
    PageOrder:
      type: object
      properties:
        totalElements: {type: integer, format: int64}
        content: {type: array, items: {$ref: '#/components/schemas/Order'}}
        sort: {$ref: '#/components/schemas/SortObject'}
    SortObject: {type: object, properties: {sorted: {type: boolean}}}
    ProblemDetail:
      type: object
      properties: {title: {type: string}, status: {type: integer}, detail: {type: string}}
"""
SWASHBUCKLE = """
openapi: 3.0.4
info: {title: Zoo, version: '1.0'}
paths:
  /api/Animals:
    post:
      tags: [Animals]
      requestBody:
        content:
          application/json-patch+json: {schema: {$ref: '#/components/schemas/Animal'}}
          application/json: {schema: {$ref: '#/components/schemas/Animal'}}
          text/json: {schema: {$ref: '#/components/schemas/Animal'}}
          application/*+json: {schema: {$ref: '#/components/schemas/Animal'}}
      responses:
        '200':
          description: OK
          content:
            text/plain: {schema: {$ref: '#/components/schemas/Animal'}}
            application/json: {schema: {$ref: '#/components/schemas/Animal'}}
            text/json: {schema: {$ref: '#/components/schemas/Animal'}}
        '404':
          description: Not Found
          content: {application/json: {schema: {$ref: '#/components/schemas/ProblemDetails'}}}
  /api/Animals/{id}/photo:
    put:
      tags: [Animals]
      parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
      requestBody:
        content:
          multipart/form-data:
            schema: {type: object, properties: {Photo: {type: string, format: binary}, Title: {type: string}}}
            encoding: {Photo: {style: form}, Title: {style: form}}
      responses: {'204': {description: No Content}}
components:
  schemas:
    Animal:
      required: [$type]
      type: object
      properties:
        $type: {type: string}
        name: {type: string, nullable: true}
        sex: {$ref: '#/components/schemas/Sex'}
        owner: {allOf: [{$ref: '#/components/schemas/Owner'}], nullable: true}
      additionalProperties: false
      discriminator: {propertyName: $type, mapping: {cat: '#/components/schemas/Cat'}}
    Cat:
      allOf:
        - {$ref: '#/components/schemas/Animal'}
        - {type: object, properties: {lives: {type: integer, format: int32}}}
    Owner: {type: object, properties: {name: {type: string, nullable: true}}, additionalProperties: false}
    Sex: {enum: [0, 1], type: integer, format: int32}
    ProblemDetails:
      type: object
      properties: {title: {type: string, nullable: true}, detail: {type: string, nullable: true}}
      additionalProperties: {}
"""
NSWAG = """
openapi: 3.0.0
x-generator: NSwag v14.0.0.0 (NJsonSchema v11.0.0.0)
info: {title: Pets, version: 1.0.0}
servers: [{url: https://localhost:5001}]
paths:
  /api/Pets/{id}:
    get:
      tags: [Pets]
      operationId: Pets_Get
      parameters: [{name: id, in: path, required: true, schema: {type: string, format: guid}, x-position: 1}]
      responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
  /api/Pets/{id}/File:
    get:
      tags: [Pets]
      operationId: Pets_Download
      parameters: [{name: id, in: path, required: true, schema: {type: string, format: guid}, x-position: 1}]
      responses:
        '200': {description: '', content: {application/octet-stream: {schema: {type: string, format: binary}}}}
components:
  schemas:
    Pet:
      type: object
      additionalProperties: false
      properties:
        id: {type: string, format: guid}
        price: {type: number, format: decimal}
        kind: {$ref: '#/components/schemas/Kind'}
        owner: {nullable: true, oneOf: [{$ref: '#/components/schemas/Person'}]}
        age: {type: string, format: duration, nullable: true}
    Person: {type: object, additionalProperties: false, properties: {name: {type: string, nullable: true}}}
    Kind: {type: integer, description: '', x-enumNames: [Cat, Dog], enum: [0, 1]}
"""
GO_SWAGGER = """
swagger: '2.0'
info: {title: Todo, version: 1.0.0}
basePath: /v1
consumes: [application/io.goswagger.examples.todo-list.v1+json]
produces: [application/io.goswagger.examples.todo-list.v1+json]
schemes: [http]
security: [{key: []}]
securityDefinitions: {key: {type: apiKey, in: header, name: x-token}}
paths:
  /items:
    get:
      tags: [todos]
      operationId: findTodos
      parameters: [{name: limit, in: query, type: integer, format: int32, default: 20}]
      responses:
        '200': {description: list, schema: {type: array, items: {$ref: '#/definitions/item'}}}
        default: {description: error, schema: {$ref: '#/definitions/error'}}
    post:
      tags: [todos]
      operationId: addOne
      parameters: [{name: body, in: body, schema: {$ref: '#/definitions/item'}}]
      responses:
        '201': {description: Created, schema: {$ref: '#/definitions/item'}}
        default: {description: error, schema: {$ref: '#/definitions/error'}}
definitions:
  item:
    type: object
    required: [description]
    properties:
      id: {type: integer, format: int64, readOnly: true, x-go-name: ID}
      description: {type: string, minLength: 1, x-isnullable: false}
  error:
    type: object
    required: [message]
    properties: {code: {type: integer, format: int64}, message: {type: string}}
"""
GRPC_GATEWAY = """
swagger: '2.0'
info: {title: library.proto, version: version not set}
tags: [{name: Library}]
consumes: [application/json]
produces: [application/json]
paths:
  /v1/{name}:
    get:
      operationId: Library_GetBook
      parameters: [{name: name, in: path, required: true, type: string, pattern: 'shelves/[^/]+/books/[^/]+'}]
      responses:
        '200': {description: A successful response., schema: {$ref: '#/definitions/v1Book'}}
        default: {description: An unexpected error response., schema: {$ref: '#/definitions/rpcStatus'}}
      tags: [Library]
  /v1/books:watch:
    post:
      operationId: Library_Watch
      parameters: [{name: body, in: body, required: true, schema: {type: object}}]
      responses:
        '200':
          description: A successful response.(streaming responses)
          schema:
            type: object
            title: Stream result of v1Book
            properties: {result: {$ref: '#/definitions/v1Book'}, error: {$ref: '#/definitions/rpcStatus'}}
        default: {description: An unexpected error response., schema: {$ref: '#/definitions/rpcStatus'}}
      tags: [Library]
definitions:
  v1Book:
    type: object
    properties: {name: {type: string}, pages: {type: string, format: int64}, cover: {type: string, format: byte}}
  rpcStatus:
    type: object
    properties:
      code: {type: integer, format: int32}
      message: {type: string}
      details: {type: array, items: {type: object, $ref: '#/definitions/protobufAny'}}
  protobufAny: {type: object, properties: {'@type': {type: string}}, additionalProperties: {}}
"""

Play = Callable[..., tuple[Any, list[httpx2.Request]]]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Play]:
    """Return a function that generates a client, which gets one response, and lists what it sent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    def generate(document: str, body: bytes, content_type: str, status: int = 200) -> tuple[Any, list[httpx2.Request]]:
        name = f"shape_{len(made)}"
        made.append(name)
        (tmp_path / "x.yaml").write_text(document, "utf-8")
        assert 0 == exit_code("generate", "x.yaml", "--package", name, "-o", "."), capsys.readouterr().err
        sent: list[httpx2.Request] = []

        def respond(request: httpx2.Request) -> httpx2.Response:
            sent.append(request)
            return httpx2.Response(status, content=body, headers={"content-type": content_type})

        module = importlib.import_module(name)
        client = getattr(module, module.__all__[0] if not module.__all__[0].startswith("Async") else module.__all__[1])
        transport = httpx2.Client(transport=httpx2.MockTransport(respond))
        keys = {"api_key": "k"} if "securityDefinitions" in document else {}
        return client(base_url="https://host.test", http_client=transport, **keys), sent

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield generate
    for module in [each for each in sys.modules if each.partition(".")[0] in made]:
        del sys.modules[module]


def test_springdoc(play: Play) -> None:
    """Any media type is JSON, pages are query objects, a flux is a stream, and a binary of any type is a download."""
    page = {"totalElements": 1, "content": [{"id": 1, "state": "NEW"}], "sort": {"sorted": True}}
    client, sent = play(SPRINGDOC, json.dumps(page).encode(), "application/json")
    found = client.orders.list(pageable={"page": 0, "size": 5, "sort": ["id,asc", "state,desc"]})
    assert (1, "NEW") == (found.content[0].id, found.content[0].state)
    assert b"page=0&size=5&sort=id%2Casc&sort=state%2Cdesc" == sent[0].url.query
    for body, content_type in ((b'"u-1"', "application/json"), (b"u-1", "text/plain")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert "u-1" == play(SPRINGDOC, body, content_type)[0].orders.create(id=1)
    client, _ = play(SPRINGDOC, b'data:{"id":1}\n\n', "text/event-stream;charset=UTF-8")
    with client.orders.stream() as events:
        assert [1] == [event.id for event in events]
    assert b"%PDF" == play(SPRINGDOC, b"%PDF", "application/pdf")[0].orders.invoice(1).read()
    client, _ = play(SPRINGDOC, b'{"title":"Not Found","detail":"no order"}', "application/problem+json", 404)
    with pytest.raises(NotFoundError, match="no order"):
        client.orders.list(pageable={})


def test_swashbuckle(play: Play) -> None:
    """Plain JSON is preferred, hierarchies have their `$type`, files are parts, and problems are read."""
    body = b'{"$type":"cat","name":null,"sex":1,"owner":null,"lives":9}'
    client, sent = play(SWASHBUCKLE, body, "application/json; charset=utf-8")
    cat = client.animals.create(type="cat", lives=9)
    assert ("Cat", 1, None, 9) == (type(cat).__name__, cat.sex, cat.owner, cat.lives)
    assert ("application/json", {"$type": "cat", "lives": 9}) == (
        sent[0].headers["content-type"],
        json.loads(sent[0].content),
    )
    client, sent = play(SWASHBUCKLE, b"", "", 204)
    client.animals.photo.update(UUID(int=1), photo=b"png", title="t")
    assert b'name="Photo"; filename="upload"' in sent[0].content
    problem = b'{"title":"Not Found","traceId":"00-1"}'
    with pytest.raises(NotFoundError, match="Not Found") as raised:
        play(SWASHBUCKLE, problem, "application/problem+json", 404)[0].animals.create(name="x")
    assert {"traceId": "00-1"} == raised.value.body.additional_properties


def test_nswag(play: Play) -> None:
    """Guids are UUIDs, references may be null, durations are read, and files are downloads."""
    body = json.dumps({"id": str(UUID(int=1)), "price": 1.5, "kind": 1, "owner": None, "age": "P1D"}).encode()
    client, _ = play(NSWAG, body, "application/json")
    pet = client.pets.retrieve(UUID(int=1))
    assert (UUID(int=1), 1, None, 1) == (pet.id, pet.kind, pet.owner, pet.age.days)
    assert b"x" == play(NSWAG, b"x", "application/octet-stream")[0].pets.file(UUID(int=1)).read()


def test_go_swagger(play: Play) -> None:
    """Media types of a vendor are JSON, and the default response is the error."""
    kind = "application/io.goswagger.examples.todo-list.v1+json"
    client, sent = play(GO_SWAGGER, b'[{"id":1,"description":"d"}]', kind)
    assert [1] == [item.id for item in client.items.list(limit=2)]
    assert ("k", b"limit=2") == (sent[0].headers["x-token"], sent[0].url.query)
    client, sent = play(GO_SWAGGER, b'{"id":1,"description":"d"}', kind, 201)
    assert 1 == client.items.create(description="d").id
    assert kind == sent[0].headers["content-type"]
    with pytest.raises(NotFoundError, match="no such item") as raised:
        play(GO_SWAGGER, b'{"code":404,"message":"no such item"}', kind, 404)[0].items.list()
    assert 404 == raised.value.body.code


def test_grpc_gateway(play: Play) -> None:
    """64-bit integers are strings, names have slashes, streams are JSON lines, and errors have details."""
    client, sent = play(GRPC_GATEWAY, b'{"name":"n","pages":"12","cover":"aGk="}', "application/json")
    book = client.retrieve("shelves/1/books/2")
    assert (12, b"hi") == (book.pages, book.cover)
    assert "/v1/shelves/1/books/2" == sent[0].url.path == sent[0].url.raw_path.decode()
    lines = b'{"result":{"pages":"1"}}\n{"error":{"code":5,"message":"gone"}}\n'
    client, sent = play(GRPC_GATEWAY, lines, "application/json")
    with client.books.watch() as events:
        assert 1 == next(iter(events)).pages
        with pytest.raises(StreamEventError, match="gone"):
            next(iter(events))
    assert b"{}" == sent[0].content
    error = b'{"code":5,"message":"not found","details":[{"@type":"t","a":1}]}'
    with pytest.raises(NotFoundError, match="not found") as raised:
        play(GRPC_GATEWAY, error, "application/json", 404)[0].retrieve("shelves/1/books/2")
    assert {"a": 1} == raised.value.body.details[0].additional_properties


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("shelves/[^/]+/books/[^/]+", "/v1/a/b"),
        ("^projects/[^/]+$", "/v1/a/b"),
        (r"projects\/\d+", "/v1/a/b"),
        ("[^/]+", "/v1/a%2Fb"),
        ("a/?b", "/v1/a%2Fb"),
        ("a|b/c", "/v1/a%2Fb"),
        ("(x/)*y", "/v1/a%2Fb"),
        ("[]/]+", "/v1/a%2Fb"),
    ],
)
def test_slashes_are_sent_where_the_pattern_demands_one(play: Play, pattern: str, path: str) -> None:
    """A pattern that also matches names without a slash proves nothing."""
    document = GRPC_GATEWAY.replace("shelves/[^/]+/books/[^/]+", pattern)
    client, sent = play(document, b"{}", "application/json")
    client.retrieve("a/b")
    assert path == sent[0].url.raw_path.decode()
