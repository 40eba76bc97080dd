"""One mock server on a socket for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire_codegen.files.load import load
from specwire_codegen.mock import app as mock_app, server
from starlette.applications import Starlette

from tests.support.time_limit import PATIENCE


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """Document of the server."""
    return load(Path(__file__).with_name("document.yaml")).data


@pytest.fixture(scope="session")
def application(document: dict[str, Any]) -> Starlette:
    """Application of the server."""
    return mock_app.build(document)


@pytest.fixture(scope="session")
def url(application: Starlette) -> Iterator[str]:
    """Base URL of the running server."""
    with server.serve(application) as base:
        yield base


@pytest.fixture(scope="session")
def connected(url: str) -> Iterator[httpx2.Client]:
    """Client with a valid key; one for all tests, since a TLS context is slow to make."""
    with httpx2.Client(base_url=url, timeout=PATIENCE, headers={"authorization": "Bearer test-key"}) as http:
        yield http


@pytest.fixture
def client(connected: httpx2.Client) -> httpx2.Client:
    """Client with a valid key; the server's state is reset."""
    connected.post("/__mock__/reset")
    return connected
