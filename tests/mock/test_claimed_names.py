"""Names that a POST claims, where its response does not return them."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from specwire_codegen.mock import app as mock_app, server

from tests.support.time_limit import PATIENCE


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
