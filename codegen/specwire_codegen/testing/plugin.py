"""Plugin of pytest with fixtures for mock servers and their clients; it imports nothing else until one is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pytest

if TYPE_CHECKING:
    from specwire import AsyncClient, Client

    from specwire_codegen.testing.documents import Document
    from specwire_codegen.testing.mock_server import MockServer

    C = TypeVar("C", bound=Client | AsyncClient)
else:
    C = TypeVar("C")


class MockServers(Protocol):
    """Type of the fixture `mock_server`."""

    def __call__(self, document: Document, **options: Any) -> MockServer:
        """Return the mock server of a document, the same one in the whole test."""
        ...


class MockClients(Protocol):
    """Type of the fixture `mock_client`."""

    def __call__(self, client: type[C], document: Document | None = None, **options: Any) -> C:
        """Return a client of the mock server of a document, by default of that which it was generated from."""
        ...


@pytest.fixture
def mock_server(request: pytest.FixtureRequest) -> Iterator[MockServers]:
    """Mock servers of documents: `mock_server("mistral")`, `mock_server(Mistral)` or `mock_server("openapi.yaml")`."""
    make = _imported()
    servers: dict[Any, MockServer] = {}

    def get(document: Document, **options: Any) -> MockServer:
        key = _key(document)
        if key not in servers or options:
            servers[key] = make(document, root=request.config.rootpath, **options)
        return servers[key]

    yield get
    for server in servers.values():
        server.close()


@pytest.fixture
def mock_client(mock_server: MockServers) -> MockClients:
    """Clients of mock servers: `mock_client(Mistral)`; `mock_server(Mistral)` is the server."""

    def get(client: type[C], document: Document | None = None, **options: Any) -> C:
        return mock_server(client if document is None else document).client(client, **options)

    return get


def _imported() -> Callable[..., MockServer]:
    try:
        from specwire_codegen.testing.mock_server import MockServer
    except ModuleNotFoundError as problem:
        pytest.fail(
            f"mock servers need {(problem.name or '').partition('.')[0]}: pip install 'specwire[mock]'", pytrace=False
        )
    return MockServer


def _key(document: Document) -> Any:
    """Return the key of a document: both classes of a client, and its provider's name, have one server."""
    if isinstance(document, type):
        return document.__module__
    return id(document) if isinstance(document, dict) else str(document)
