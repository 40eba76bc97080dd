"""The client of this folder, with a scripted server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.compat.harbour import PACKAGE, Server, imported


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package of the client."""
    folder = tmp_path_factory.mktemp("compat")
    yield imported(folder)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def server() -> Server:
    """A server without answers."""
    return Server()


@pytest.fixture
def client(package: Any, server: Server) -> Iterator[Any]:
    """A synchronous client of the server."""
    with httpx2.Client(transport=httpx2.MockTransport(server)) as http_client:
        with package.Harbour(api_key="secret-key", http_client=http_client, max_retries=0) as client:
            yield client


@pytest.fixture
def async_client(package: Any, server: Server) -> Any:
    """An asynchronous client of the server."""
    http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(server))
    return package.AsyncHarbour(api_key="secret-key", http_client=http_client, max_retries=0)
