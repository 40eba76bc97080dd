"""Raw responses of the older generation of SDKs, of which an asynchronous client awaits nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire.compat import LegacyAPIResponse
from specwire_codegen.diagnostics import SpecwireCodegenError

from tests.compat.harbour import HERE, PACKAGE, SHIP, Server, events, generate, imported

SETTING = "legacy_responses = true\n"
SSE = {"content-type": "text/event-stream"}
USER = """\
from harbour import AsyncHarbour, AsyncStream, Harbour
from harbour.types import Ship


async def calls(client: AsyncHarbour) -> None:
    ship: Ship = (await client.ships.with_raw_response.retrieve("1")).parse()
    text: str = (await client.ships.with_raw_response.retrieve("1")).text
    async for each in (await client.ships.with_raw_response.list()).parse():
        ship = each
    stream = (await client.messages.with_raw_response.create(text="hi", stream=True)).parse()
    async for piece in stream:
        print(piece, ship, text)


def call(client: Harbour) -> Ship:
    return client.ships.with_raw_response.retrieve("1").parse()
"""


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package of the client."""
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == PACKAGE}
    for name in kept:
        del sys.modules[name]
    folder = tmp_path_factory.mktemp("legacy")
    yield imported(folder, SETTING)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.modules.update(kept)


def opened(package: Any, server: Server) -> Any:
    """Return an asynchronous client of a server."""
    http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(server))
    return package.AsyncHarbour(api_key="secret-key", http_client=http_client, max_retries=0)


def test_nothing_of_an_asynchronous_response_is_awaited(legacy: Any) -> None:
    server = Server()
    server.on("GET", "/ships/3f1e", SHIP)
    server.on("GET", "/ships", {"data": [SHIP], "has_more": False})
    server.on("POST", "/messages", content=events('{"delta": "a"}', "[DONE]"), headers=SSE)

    async def calls() -> None:
        async with opened(legacy, server) as client:
            response = await client.ships.with_raw_response.retrieve("3f1e")
            assert isinstance(response, LegacyAPIResponse) and response.is_closed
            assert response.parse().name == "Rex" and response.parse() is response.parse()
            assert response.parse(to=dict)["id"] == "3f1e" and response.status_code == 200
            assert '"Rex"' in response.text and response.content.startswith(b"{")
            page = (await client.ships.with_raw_response.list()).parse()
            assert [ship.id async for ship in page] == ["3f1e"] and not page.has_next_page()
            stream = (await client.messages.with_raw_response.create(text="hi", stream=True)).parse()
            assert [piece.delta async for piece in stream] == ["a"]

    asyncio.run(calls())


def test_open_responses_are_awaited_as_in_the_newer_generation(legacy: Any) -> None:
    server = Server()
    server.on("GET", "/ships/3f1e", SHIP)

    async def calls() -> None:
        async with opened(legacy, server) as client:
            async with client.ships.with_streaming_response.retrieve("3f1e") as response:
                assert (await response.parse()).name == "Rex"

    asyncio.run(calls())


def test_a_synchronous_client_has_the_same_responses(legacy: Any) -> None:
    server = Server()
    server.on("GET", "/ships/3f1e", SHIP)
    server.on("POST", "/messages", content=events('{"delta": "a"}', "[DONE]"), headers=SSE)
    with httpx2.Client(transport=httpx2.MockTransport(server)) as http_client:
        client = legacy.Harbour(api_key="secret-key", http_client=http_client, max_retries=0)
        response = client.ships.with_raw_response.retrieve("3f1e")
        assert response.parse().name == "Rex" and '"Rex"' in response.text
        raw = client.messages.with_raw_response.create(text="hi", stream=True)
        assert [piece.delta for piece in raw.parse()] == ["a"]


def test_a_wrong_body_raises_when_it_is_parsed(legacy: Any) -> None:
    server = Server()
    server.on("GET", "/ships/3f1e", content=b"{", headers={"content-type": "application/json"})

    async def calls() -> None:
        async with opened(legacy, server) as client:
            response = await client.ships.with_raw_response.retrieve("3f1e")
            for _ in range(2):
                with pytest.raises(legacy.APIError, match="the response is not JSON"):
                    response.parse()

    asyncio.run(calls())


def test_the_setting_is_true_or_false(tmp_path: Path) -> None:
    with pytest.raises(SpecwireCodegenError, match="legacy_responses must be true or false"):
        generate(tmp_path, "legacy_responses = 1\n")


@pytest.mark.slow
def test_type_checkers_see_the_responses(tmp_path: Path) -> None:
    generate(tmp_path, SETTING)
    (tmp_path / "user.py").write_text(USER, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.11", "harbour", "user.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(HERE.parents[1] / "runtime")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
