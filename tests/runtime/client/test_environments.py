"""Servers of a document by name: keywords, environment variables, and the hint for a rejected key."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from specwire import AuthenticationError, ConfigurationError
from specwire.support import AsyncClient, Client, EmptyPayload, Operation, Provider, Request, Server, ServerVariable

PROVIDER = Provider(
    name="acme",
    version="1",
    base_url="https://cn.api.test",
    base_url_variable="ACME_BASE_URL",
    servers={
        "china": Server("https://cn.api.test"),
        "global": Server("https://global.api.test"),
        "region": Server("https://{region}.api.test/v2", variables={"region": ServerVariable("eu", ("eu", "us"))}),
        "own": Server("https://{host}.test", variables={"host": ServerVariable("a")}),
    },
    environment_variable="ACME_ENVIRONMENT",
)


class Acme(Client):
    _provider = PROVIDER


class AsyncAcme(AsyncClient):
    _provider = PROVIDER


CLIENTS = pytest.mark.parametrize("kind", [Acme, AsyncAcme])


@CLIENTS
@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://cn.api.test"),
        ({"environment": "global"}, "https://global.api.test"),
        ({"environment": "region"}, "https://eu.api.test/v2"),
        ({"environment": "region", "server_variables": {"region": "us"}}, "https://us.api.test/v2"),
        ({"server_variables": {"region": "us", "host": None}}, "https://us.api.test/v2"),
        ({"server_variables": {"host": "b"}}, "https://b.test"),
        ({"base_url": "https://localhost"}, "https://localhost"),
    ],
)
def test_a_server_is_chosen_by_name(kind: Any, options: dict[str, Any], url: str) -> None:
    """Variables alone choose the first server that has them."""
    assert url == kind(**options).base_url


@CLIENTS
@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"environment": "mars"}, "no environment 'mars': use one of china, global, region, own"),
        (
            {"environment": "china", "server_variables": {"region": "us"}},
            "the environment 'china' has no variables region",
        ),
        ({"server_variables": {"region": "us", "host": "b"}}, "no environment of .* has all variables region, host"),
        ({"environment": "region", "server_variables": {"region": "mars"}}, "region cannot be 'mars': use eu or us"),
        ({"environment": "global", "base_url": "https://x.test"}, "alternatives"),
    ],
)
def test_a_wrong_choice_is_refused(kind: Any, options: dict[str, Any], text: str) -> None:
    """The message lists what there is."""
    with pytest.raises(ConfigurationError, match=text):
        kind(**options)


@CLIENTS
def test_the_environment_names_a_server(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyword takes precedence, and so does the variable of the base URL."""
    monkeypatch.setenv("ACME_ENVIRONMENT", "global")
    assert "https://global.api.test" == kind().base_url
    assert "https://cn.api.test" == kind(environment="china").base_url
    monkeypatch.setenv("ACME_BASE_URL", "https://own.test")
    assert "https://own.test" == kind().base_url
    assert "https://global.api.test" == kind(environment="global").base_url


def test_the_class_lists_its_servers() -> None:
    """Also without a client."""
    assert ["china", "global", "region", "own"] == list(Acme.ENVIRONMENTS)
    assert Acme.ENVIRONMENTS == AsyncAcme.ENVIRONMENTS


@pytest.mark.parametrize(("url", "named"), [(None, True), ("https://proxy.test", False)])
def test_a_rejected_key_may_belong_to_another_server(url: str | None, named: bool) -> None:
    """Only if the rejecting server is one of the document's."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(401, json={"error": "bad key"}))
    request: Request[Any] = Request(Operation(id="ping", method="GET", path="/ping", returns=EmptyPayload()))
    with httpx2.Client(transport=transport) as own, Acme(http_client=own, base_url=url) as client:
        with pytest.raises(AuthenticationError) as raised:
            client.send(request)
    hint = "the key may belong to https://global.api.test (environment='global')"
    assert named == (hint in str(raised.value))
