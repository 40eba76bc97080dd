"""Fixtures of the runtime's tests: a scripted server, and clients of both kinds on both HTTP libraries."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.caller import Caller
from tests.support.server import Server


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """TLS context that all clients of the session share; making one is slow."""
    return httpx.create_ssl_context()


@pytest.fixture
def server() -> Iterator[Server]:
    """Scripted server."""
    with Server() as running:
        yield running


@pytest.fixture(params=["sync-httpx2", "async-httpx2", "sync-httpx", "async-httpx"])
def caller(request: pytest.FixtureRequest, server: Server, tls: ssl.SSLContext) -> Iterator[Caller]:
    """Caller for each kind of client and each HTTP library."""
    kind, library = request.param.split("-")
    made = Caller(kind == "async", library, server.url, tls)
    yield made
    made.finish()


@pytest.fixture
def client(caller: Caller) -> Any:
    """Client of the scripted server that retries without waiting."""
    return caller.client()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the machine's own settings from the environment."""
    for name in ("SAMPLE_API_KEY", "SAMPLE_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
