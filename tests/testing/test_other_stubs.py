"""Libraries that stub HTTP work with clients: responses that are loaded already, and applications in process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest
import respx
from fastapi import FastAPI, UploadFile
from fastapi.responses import Response, StreamingResponse
from fastapi.testclient import TestClient
from pytest_httpx import HTTPXMock
from specwire.testing import json_lines_bytes, sse_bytes

URL = "https://marina.example/v1"
PHOTO = b"\x89PNG" * 1000
BOATS = [{"id": "1", "name": "Rex"}, {"id": "2", "name": "Ada"}]
TYPES = {"/photo": "image/png", "/watch": "text/event-stream", "/log": "application/x-ndjson"}


def body(path: str) -> tuple[bytes | None, Any]:
    """Return the body of a response, as bytes or as JSON."""
    contents = {"/photo": PHOTO, "/watch": sse_bytes(BOATS), "/log": json_lines_bytes(BOATS)}
    found = next((content for end, content in contents.items() if path.endswith(end)), None)
    return (found, None) if found is not None else (None, BOATS)


def response(library: Any) -> Callable[[Any], Any]:
    """Return a handler for the `MockTransport` of a library."""

    def handle(request: Any) -> Any:
        request.read()
        if request.method == "PUT":
            return library.Response(204)
        content, json = body(request.url.path)
        if content is None:
            return library.Response(200, json=json)
        media = next(value for end, value in TYPES.items() if request.url.path.endswith(end))
        return library.Response(200, content=content, headers={"content-type": media})

    return handle


def make_every_call(client: Any, folder: Path) -> None:
    """Call, download to memory and to a file, stream, and upload."""
    assert ["Rex", "Ada"] == [each.name for each in client.boats.list()]
    assert PHOTO == client.boats.photo.retrieve("1").read()
    client.boats.photo.retrieve("1").save(folder / "photo.png")
    assert PHOTO == (folder / "photo.png").read_bytes()
    with client.boats.photo.retrieve("1") as download:
        assert PHOTO == b"".join(download.iter_bytes())
    with client.watch() as events:
        assert ["Rex", "Ada"] == [each.name for each in events]
    with client.log.retrieve() as lines:
        assert ["Rex", "Ada"] == [each.name for each in lines]
    client.boats.photo.update("1", file=folder / "photo.png")


async def make_every_call_asynchronously(client: Any) -> None:
    assert ["Rex", "Ada"] == [each.name for each in await client.boats.list()]
    assert PHOTO == await client.boats.photo.retrieve("1").read()
    async with client.watch() as events:
        assert ["Rex", "Ada"] == [each.name async for each in events]
    async with client.log.retrieve() as lines:
        assert ["Rex", "Ada"] == [each.name async for each in lines]


@pytest.mark.parametrize("library", [httpx2, httpx], ids=lambda library: library.__name__)
def test_mock_transports(library: Any, marina: ModuleType, tmp_path: Path) -> None:
    """`MockTransport` of httpx2 and httpx: its responses are loaded before a client reads them."""
    transport = library.MockTransport(response(library))
    make_every_call(marina.Marina("k", http_client=library.Client(transport=transport)), tmp_path)
    client = marina.AsyncMarina("k", http_client=library.AsyncClient(transport=transport))
    asyncio.run(make_every_call_asynchronously(client))


def test_hooks_that_read_responses(marina: ModuleType, tmp_path: Path) -> None:
    """A user's client may have hooks that load every response."""
    hooks = {"response": [lambda response: response.read()]}
    transport = httpx2.MockTransport(response(httpx2))
    make_every_call(marina.Marina("k", http_client=httpx2.Client(transport=transport, event_hooks=hooks)), tmp_path)


@pytest.fixture
def application() -> Iterator[TestClient]:
    """Application with the operations of the document."""
    app = FastAPI()

    @app.get("/v1/boats")
    def boats() -> list[dict[str, str]]:
        return BOATS

    @app.get("/v1/boats/{name}/photo")
    def photo(name: str) -> Response:
        return Response(PHOTO, media_type="image/png")

    @app.put("/v1/boats/{name}/photo", status_code=204)
    def store(name: str, file: UploadFile) -> None:
        assert PHOTO == file.file.read()

    @app.get("/v1/watch")
    def watch() -> StreamingResponse:
        return StreamingResponse((sse_bytes([boat]) for boat in BOATS), media_type="text/event-stream")

    @app.get("/v1/log")
    def log() -> StreamingResponse:
        return StreamingResponse((json_lines_bytes([boat]) for boat in BOATS), media_type="application/x-ndjson")

    with TestClient(app) as client:
        yield client


def test_applications_in_process(application: TestClient, marina: ModuleType, tmp_path: Path) -> None:
    """The test client of FastAPI and Starlette is an HTTP client."""
    client = marina.Marina("k", base_url="http://testserver/v1", http_client=application)
    make_every_call(client, tmp_path)
    transport = httpx2.ASGITransport(application.app)
    later = marina.AsyncMarina("k", http_client=httpx2.AsyncClient(transport=transport))
    asyncio.run(make_every_call_asynchronously(later))


def test_respx(marina: ModuleType, tmp_path: Path) -> None:
    """It replaces what httpx sends, so a client needs an `http_client` of httpx."""
    with respx.mock(assert_all_called=False) as router:
        router.route(host="marina.example").mock(side_effect=response(httpx))
        make_every_call(marina.Marina("k", http_client=httpx.Client()), tmp_path)
        later = marina.AsyncMarina("k", http_client=httpx.AsyncClient())
        asyncio.run(make_every_call_asynchronously(later))
        assert router.calls.call_count > 8


def test_pytest_httpx(marina: ModuleType, httpx_mock: HTTPXMock, tmp_path: Path) -> None:
    """It replaces the transports of httpx, so a client needs an `http_client` of httpx."""
    httpx_mock.add_callback(response(httpx), is_reusable=True)
    make_every_call(marina.Marina("k", http_client=httpx.Client()), tmp_path)
    asyncio.run(make_every_call_asynchronously(marina.AsyncMarina("k", http_client=httpx.AsyncClient())))
    assert {"Bearer k"} == {request.headers["authorization"] for request in httpx_mock.get_requests()}
