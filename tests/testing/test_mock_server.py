"""Mock servers in tests: clients, failures, delays, set responses and recorded requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from specwire.errors import APIConnectionError, APITimeoutError, ServerError, UnprocessableEntityError
from specwire.testing import MockServer, json_lines_bytes, sse_bytes
from specwire_clients.mistral import AsyncMistral, Mistral
from specwire_clients.mistral.models import UserMessage
from specwire_codegen.diagnostics import SpecwireCodegenError

HI = [UserMessage(content="Hi")]


@pytest.fixture
def mock(marina: ModuleType, folder: Path) -> Iterator[MockServer]:
    """Mock server of the document of a generated client."""
    with MockServer(marina.Marina, root=folder) as server:
        yield server


@pytest.fixture(params=["in process", "socket"])
def client(mock: MockServer, marina: ModuleType, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Client of the mock server."""
    with mock.client(marina.Marina, socket=request.param == "socket", max_retries=1) as one:
        yield one


def test_what_a_client_creates_can_be_read_listed_and_deleted(client: Any, mock: MockServer) -> None:
    """And is recorded without credentials."""
    boat = client.boats.create(name="Rex")
    assert boat.name == client.boats.retrieve(boat.id).name == "Rex"
    assert boat.id in [each.id for each in client.boats.list()]
    client.boats.delete(boat.id)
    created, *_, deleted = mock.requests
    assert ("POST", "/boats", 201, {"name": "Rex"}) == (created.method, created.path, created.status, created.json)
    assert ("deleteBoat", 204, "Bearer ***") == (deleted.operation_id, deleted.status, deleted.header("authorization"))


def test_failures_are_limited_in_number(client: Any, mock: MockServer) -> None:
    """Then the request succeeds, so that a test sees the retries."""
    mock.fail("listBoats", status=503, retry_after=0, times=1)
    assert client.boats.list()
    assert [503, 200] == [each.status for each in mock.requests]


def test_failures_of_all_operations_last_until_reset(client: Any, mock: MockServer) -> None:
    """The status is 503 by default."""
    mock.fail(retry_after=0)
    with pytest.raises(ServerError, match="HTTP 503"):
        client.boats.list()
    mock.reset()
    assert client.boats.list() and 1 == len(mock.requests)


@pytest.mark.parametrize("cut", ["headers", "body"])
def test_connections_can_be_closed(client: Any, mock: MockServer, cut: Any) -> None:
    """It is retried; without success, it is an error of the connection."""
    mock.fail("listBoats", cut=cut, times=1)
    assert client.boats.list()
    mock.fail("listBoats", cut=cut)
    with pytest.raises(APIConnectionError, match="no response from"):
        client.boats.list()


def test_delays_lead_to_timeouts(client: Any, mock: MockServer) -> None:
    """As with a slow server."""
    mock.delay(0.1, "listBoats", times=1)
    started = time.monotonic()
    assert client.boats.list() and time.monotonic() - started >= 0.1
    mock.delay(5)
    with pytest.raises(APITimeoutError, match="no response in time"):
        client.with_options(timeout=0.05, max_retries=0).boats.list()


def test_responses_can_be_set(client: Any, mock: MockServer) -> None:
    """Those for a number of requests come first, then the latest other one."""
    mock.respond("GET /boats", json=[{"name": "always"}])
    mock.respond("listBoats", json=[{"name": "first"}], times=1)
    mock.respond("listBoats", json=[{"name": "second"}], times=1)
    assert ["first", "second", "always", "always"] == [client.boats.list()[0].name for _ in range(4)]


def test_invalid_requests_are_rejected_in_spite_of_a_set_response(client: Any, mock: MockServer) -> None:
    """So that a test finds what a real server would reject."""
    mock.respond("createBoat", json={"id": "1", "name": "Rex"})
    with pytest.raises(UnprocessableEntityError, match="HTTP 4"):
        client.boats.create(name=1)
    assert ["body.name"] == [str(each).partition(":")[0] for each in mock.requests[-1].violations]


def test_downloads_can_be_set(client: Any, mock: MockServer, tmp_path: Path) -> None:
    """As bytes, to memory and to a file."""
    mock.respond("getPhoto", content=b"png" * 1000)
    assert b"png" * 1000 == client.boats.photo.retrieve("1").read()
    client.boats.photo.retrieve("1").save(tmp_path / "photo.png")
    assert b"png" * 1000 == (tmp_path / "photo.png").read_bytes()
    client.boats.photo.update("1", file=tmp_path / "photo.png")
    assert [200, 200, 204] == [each.status for each in mock.requests]


def test_streams_can_be_set(client: Any, mock: MockServer) -> None:
    """As events or lines, in the media type of the document."""
    mock.respond("watch", stream=[{"name": "a"}, {"name": "b"}])
    mock.respond("readLog", stream=[{"name": "c"}])
    with client.watch() as events:
        assert ["a", "b"] == [event.name for event in events]
    with client.log.retrieve() as lines:
        assert ["c"] == [line.name for line in lines]


def test_statuses_headers_and_texts_can_be_set(mock: MockServer) -> None:
    """With any HTTP client, too."""
    mock.respond("deleteBoat")
    mock.respond("getBoat", text="teapot", status=418, headers={"X-Pot": "tea"}, media_type="text/html")
    with httpx2.Client(
        transport=mock.transport, base_url="http://any", headers={"authorization": "Bearer test-key"}
    ) as http:
        response = http.get("/v1/boats/1")
        assert (418, "teapot", "tea", "text/html") == (
            response.status_code,
            response.text,
            response.headers["x-pot"],
            response.headers["content-type"],
        )
        assert (204, b"") == ((gone := http.delete("/boats/1")).status_code, gone.content)
        assert b"" == http.head("/boats").content


@pytest.mark.parametrize("socket", [False, True])
def test_asynchronous_clients(socket: bool) -> None:
    """The same server for both kinds of clients."""

    async def calls(mock: MockServer) -> None:
        async with mock.client(AsyncMistral, socket=socket) as client:
            mock.fail("list_models", status=500, times=1)
            assert (await client.models.list()).data
            async with client.chat.stream(model="m", messages=HI) as events:
                assert [event async for event in events]
            uploaded = await client.files.upload(file=b"abc")
            assert b"abc" == await client.files.download(uploaded.id).read()

    with MockServer("mistral") as mock:
        asyncio.run(calls(mock))
        with mock.client(Mistral, socket=socket) as client, client.chat.stream(model="m", messages=HI) as events:
            assert list(events)
        assert [500, 200] == [each.status for each in mock.requests][:2]


def test_invalid_use_is_an_error(mock: MockServer, marina: ModuleType, tmp_path: Path) -> None:
    """It says what to do."""
    with pytest.raises(SpecwireCodegenError, match="no operation 'listBoat': did you mean 'listBoats'"):
        mock.fail("listBoat")
    with pytest.raises(TypeError, match="one of json, text, content and stream"):
        mock.respond("listBoats", json=1, text="a")
    with pytest.raises(
        SpecwireCodegenError, match=r'pass its path, as in mock_client\(Marina, document="openapi.yaml"\)'
    ):
        MockServer(marina.Marina, root=tmp_path)
    with pytest.raises(SpecwireCodegenError, match="unknown provider 'nobody'"):
        MockServer("nobody")
    with pytest.raises(SpecwireCodegenError, match="write it like 100ms"):
        MockServer("mistral", latency="soon")


def test_a_document_can_be_a_path_or_a_value(folder: Path, marina: ModuleType) -> None:
    """Or the class of a client, whose manifest has the digest of its document."""
    response = {"200": {"description": "d", "content": {"application/json": {"schema": {"const": 1}}}}}
    with MockServer({"paths": {"/x": {"get": {"operationId": "x", "responses": response}}}}) as mock:
        assert 1 == httpx2.get(f"{mock.url}/x").json()
        assert "1 operation." in httpx2.get(mock.url).text
    for document in (folder / "openapi.yaml", "openapi.yaml", marina.Marina, marina.AsyncMarina):
        with MockServer(document, root=folder) as mock, mock.client(marina.Marina) as client:
            assert client.boats.list()


def test_bodies_of_streams() -> None:
    """Values as JSON, texts unchanged, fields of events, and a terminator."""
    events: list[Any] = [{"a": 1}, "two\nlines", {"data": {"b": "ü"}, "event": "e", "id": 7}, [1]]
    assert (
        'data: {"a":1}\n\ndata: two\ndata: lines\n\nevent: e\nid: 7\ndata: {"b":"ü"}\n\ndata: [1]\n\ndata: [DONE]\n\n'
    ).encode() == sse_bytes(events, terminator="[DONE]")
    assert b'{"a":1}\n"x"\n' == json_lines_bytes([{"a": 1}, "x"])
    with pytest.raises(ValueError, match="line break"):
        sse_bytes([{"data": "x", "event": "a\ndata: forged"}])
