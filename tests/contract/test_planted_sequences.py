"""Sequences of calls find disagreements that no single response shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from specwire_codegen.contract.checks import Plan, check_document
from specwire_codegen.contract.run import REJECTIONS
from specwire_codegen.contract.wire.credentials import server_keys
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve
from starlette.types import ASGIApp, Receive, Scope, Send

ORDER = "{type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}"
ANSWER = f"{{description: d, content: {{application/json: {{schema: {ORDER}}}}}}}"
LINKS = "{get: {operationId: getOrder, parameters: {id: '$response.body#/id'}}, remove: {operationId: removeOrder, parameters: {id: '$response.body#/id'}}}"
DOCUMENT = f"""\
openapi: 3.1.0
info: {{title: Orders, version: '1'}}
paths:
  /orders:
    post:
      operationId: addOrder
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object, properties: {{name: {{type: string}}}}}}}}}}}}
      responses: {{'201': {{description: d, content: {{application/json: {{schema: {ORDER}}}}}, links: {LINKS}}}}}
  /orders/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get: {{operationId: getOrder, responses: {{'200': {ANSWER}, '404': {{description: d}}}}}}
    delete: {{operationId: removeOrder, responses: {{'204': {{description: d}}, '404': {{description: d}}}}}}
"""


def _kept(scope: Scope) -> int | None:
    """Say that an order is removed, and keep it."""
    return 204 if scope["method"] == "DELETE" else None


def _forgotten(scope: Scope) -> int | None:
    """Say that an order is created, and lose it."""
    return 404 if scope["method"] == "GET" else None


@pytest.mark.planted
@pytest.mark.parametrize(
    ("fault", "check"), [(_kept, "use_after_free"), (_forgotten, "ensure_resource_availability"), (None, "")]
)
def test_a_planted_sequence_is_found(
    fault: Callable[[Scope], int | None] | None, check: str, record_property: Callable[[str, object], None]
) -> None:
    """An order that is still there after its removal, or not there after its creation; nothing without a fault."""
    document = yaml.safe_load(DOCUMENT)
    mock: ASGIApp = build(document)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        status = None if fault is None else fault(scope)
        if status is None:
            return await mock(scope, receive, send)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return None

    if check:
        record_property("planted", f"server {check}")
    with serve(app) as url:
        checked = check_document(
            document, Plan(url, server_keys(None, "key"), 20, phases=("stateful",), own=REJECTIONS)
        )
    assert {found.finding.check for one in checked for found in one.findings} == ({check} if check else set())
