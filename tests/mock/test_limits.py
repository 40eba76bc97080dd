"""Limits of the mock server: resources that a document can use, and hosts that it answers for."""

from __future__ import annotations

import asyncio
import resource
import socket
from typing import Any

import httpx2
import pytest
from specwire_codegen.contract.client.time_limit import within
from specwire_codegen.mock import app as mock_app, recording, server
from specwire_codegen.mock.request.hosts import HostCheck
from specwire_codegen.mock.values import sampling
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from tests.support.time_limit import PATIENCE

HUGE = 100_000_000
TEXT = {"type": "string", "minLength": 2_000_000_000}


def document(schema: dict[str, Any], components: dict[str, Any] | None = None) -> dict[str, Any]:
    response = {"200": {"description": "d", "content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/x": {"get": {"operationId": "getX", "responses": response}}},
        "components": {"schemas": components or {}},
    }


def nested(levels: int) -> dict[str, Any]:
    return {"type": "array", "minItems": HUGE, "items": nested(levels - 1)} if levels else TEXT


@pytest.mark.parametrize(
    "schema",
    [
        TEXT,
        {"type": "string", "minLength": 1e308},
        {"type": "string", "format": "uri", "minLength": HUGE},
        {"type": "string", "pattern": "^a*$", "minLength": HUGE},
        {"type": "string", "pattern": "((a{999}){999}){999}"},
        {"type": "array", "minItems": HUGE, "items": {"type": "integer"}},
        {"type": "array", "minItems": HUGE, "uniqueItems": True, "items": {"type": "string"}},
        {"type": "array", "minItems": 1e308},
        {"type": "array", "prefixItems": [{"type": "integer"}] * 5_000},
        {"type": "object", "minProperties": HUGE},
        {"type": "object", "required": [f"p{index}" for index in range(50_000)]},
        {"type": "object", "properties": {f"p{index}": TEXT for index in range(2_000)}},
        nested(4),
        {"$ref": "#/components/schemas/Wide0"},
    ],
    ids=range(14),
)
def test_sizes_of_a_schema_are_capped(schema: dict[str, Any]) -> None:
    """A response is small and quick, whatever its schema requires."""
    wide: dict[str, Any] = {
        f"Wide{level}": {"properties": {name: {"$ref": f"#/components/schemas/Wide{level + 1}"} for name in "abcde"}}
        for level in range(12)
    }
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with server.serve(mock_app.build(document(schema, {**wide, "Wide12": {"type": "string"}}))) as url, within(20):
        response = httpx2.get(f"{url}/x", timeout=PATIENCE)
    assert response.status_code in (200, 500)
    assert len(response.content) < 2 * sampling.CHARACTERS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def test_sizes_below_the_caps_are_kept() -> None:
    """Below the caps, what a schema demands is drawn."""
    schema = {"type": "array", "minItems": 500, "items": {"type": "string", "minLength": 300}}
    with server.serve(mock_app.build(document(schema))) as url:
        drawn = httpx2.get(f"{url}/x", timeout=PATIENCE).json()
    assert (500, {300}) == (len(drawn), {len(text) for text in drawn})


def status(url: str, host: str | None) -> int:
    """Return the status of a request with this host, or without one."""
    address = httpx2.URL(url)
    named = "" if host is None else f"Host: {host}\r\n"
    with socket.create_connection((str(address.host), address.port or 0)) as connection:
        connection.sendall(f"GET /x HTTP/1.{0 if host is None else 1}\r\n{named}Connection: close\r\n\r\n".encode())
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("localhost.", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("evil.example:8080", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.168.1.5", 421),
        ("::1", 421),
        ("", 421),
        (None, 200),
    ],
)
def test_a_foreign_host_is_rejected(host: str | None, expected: int) -> None:
    """A browser may be led to send such a request; nothing is executed for it."""
    application = mock_app.build(document({"type": "integer"}))
    with server.serve(application) as url:
        assert expected == status(url, host)
    assert (expected == 200) == bool(application.state.requests)


def called_in_process(application: ASGIApp, path: str, host: str) -> httpx2.Response:
    """Return the response of an application that is called in the process."""

    async def get() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=application), base_url="http://x") as client:
            return await client.get(path, headers={"host": host})

    return asyncio.run(get())


@pytest.mark.parametrize(
    ("listening", "named", "host", "expected"),
    [
        ("127.0.0.2", (), "127.0.0.2:1", 200),
        ("mock.test", (), "mock.test", 200),
        ("mock.test", (), "other.test", 421),
        ("fd00::1", (), "[fd00::1]:80", 200),
        ("127.0.0.1", ("Mock.Test",), "mock.test:80", 200),
        ("0.0.0.0", (), "192.168.1.5:80", 200),
        ("0.0.0.0", (), "[fd00::1]", 200),
        ("::", (), socket.gethostname(), 200),
        ("0.0.0.0", (), "evil.example", 421),
        ("0.0.0.0", ("mock",), "mock:8080", 200),
    ],
)
def test_valid_names_of_the_server(listening: str, named: tuple[str, ...], host: str, expected: int) -> None:
    """Its listening address and its given names; if it listens everywhere, any address."""
    checked = HostCheck(PlainTextResponse("ok"), listening, named)
    response = called_in_process(checked, "/", host)
    assert expected == response.status_code
    assert expected == 200 or "--allow-host" in response.text


def test_in_process_calls_may_use_any_host() -> None:
    """No server checks it there, nor if the check is off."""
    application = mock_app.build(document({"type": "integer"}))
    assert 200 == called_in_process(application, "/x", "testserver").status_code
    with server.serve(application, any_host=True) as url:
        assert 200 == status(url, "api.example")


def test_recorded_bytes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long-running server keeps size and hash of every body, and the bytes of the first since its reset."""
    monkeypatch.setattr(recording, "ROOM", 10)
    with (
        server.serve(mock_app.build(document({"type": "string"}))) as base,
        httpx2.Client(base_url=base, timeout=PATIENCE) as client,
    ):
        for _ in range(2):
            for content in (b"123456", b"12345", b"1234", b"1"):
                client.post("/x", content=content)
            found = client.get("/__mock__/requests").json()
            assert [("123456", 6), (None, 5), ("1234", 4), (None, 1)] == [
                (each["body"], each["size"]) for each in found
            ]
            client.post("/__mock__/reset")
