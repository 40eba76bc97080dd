"""Fixtures of the runtime's tests: a scripted server, and clients of both kinds on both HTTP libraries.

`SPECWIRE_TEST_CALLERS=async-aiohttp` runs the tests on other clients than the four default ones.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import httpx
import pytest

from tests.support.caller import OTHERS, Caller
from tests.support.server import Server
from tests.support.time_limit import time_limit

CALLERS = os.environ.get("SPECWIRE_TEST_CALLERS", "sync-httpx2,async-httpx2,sync-httpx,async-httpx").split(",")
LONGEST = 25
"""Seconds for one test on another library, so that one that hangs does not stop the others."""


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """TLS context that all clients of the session share; making one is slow."""
    return httpx.create_ssl_context()


@pytest.fixture
def server() -> Iterator[Server]:
    """Scripted server."""
    with Server() as running:
        yield running


@pytest.fixture(params=CALLERS)
def caller(request: pytest.FixtureRequest, server: Server, tls: ssl.SSLContext) -> Iterator[Caller]:
    """Caller for each kind of client and each HTTP library; skips tests that are marked as `differs` for it."""
    kind, library = request.param.split("-")
    for marker in request.node.iter_markers("differs"):
        if library in marker.args or request.param in marker.args:
            pytest.skip(marker.kwargs["reason"])
    made = Caller(kind == "async", library, server.url, tls)
    with time_limit(LONGEST) if library in OTHERS else nullcontext():
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
