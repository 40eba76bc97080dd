"""One mock server for all tests of this folder, on a real socket."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire_codegen.files.load import load
from specwire_codegen.mock import app as mock_app, server
from starlette.applications import Starlette


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The document that is served."""
    return load(Path(__file__).with_name("document.yaml")).data


@pytest.fixture(scope="session")
def application(document: dict[str, Any]) -> Starlette:
    """The application behind the server."""
    return mock_app.build(document)


@pytest.fixture(scope="session")
def url(application: Starlette) -> Iterator[str]:
    """The base URL of the running server."""
    with server.serve(application) as base:
        yield base


@pytest.fixture(scope="session")
def connected(url: str) -> Iterator[httpx2.Client]:
    """A client with a good key; one for all tests, since making one costs a TLS context."""
    with httpx2.Client(base_url=url, headers={"authorization": "Bearer test-key"}) as http:
        yield http


@pytest.fixture
def client(connected: httpx2.Client) -> httpx2.Client:
    """A client with a good key, and a server without memories."""
    connected.post("/__mock__/reset")
    return connected
