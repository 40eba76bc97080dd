"""Paths that state a query, as documents do for versions of a call, and names that are claimed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from specwire_codegen.mock import app as mock_app, server
from starlette.applications import Starlette

from tests.support.time_limit import PATIENCE


def called(operation_id: str, *parameters: dict[str, Any], status: str = "200") -> dict[str, Any]:
    """Return an operation that returns its id in a field."""
    schema = {"type": "object", "required": ["id", "by"], "properties": {"id": {"type": "string"}}}
    properties = {"id": {"type": "string"}, "by": {"const": operation_id}}
    content = {"application/json": {"schema": {**schema, "properties": properties}}}
    responses = {status: {"description": "d", **({"content": content} if status != "204" else {})}}
    return {"operationId": operation_id, "parameters": [*parameters], "responses": responses}


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
EXTENSION = {"name": "extension", "in": "path", "required": True, "schema": {"enum": [".json", ".xml"]}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/users?beta=true": {"post": called("makeBeta"), "get": called("listBeta")},
        "/users/{id}": {"get": called("getUser", ID)},
        "/users/{id}?beta=true": {"get": called("getBeta", ID), "delete": called("removeBeta", ID, status="204")},
        "/users/{id}?beta=true&full": {"get": called("getFull", ID)},
        "/act?what={id}": {"get": called("act", ID)},
        "/odd?na%20me=a b": {"get": called("odd")},
        "/files/{id}{extension}": {"get": called("getFile", ID, EXTENSION)},
        "/part#one": {"get": called("part")},
    },
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[httpx2.Client, Starlette]]:
    """A client of the document's mock server, and the server."""
    application = mock_app.build(DOCUMENT)
    with server.serve(application) as url, httpx2.Client(base_url=url, timeout=PATIENCE) as http:
        yield http, application


@pytest.mark.parametrize(
    ("target", "operation_id"),
    [
        ("/users/1", "getUser"),
        ("/users/1?other=1", "getUser"),
        ("/users/1?beta=false", "getUser"),
        ("/users/1?beta=true", "getBeta"),
        ("/users/1?other=1&beta=true", "getBeta"),
        ("/users/1?beta=tru%65", "getUser"),
        ("/users/1?beta=true&full", "getFull"),
        ("/users/1?full=&beta=true", "getFull"),
        ("/act?what=run", "act"),
        ("/odd?na%20me=a%20b", "odd"),
        ("/files/10.json", "getFile"),
        ("/part", "part"),
    ],
)
def test_the_operation_with_the_most_of_its_query_replies(
    served: tuple[httpx2.Client, Starlette], target: str, operation_id: str
) -> None:
    """In any order, with other pairs between."""
    reply = served[0].get(target)
    assert (200, operation_id) == (reply.status_code, reply.json()["by"])


def test_a_parameter_in_the_query_of_a_path_has_its_value(served: tuple[httpx2.Client, Starlette]) -> None:
    """It is a parameter of the path."""
    served[0].get("/act?what=r%20n")
    assert "act" == served[1].state.requests[-1].operation_id


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", "/users?beta=true", 200),
        ("POST", "/users", 404),
        ("PUT", "/users?beta=true", 405),
        ("DELETE", "/users/1", 405),
        ("GET", "/act", 404),
    ],
)
def test_a_request_without_the_query_is_another_one(
    served: tuple[httpx2.Client, Starlette], method: str, target: str, status: int
) -> None:
    """404 if no path fits, 405 if one fits and lacks the method."""
    assert status == served[0].request(method, target).status_code


def test_what_was_made_with_a_query_can_be_read_and_removed(served: tuple[httpx2.Client, Starlette]) -> None:
    """State does not depend on the query."""
    http = served[0]
    made = http.post("/users?beta=true").json()["id"]
    assert made == http.get(f"/users/{made}?beta=true").json()["id"]
    assert 204 == http.delete(f"/users/{made}?beta=true").status_code
    assert 404 == http.get(f"/users/{made}").status_code


@pytest.mark.parametrize(("field", "name"), [("address", "a@b.example"), ("id", 7)])
def test_a_deleted_name_can_be_claimed_again(field: str, name: Any) -> None:
    """The body of the request has it, under the name of the path's parameter or as `id`."""
    schema = {"type": "object", "required": [field], "properties": {field: {}}}
    post = {
        "operationId": "claim",
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "d"}},
    }
    address = {"name": "address", "in": "path", "required": True, "schema": {"type": "string"}}
    delete = {"operationId": "leave", "parameters": [address], "responses": {"204": {"description": "d"}}}
    paths = {"/addresses": {"post": post}, "/addresses/{address}": {"delete": delete}}
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    with server.serve(mock_app.build(document)) as url, httpx2.Client(base_url=url, timeout=PATIENCE) as http:
        statuses = [
            reply.status_code
            for _ in range(2)
            for reply in (
                http.post("/addresses", json={field: name}),
                http.delete(f"/addresses/{name}"),
                http.delete(f"/addresses/{name}"),
            )
        ]
    assert [200, 204, 404] * 2 == statuses
