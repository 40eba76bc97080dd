"""Requests passed on to a live server, and its departures from the document."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock import provider
from specwire_codegen.mock.app import application
from specwire_codegen.mock.handler import Handler
from specwire_codegen.mock.proxy import Proxy, base_url
from specwire_codegen.mock.recording import LoggedRequest
from specwire_codegen.mock.server import serve

from tests.support.command_line import Specwire, command, project, specwire
from tests.support.time_limit import PATIENCE, eventually

__all__ = ["project", "specwire"]

THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
RESPONSE = {
    "description": "d",
    "headers": {"X-Limit": {"required": True, "schema": {"type": "string"}}},
    "content": {"application/json": {"schema": THING}},
}
EVENTS = {
    "type": "object",
    "properties": {"data": {"type": "string", "contentMediaType": "application/json", "contentSchema": THING}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/v1/thing": {
            "get": {"operationId": "getThing", "responses": {"200": RESPONSE, "4XX": {"description": "d"}}},
            "post": {"operationId": "addThing", "responses": {"201": RESPONSE}},
        },
        "/v1/items/{itemId}": {
            "post": {
                "operationId": "changeItem",
                "parameters": [
                    {"name": "itemId", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
                    },
                },
                "responses": {"200": RESPONSE, "4XX": {"description": "d", "content": {"application/json": {}}}},
            }
        },
        "/v1/watch": {
            "get": {
                "operationId": "watch",
                "responses": {"200": {"description": "d", "content": {"text/event-stream": {"itemSchema": EVENTS}}}},
            }
        },
    },
}


class Live(BaseHTTPRequestHandler):
    """Server that answers as a test says, and remembers what it received."""

    protocol_version = "HTTP/1.1"
    status = 200
    headers_out: ClassVar[dict[str, str]] = {}
    chunks: ClassVar[list[bytes]] = []
    received: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []
    go_on = threading.Event()

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.received.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.status)
        for name, value in self.headers_out.items():
            self.send_header(name, value)
        self.send_header("connection", "close")
        self.end_headers()
        for index, chunk in enumerate(self.chunks):
            if index:
                self.go_on.wait(PATIENCE)
            self.wfile.write(chunk)
            self.wfile.flush()
        self.close_connection = True

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def live() -> Iterator[str]:
    """URL of the live server."""
    Live.status, Live.headers_out, Live.chunks = (
        200,
        {"content-type": "application/json", "x-limit": "1"},
        [b'{"id":1}'],
    )
    Live.received.clear()
    Live.go_on.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Live) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def proxied(url: str) -> Iterator[tuple[httpx2.Client, list[LoggedRequest]]]:
    """Provide a client of a proxy to a server, and what the proxy reports."""
    handler, reported = Handler(provider.build(DOCUMENT, (), 0, None)), list[LoggedRequest]()
    with serve(application(handler, Proxy(handler, base_url(url), reported.append))) as base:
        with httpx2.Client(base_url=base, timeout=PATIENCE) as client:
            yield client, reported


def test_requests_and_responses_pass_unchanged(live: str) -> None:
    """With the client's own credentials, which no record shows; a valid response is not reported."""
    headers = {"authorization": "Bearer very-secret", "x-mine": "1", "content-type": "application/json"}
    Live.status = 201
    with proxied(live) as (client, reported):
        response = client.post("/v1/thing?a=b%20c", content=b'{"x":1}', headers=headers)
        page = client.get("/__mock__/").text
    assert (201, {"id": 1}, "1") == (response.status_code, response.json(), response.headers["x-limit"])
    ((method, path, sent, body),) = Live.received
    assert ("POST", "/v1/thing?a=b%20c", b'{"x":1}') == (method, path, body)
    assert ("Bearer very-secret", "1") == (sent["authorization"], sent["x-mine"])
    assert live.removeprefix("http://") == sent["host"]
    (logged,) = reported
    assert ("addThing", 201, ()) == (logged.operation_id, logged.status, logged.departures)
    assert "very-secret" not in str(logged) + page


@pytest.mark.parametrize(
    ("status", "media", "content", "departures"),
    [
        (200, "application/json", b'{"id":"one"}', ['body.id: the value is not of type "integer"']),
        (200, "application/json; charset=utf-8", b"{}", ['body: "id" is a required property']),
        (
            200,
            "application/json",
            b"{",
            ["the body is not JSON: Expecting property name enclosed in double quotes, at line 1 column 2"],
        ),
        (200, "text/html", b"<p>", ["content type 'text/html' is not declared: application/json"]),
        (200, "", b"x", ["a body without content type is not declared: application/json"]),
        (418, "text/plain", b"tea", ["content type 'text/plain' is not declared: none"]),
        (418, "", b"", []),
        (500, "application/json", b"{}", ["status 500 is not declared: 200, 4XX"]),
        (302, "text/html", b"", ["status 302 is not declared: 200, 4XX"]),
    ],
)
def test_departures_are_reported(live: str, status: int, media: str, content: bytes, departures: list[str]) -> None:
    """Status, content type and the place in the schema; the values are not repeated."""
    Live.status, Live.chunks = status, [content]
    Live.headers_out = {"x-limit": "1", **({"content-type": media} if media else {})}
    if status == 302:
        Live.headers_out |= {"location": "http://127.0.0.1:9/elsewhere"}
    with proxied(live) as (client, reported):
        response = client.get("/v1/thing")
        assert (status, content) == (response.status_code, response.content)
        assert departures == client.get("/__mock__/requests").json()[0]["departures"]
    assert [tuple(departures)] == [each.departures for each in reported] and 1 == len(Live.received)


def test_a_missing_header_is_reported(live: str) -> None:
    """If the document requires it."""
    Live.headers_out = {"content-type": "application/json"}
    with proxied(live) as (client, reported):
        client.get("/v1/thing")
    assert ("header X-Limit is required",) == reported[0].departures


def test_streams_pass_unbuffered(live: str) -> None:
    """The first event arrives before the second is sent; each is checked."""
    Live.headers_out = {"content-type": "text/event-stream"}
    Live.chunks = [
        b'data: {"id":1}\r\n\r\n',
        b'data: {"id"',
        b':"x"}\n\ndata: [DONE]\n\ndata: {"id":"y"}\n\ndata: no\n\n',
    ]
    with proxied(live) as (client, reported):
        with client.stream("GET", "/v1/watch") as response:
            parts = response.iter_raw()
            assert b'data: {"id":1}\r\n\r\n' == next(parts)
            assert [] == reported
            Live.go_on.set()
            assert b"".join(Live.chunks[1:]) == b"".join(parts)
        eventually(lambda: reported)
    assert (
        'event.id: the value is not of type "integer"',
        "event: the data is not JSON: Expecting value, at line 1 column 1",
    ) == reported[0].departures


def test_a_broken_or_absent_server_is_reported(live: str) -> None:
    """The client sees a broken connection, or 502."""
    Live.headers_out |= {"content-length": "100"}
    with proxied(live) as (client, reported):
        with pytest.raises(httpx2.TransportError, match="peer closed connection"):
            client.get("/v1/thing")
        eventually(lambda: reported)
    assert "connection of the server broke" in reported[0].reason
    with proxied("http://127.0.0.1:9") as (client, _):
        response = client.get("/v1/thing")
        assert 502 == response.status_code
        assert "http://127.0.0.1:9 cannot be reached: ConnectError" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/v1/items/5?limit=x", b'{"name":"a"}', 'request: query.limit: the value is not of type "integer"'),
        ("/v1/items/five?limit=1", b'{"name":"a"}', 'request: path.itemId: the value is not of type "integer"'),
        ("/v1/items/5", b'{"name":"a"}', "request: query.limit: the parameter is required"),
        ("/v1/items/5?limit=1", b'{"name":1}', 'request: body.name: the value is not of type "string"'),
        ("/v1/items/5?limit=1", b"{", "request: the body is not JSON: "),
        ("/v1/items/5?limit=1", b"", "request: the body is not JSON: "),
    ],
)
def test_a_wrong_request_is_reported(live: str, path: str, body: bytes, expected: str) -> None:
    """And passed on unchanged; values and credentials are in no report."""
    Live.status = 400
    headers = {"content-type": "application/json", "authorization": "Bearer very-secret"}
    with proxied(live) as (client, reported):
        assert 400 == client.post(path, content=body, headers=headers).status_code
        page = client.get("/__mock__/").text
        assert reported[0].departures == tuple(client.get("/__mock__/requests").json()[0]["departures"])
    (departure,) = reported[0].departures
    assert departure.startswith(expected)
    assert expected.partition('"')[0].strip() in page and "very-secret" not in page
    assert (path, body) == (Live.received[0][1], Live.received[0][3])


def test_a_valid_request_is_not_reported(live: str) -> None:
    """With undeclared query parameters, which servers ignore."""
    with proxied(live) as (client, reported):
        client.post("/v1/items/5?limit=1&trace=x", json={"name": "a"})
    assert () == reported[0].departures


def test_undeclared_paths_pass_too(live: str) -> None:
    """Without a check."""
    with proxied(live) as (client, reported):
        assert 200 == client.get("/elsewhere").status_code
    assert (None, ()) == (reported[0].operation_id, reported[0].departures)


@pytest.mark.parametrize(
    "url", ["api.example.com", "ftp://a.test", "https://", "https://a.test?x=1", "https://u:hush@a.test", "http://a:b"]
)
def test_an_unusable_url_is_an_error(url: str) -> None:
    """Without the password."""
    with pytest.raises(SpecwireCodegenError) as caught:
        base_url(url)
    assert "hush" not in str(caught.value)


def test_the_command_reports_departures(project: Path, specwire: Specwire, live: str) -> None:
    """One line each; options of the mock are refused."""
    Path("live.json").write_text(json.dumps(DOCUMENT), "utf-8")
    code, _, err = specwire("mock", "live.json", "--proxy", live, "--profile", "down")
    assert 2 == code and "leave out --profile" in err
    Live.chunks = [b"{}"]
    words = ("mock", "live.json", "--port", "0", "--proxy", live)
    with subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None and served.stderr is not None
        line = served.stdout.readline()
        assert line.endswith(f", passes requests on to {live}\n")
        assert {} == httpx2.get(f"{line.split()[2].rstrip(',')}/v1/thing", timeout=PATIENCE).json()
        line = served.stderr.readline()
        assert 'departure: GET /v1/thing (getThing) 200: body: "id" is a required property\n' == line
        served.send_signal(signal.SIGINT)
        assert 0 == served.wait(PATIENCE)
