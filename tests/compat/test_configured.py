"""A client configured by Stainless: arguments, bodies, pages, events and responses."""

from __future__ import annotations

import asyncio
import base64
import inspect
import sys
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire_codegen.generate import build
from specwire_codegen.new import new
from specwire_codegen.output.package import write
from specwire_codegen.project import provider

from tests.compat.harbour import Server

HERE = Path(__file__).parent / "depot"


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package of the client, from a document and a configuration."""
    root = tmp_path_factory.mktemp("depot")
    made = new(root, "depot", str(HERE / "openapi.yaml"), today=date(2026, 1, 1), config=HERE / "stainless.yml")
    assert [] == [str(each) for each in made.warnings if each.code == "config-not-carried"]
    target = provider(root, "depot")
    write(target.output, build(target).files)
    sys.path.insert(0, str(target.output.parent))
    yield import_module("depot")
    sys.path.remove(str(target.output.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "depot"]:
        del sys.modules[name]


@pytest.fixture
def server() -> Server:
    """A server without answers."""
    return Server()


@pytest.fixture
def make(depot: Any, server: Server) -> Callable[..., Any]:
    """Returns clients of the server."""

    def made(**options: Any) -> Any:
        keys = {"username": "ann", "password": "p"}
        return depot.Depot(**keys | options, http_client=httpx2.Client(transport=httpx2.MockTransport(server)))

    return made


def test_two_arguments_make_one_credential(make: Callable[..., Any], server: Server) -> None:
    server.on("GET", "/crates/labels", {"data": []})
    make().crates.labels()
    wanted = base64.b64encode(b"ann:p").decode()
    assert server.requests[-1].headers["authorization"] == f"Basic {wanted}"


def test_a_part_of_a_credential_comes_from_the_environment(
    depot: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPOT_PASSWORD", "secret")
    with pytest.raises(depot.DepotError, match="username .*DEPOT_USER"):
        depot.Depot()
    monkeypatch.setenv("DEPOT_USER", "bob")
    client = depot.Depot(http_client=httpx2.Client(transport=httpx2.MockTransport(server)))
    server.on("GET", "/crates/labels", {"data": []})
    client.crates.labels()
    assert base64.b64decode(server.requests[-1].headers["authorization"].split()[1]) == b"bob:secret"
    assert "secret" not in repr(client)


def test_arguments_become_query_parameters_and_headers(make: Callable[..., Any], server: Server) -> None:
    server.on("GET", "/crates/labels", {"data": []})
    make(warehouse="w1").crates.labels()
    request = server.requests[-1]
    assert request.url.params["warehouse"] == "w1" and request.headers["depot-channel"] == "web"
    make(channel="shop").with_options(warehouse="w2").crates.labels(extra_query={"more": 1})
    request = server.requests[-1]
    assert request.url.params["warehouse"] == "w2" and request.url.params["more"] == "1"
    assert request.headers["depot-channel"] == "shop"
    make().crates.labels()
    assert "warehouse" not in server.requests[-1].url.params


def test_an_argument_fills_the_variable_of_the_server(
    depot: Any, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(make().base_url) == "https://eu.depot.example/v1/"
    assert str(make(region="us").base_url) == "https://us.depot.example/v1/"
    assert str(make(region="us").copy(region="eu").base_url) == "https://eu.depot.example/v1/"
    assert str(make(region="us", environment="local").base_url) == "http://localhost:4010/"
    assert str(make(region="us", base_url="https://own.example").base_url) == "https://own.example/"
    monkeypatch.setenv("DEPOT_BASE_URL", "https://set.example")
    assert str(make(region="us").base_url) == "https://set.example/"


def test_headers_come_from_the_configuration_and_the_environment(
    make: Callable[..., Any], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("GET", "/crates/labels", {"data": []})
    make().crates.labels()
    assert server.requests[-1].headers["depot-version"] == "2026-01-01"
    monkeypatch.setenv("DEPOT_CUSTOM_HEADERS", "X-One: 1\nDepot-Version : 2: b\nnothing\n")
    make().crates.labels()
    request = server.requests[-1]
    assert (request.headers["x-one"], request.headers["depot-version"]) == ("1", "2: b")
    make(default_headers={"x-one": "own"}).crates.labels()
    assert server.requests[-1].headers["x-one"] == "own"


def test_the_number_of_retries_is_that_of_the_configuration(make: Callable[..., Any]) -> None:
    assert make().max_retries == 1 and make(max_retries=5).max_retries == 5


def test_responses_are_unwrapped(depot: Any, make: Callable[..., Any], server: Server) -> None:
    client = make()
    server.on("GET", "/crates/labels", {"data": ["a", "b"]})
    assert client.crates.labels() == ["a", "b"] == client.crates.with_raw_response.labels().parse()
    assert client.crates.with_raw_response.labels().json() == {"data": ["a", "b"]}
    server.on("PUT", "/halls/h/crates/c", {"data": {"id": "c", "heldBy": "x", "new": 1}})
    crate = client.crates.move("h", "c", shelf="s")
    assert isinstance(crate, depot.types.Crate) and crate.held_by == "x" and crate.new == 1
    server.on("GET", "/crates/counts", {"data": [1], "took": 3})
    assert client.crates.counts().took == 3
    assert depot.types.CrateLabelsResponse == list[str]


def test_the_body_is_one_argument(depot: Any, make: Callable[..., Any], server: Server) -> None:
    server.on("POST", "/crates", {"data": {"id": "c"}})
    assert make().crates.create(crate={"label": "x", "held_by": "ann"}).id == "c"
    assert server.sent == {"label": "x", "heldBy": "ann"}
    assert "crate" in depot.types.CrateCreateParams.__annotations__


def test_the_listed_arguments_are_positional(make: Callable[..., Any], server: Server) -> None:
    server.on("PUT", "/halls/h/crates/c", {"data": {"id": "c"}})
    client = make()
    shown = inspect.signature(client.crates.move).parameters
    assert [name for name, one in shown.items() if one.kind is one.POSITIONAL_OR_KEYWORD] == [
        "hall_id",
        "crate_id",
        "shelf",
    ]
    client.crates.move("h", "c", "s", note="n")
    assert server.sent == {"shelf": "s", "note": "n"}


def _numbered(request: httpx2.Request) -> httpx2.Response:
    page = int(request.url.params.get("page", "1"))
    return httpx2.Response(200, json={"crates": [{"id": f"{page}a"}, {"id": f"{page}b"}], "total_pages": 3})


def _rows(request: httpx2.Request) -> httpx2.Response:
    start = int(request.url.params.get("offset", "0"))
    rows = [{"from": str(each)} for each in range(5)][start : start + 2]
    return httpx2.Response(200, json={"rows": rows, "count": 5})


def _linked(request: httpx2.Request) -> httpx2.Response:
    second = "at" in request.url.params
    following = None if second else "https://eu.depot.example/v1/halls?at=2"
    return httpx2.Response(200, json={"results": [{"name": "b" if second else "a"}], "next": following})


def _tokens(request: httpx2.Request) -> httpx2.Response:
    second = request.url.params.get("token") == "t"
    carts = [{"wheelCount": 4 if second else 2}]
    return httpx2.Response(200, json={"carts": carts, "meta": {"nextToken": None if second else "t"}})


LISTS = {
    "crates.list": ("/crates", _numbered, "id", ["1a", "1b", "2a", "2b", "3a", "3b"], "Numbered", {"page": 2}),
    "moves.list": ("/moves", _rows, "from_", ["0", "1", "2", "3", "4"], "Rows", {"offset": 2}),
    "halls.list": ("/halls", _linked, "name", ["a", "b"], "Linked", None),
    "crates.carts.list": ("/carts", _tokens, "wheel_count", [2, 4], "ByToken", {"token": "t"}),
}


@pytest.mark.parametrize("method", LISTS)
def test_each_style_of_pages_is_iterated_whole(
    depot: Any, make: Callable[..., Any], server: Server, method: str
) -> None:
    path, response, field, wanted, kind, following = LISTS[method]
    server.on("GET", path, response)
    listed = make()
    for name in method.split("."):
        listed = getattr(listed, name)
    page = listed()
    assert isinstance(page, getattr(depot.pagination, f"Sync{kind}"))
    assert [getattr(item, field) for item in page] == wanted
    assert [getattr(item, field) for each in listed().iter_pages() for item in each._get_page_items()] == wanted
    info = listed().next_page_info()
    assert (info.params if following is not None else info.url) == (
        following or "https://eu.depot.example/v1/halls?at=2"
    )
    last = page
    while last.has_next_page():
        last = last.get_next_page()
    with pytest.raises(depot.DepotError, match="No next page expected"):
        last.get_next_page()


@pytest.mark.parametrize("method", LISTS)
def test_each_style_of_pages_is_iterated_whole_by_an_asynchronous_client(
    depot: Any, server: Server, method: str
) -> None:
    path, response, field, wanted, kind, _ = LISTS[method]
    server.on("GET", path, response)

    async def main() -> None:
        http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(server))
        async with depot.AsyncDepot(username="a", password="b", http_client=http_client) as client:
            listed = client
            for name in method.split("."):
                listed = getattr(listed, name)
            assert [getattr(item, field) async for item in listed()] == wanted
            page = await listed()
            assert isinstance(page, getattr(depot.pagination, f"Async{kind}"))
            assert [getattr(item, field) async for item in page] == wanted

    asyncio.run(main())


def test_events_are_left_out_or_end_the_stream_by_their_name(make: Callable[..., Any], server: Server) -> None:
    frames = (
        'event: move\ndata: {"to": "a"}\n\n',
        'event: ping\ndata: {"to": "never"}\n\n',
        'event: move\ndata: {"to": "b"}\n\n',
        'event: bye\ndata: {"to": "never"}\n\n',
        'event: move\ndata: {"to": "late"}\n\n',
    )
    server.on("POST", "/watch", content="".join(frames).encode(), headers={"content-type": "text/event-stream"})
    with make().moves.watch(stream=True) as stream:
        assert [each.to for each in stream] == ["a", "b"]


OAUTH = """
resources: {crates: {methods: {labels: get /crates/labels}}}
security_schemes:
  Grant: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://login.example/token", scopes: {}}}}
security: [{Grant: []}]
client_settings:
  opts:
    client_id: {type: string, auth: {security_scheme: Grant, role: client_id}}
    client_secret: {type: string, auth: {security_scheme: Grant, role: client_secret}}
"""


def test_id_and_secret_of_a_program_get_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "stainless.yml"
    config.write_text(OAUTH)
    new(tmp_path, "granted", str(HERE / "openapi.yaml"), today=date(2026, 1, 1), config=config)
    target = provider(tmp_path, "granted")
    write(target.output, build(target).files)
    monkeypatch.syspath_prepend(str(target.output.parent))
    requests: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        token = {"access_token": "t", "token_type": "bearer", "expires_in": 60}
        return httpx2.Response(200, json=token if request.url.host == "login.example" else {"data": []})

    client = import_module("granted").Granted(
        client_secret="s", client_id="i", http_client=httpx2.Client(transport=httpx2.MockTransport(respond))
    )
    client.crates.labels()
    assert [each.url.host for each in requests] == ["login.example", "eu.depot.example"]
    assert requests[1].headers["authorization"] == "Bearer t"
    assert base64.b64decode(requests[0].headers["authorization"].split()[1]) == b"i:s"
