"""A client with `[compat]` is called like one that Stainless generated."""

from __future__ import annotations

import asyncio
import copy
import inspect
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import attrs
import httpx2
import pytest
from specwire.errors import SpecwireError
from specwire_codegen.generate import build
from specwire_codegen.project import single

from tests.compat.harbour import HERE, SHIP, Server, events, pages

ROOT = HERE.parents[1]


def run(action: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine function."""

    async def main() -> Any:
        return await action()

    return asyncio.run(main())


def test_the_last_path_parameter_is_positional_and_all_others_are_keywords(package: Any, client: Any) -> None:
    shown = inspect.signature(client.ships.crew.retrieve).parameters
    assert [name for name, one in shown.items() if one.kind is one.POSITIONAL_OR_KEYWORD] == ["member_id"]
    assert shown["ship_id"].kind is inspect.Parameter.KEYWORD_ONLY
    assert list(shown)[-4:] == ["extra_headers", "extra_query", "extra_body", "timeout"]


def test_an_empty_path_parameter_is_a_value_error_with_its_name(client: Any, server: Server) -> None:
    with pytest.raises(ValueError, match="Expected a non-empty value for `ship_id` but received ''"):
        client.ships.with_raw_response.retrieve("")
    assert not server.requests


def test_absent_fields_are_none_and_the_body_is_unchanged(client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", SHIP)
    ship = client.ships.retrieve("3f1e")
    assert ship.captain is None and ship.built_at is None and ship.home_port.depth_in_metres is None
    assert ship.model_fields_set == {"id", "name", "home_port"}
    assert ship.to_dict() == SHIP and ship.to_dict(use_api_names=False)["home_port"] == {"port_name": "Kiel"}
    assert ship.model_dump()["captain"] is None
    assert '"homePort"' in ship.to_json() and ship.model_dump_json(exclude_unset=True, by_alias=True).startswith("{")


def test_null_and_absent_differ_in_the_set_fields(package: Any) -> None:
    ship = package.types.Ship.model_validate({"id": "1", "name": "Rex", "captain": None})
    assert "captain" in ship.model_fields_set and ship.to_dict()["captain"] is None
    assert "captain" not in package.types.Ship(id="1", name="Rex").model_fields_set


def test_fields_that_the_document_lacks_are_attributes(client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", {**SHIP, "flag": {"colour": "red"}})
    ship = client.ships.retrieve("3f1e")
    assert ship.flag == {"colour": "red"} and ship.model_extra == {"flag": {"colour": "red"}}
    assert ship.to_dict()["flag"] == {"colour": "red"}
    with pytest.raises(AttributeError, match="no attribute 'mast'"):
        attrgetter("mast")(ship)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda ship: pickle.loads(pickle.dumps(ship))])
def test_copies_keep_what_the_document_does_not_declare(
    client: Any, server: Server, copied: Callable[[Any], Any]
) -> None:
    port = {"portName": "Kiel", "lamps": [1]}
    sent = {**SHIP, "homePort": port, "flag": {"colour": "red"}}
    server.on("GET", "/ships/3f1e", sent)
    ship = client.ships.retrieve("3f1e")
    made = copied(ship)
    assert made == ship and made.to_dict() == sent and made.captain is None
    assert made.home_port.lamps == [1] and ship.model_copy(update={"name": "Max"}).flag == {"colour": "red"}
    made.name = "Max"
    assert ship.name == "Rex"


@pytest.mark.parametrize("status", [409, 429, 503])
def test_a_refused_call_is_repeated(package: Any, server: Server, status: int) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        refused = len(server.requests) < 2
        return httpx2.Response(
            status if refused else 200, json={} if refused else SHIP, headers={"retry-after-ms": "1"}
        )

    server.on("POST", "/ships", refuse)
    client = package.Harbour(api_key="k", http_client=httpx2.Client(transport=httpx2.MockTransport(server)))
    if status == 503:  # it may have created the ship
        with pytest.raises(package.InternalServerError, match="Error code: 503"):
            client.ships.create(name="Rex")
    else:
        assert client.ships.create(name="Rex").id == "3f1e" and len(server.requests) == 2


def test_pages_have_the_methods_of_models(package: Any, client: Any, server: Server) -> None:
    server.on("GET", "/ships", pages())
    page = client.ships.list()
    assert isinstance(page, package.BaseModel) and page.to_dict()["data"][0] == {**SHIP, "id": "a"}
    assert page.model_dump()["has_more"] is True and '"took": 3' in page.to_json()
    assert page.model_fields_set == {"data", "has_more", "took"} and page.model_extra == {"took": 3}


def test_construct_takes_any_value(package: Any) -> None:
    ship = package.types.Ship.construct(id=3, name=None, home_port={"port_name": "Kiel"})
    assert ship.id == 3 and ship.to_dict() == {"id": 3, "name": None, "homePort": {"port_name": "Kiel"}}


@pytest.mark.parametrize("names", ["python", "wire"])
def test_nested_values_have_the_names_of_fields_or_of_the_api(client: Any, server: Server, names: str) -> None:
    server.on("POST", "/ships", SHIP)
    built = datetime(2020, 1, 2, tzinfo=UTC)
    port = (
        {"port_name": "Kiel", "depth_in_metres": 3} if names == "python" else {"portName": "Kiel", "depthInMetres": 3}
    )
    oil = {"kind": "oil", "flash_point" if names == "python" else "flashPoint": 60}
    client.ships.create(name="Rex", built_at=built, home_port=port, cargo=[oil, {"kind": "grain", "net_weight": 2}])
    assert server.sent == {
        "name": "Rex",
        "builtAt": "2020-01-02T00:00:00Z",
        "homePort": {"portName": "Kiel", "depthInMetres": 3},
        "cargo": [{"kind": "oil", "flashPoint": 60}, {"kind": "grain", "netWeight": 2}],
    }


def test_a_model_of_a_response_can_be_sent_back(package: Any, client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", SHIP)
    server.on("POST", "/ships", SHIP)
    client.ships.create(name="Rex", home_port=client.ships.retrieve("3f1e").home_port, extra_body={"more": 1})
    assert server.sent == {"name": "Rex", "homePort": {"portName": "Kiel"}, "more": 1}


def test_each_call_takes_headers_query_body_and_timeout(package: Any, client: Any, server: Server) -> None:
    server.on("POST", "/ships", SHIP)
    client.ships.create(
        name="Rex",
        extra_headers={"X-One": "1", "x-stainless-lang": package.Omit()},
        extra_query={"two": [2, 3]},
        extra_body={"three": 3},
        timeout=package.Timeout(4, connect=2),
    )
    request = server.requests[-1]
    assert request.headers["x-one"] == "1" and "x-stainless-lang" not in request.headers
    assert request.url.params.get_list("two") == ["2", "3"] if hasattr(request.url.params, "get_list") else True
    assert server.sent == {"name": "Rex", "three": 3}
    assert float(request.extensions["timeout"]["connect"]) == 2 and float(request.extensions["timeout"]["read"]) == 4


def test_arguments_that_are_not_given_are_not_sent(package: Any, client: Any, server: Server) -> None:
    server.on("POST", "/ships", SHIP)
    client.ships.create(name="Rex", built_at=package.NOT_GIVEN, home_port=package.omit, timeout=package.NOT_GIVEN)
    assert server.sent == {"name": "Rex"}


def test_an_argument_named_like_an_option_has_a_prefix(client: Any, server: Server) -> None:
    server.on("POST", "/messages", {"text": "ho"})
    client.messages.create(text="hi", api_timeout=3, timeout=9)
    assert server.sent == {"text": "hi", "timeout": 3}


def test_raw_responses_are_read_and_parse_to_the_value(client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", content=b'{"id": "3f1e", "name": "Rex"}', headers={"x-request-id": "r1"})
    response = client.ships.with_raw_response.retrieve("3f1e")
    assert response.is_closed and response.status_code == 200 and response.headers["x-request-id"] == "r1"
    assert response.http_request.headers["X-Stainless-Lang"] == "python" and response.retries_taken == 0
    assert response.method == "GET" and response.request_id == "r1" and response.url.path == "/v1/ships/3f1e"
    assert response.parse().name == "Rex" and response.parse() is response.parse()
    assert response.json()["name"] == "Rex" and "Rex" in response.text() and response.read()[:1] == b"{"
    assert response.parse(to=dict[str, str])["id"] == "3f1e" and response.http_response.json()["id"] == "3f1e"


def test_streaming_responses_are_read_inside(client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", SHIP)
    with client.with_streaming_response.ships.retrieve("3f1e") as response:
        assert not response.is_closed
        assert b"".join(response.iter_bytes())[:1] == b"{"
    assert response.is_closed
    with client.ships.with_streaming_response.retrieve("3f1e") as response:
        assert response.parse().name == "Rex"


def test_an_asynchronous_client_has_the_same_forms(async_client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", SHIP)

    async def calls() -> None:
        async with async_client as client:
            assert (await client.ships.retrieve("3f1e")).name == "Rex"
            response = await client.ships.with_raw_response.retrieve("3f1e")
            assert response.is_closed and (await response.parse()).name == "Rex"
            async with client.ships.with_streaming_response.retrieve("3f1e") as opened:
                assert not opened.is_closed and (await opened.json())["name"] == "Rex"
            assert opened.is_closed
        assert client.is_closed()

    run(calls)


def test_nothing_is_returned_without_content(client: Any, server: Server) -> None:
    server.on("DELETE", "/ships/3f1e", status=204, content=b"")
    assert client.ships.delete("3f1e") is None
    assert client.ships.with_raw_response.delete("3f1e").parse() is None


def test_the_switch_selects_a_stream(package: Any, client: Any, server: Server) -> None:
    body = events('{"delta": "a"}', '{"delta": "b", "usage": {"words": 2}}', "[DONE]")
    server.on("POST", "/messages", content=body, headers={"content-type": "text/event-stream"})
    with client.messages.create(text="hi", stream=True) as stream:
        assert isinstance(stream, package.Stream)
        pieces = list(stream)
    assert [piece.delta for piece in pieces] == ["a", "b"] and server.sent == {"text": "hi", "stream": True}
    assert [piece.usage.words for piece in pieces if piece.usage is not None] == [2]
    raw = client.messages.with_raw_response.create(text="hi", stream=True)
    assert [piece.delta for piece in raw.parse()] == ["a", "b"]
    stream = client.messages.create(text="hi", stream=True)
    stream.response.close()
    assert stream.response.is_closed
    server.on("POST", "/messages", {"text": "ho"})
    assert client.messages.create(text="hi", stream=False).text == "ho" and server.sent["stream"] is False
    assert client.messages.create(text="hi").text == "ho" and "stream" not in server.sent


def test_an_asynchronous_stream_is_open_once_awaited(async_client: Any, server: Server) -> None:
    server.on(
        "POST", "/messages", content=events('{"delta": "a"}', "[DONE]"), headers={"content-type": "text/event-stream"}
    )

    async def calls() -> None:
        async with async_client as client:
            stream = await client.messages.create(text="hi", stream=True)
            assert stream.response.status_code == 200
            assert [piece.delta async for piece in stream] == ["a"]
            await stream.close()

    run(calls)


def test_pages_iterate_over_all_items(package: Any, client: Any, server: Server) -> None:
    server.on("GET", "/ships", pages())
    page = client.ships.list(limit=2)
    assert isinstance(page, package.pagination.SyncCursorPage) and page.has_more is True
    assert isinstance(page, package.pagination.SyncCursorPage[package.types.Ship])
    assert [ship.id for ship in page.data] == ["a", "b"] and page.took == 3 and len(server.requests) == 1
    assert page.has_next_page() and page.next_page_info().params == {"after": "b"}
    following = page.get_next_page()
    assert [ship.id for ship in following.data] == ["c"] and not following.has_next_page()
    assert page.get_next_page().data[0].id == "c"
    with pytest.raises(SpecwireError, match="No next page expected"):
        following.get_next_page()
    assert [ship.id for ship in page] == ["a", "b", "c"] == [ship.id for ship in client.ships.list()]
    assert [len(each.data) for each in page.iter_pages()] == [2, 1]
    assert client.ships.with_raw_response.list().parse().data[0].id == "a"


def test_asynchronous_lists_are_awaited_or_iterated(package: Any, async_client: Any, server: Server) -> None:
    server.on("GET", "/ships", pages())

    async def calls() -> None:
        async with async_client as client:
            assert [ship.id async for ship in client.ships.list()] == ["a", "b", "c"]
            page = await client.ships.list()
            assert isinstance(page, package.pagination.AsyncCursorPage)
            assert [ship.id for ship in (await page.get_next_page()).data] == ["c"]

    run(calls)


def test_files_are_uploaded_from_bytes_paths_and_tuples(client: Any, server: Server, tmp_path: Path) -> None:
    server.on("POST", "/charts", {"id": "c1"})
    path = tmp_path / "chart.bin"
    path.write_bytes(b"depths")
    for file, name in ((b"depths", None), (path, "chart.bin"), (("own.bin", b"depths", "x/y"), "own.bin")):
        assert client.charts.create(file=file, title="North").id == "c1"
        content = server.requests[-1].content
        assert b"depths" in content and (name is None or f'filename="{name}"'.encode() in content)


def test_downloads_are_read_and_written(client: Any, server: Server, tmp_path: Path) -> None:
    server.on("GET", "/charts/c1/content", content=b"depths", headers={"content-type": "application/octet-stream"})
    chart = client.charts.content("c1")
    assert chart.read() == chart.content == b"depths" and chart.is_closed
    chart.write_to_file(tmp_path / "one")
    with client.charts.with_streaming_response.content("c1") as response:
        response.stream_to_file(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes() == b"depths"


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (418, "APIStatusError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (503, "InternalServerError"),
    ],
)
def test_error_statuses_raise_the_class_with_that_name(
    package: Any, client: Any, server: Server, status: int, name: str
) -> None:
    server.on("POST", "/ships", {"code": "sunk", "message": "it sank, said secret-key"}, status=status)
    with pytest.raises(package.APIStatusError) as caught:
        client.ships.create(name="Rex")
    error = caught.value
    assert type(error).__name__ == name and isinstance(error, getattr(package, name))
    assert isinstance(error, package.APIError) and isinstance(error, package.HarbourError)
    assert error.status_code == status and error.body["code"] == "sunk" and error.code == "sunk"
    assert error.response.status_code == status and error.response.json()["code"] == "sunk"
    assert error.request.url.path == "/v1/ships" and error.request.method == "POST"
    assert error.message.startswith(f"Error code: {status} - ") and "secret-key" not in f"{error!r}{error.body}"
    assert pickle.loads(pickle.dumps(error)).response.json() == error.body


def test_failures_without_a_response_are_connection_errors(package: Any, client: Any, server: Server) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused") if request.url.path.endswith("/1") else httpx2.ReadTimeout("late")

    server.on("GET", "/ships/1", refuse)
    server.on("GET", "/ships/2", refuse)
    with pytest.raises(package.APIConnectionError) as caught:
        client.ships.retrieve("1")
    assert not isinstance(caught.value, package.APITimeoutError) and caught.value.request.method == "GET"
    with pytest.raises(package.APITimeoutError, match="no response in time from harbour"):
        client.ships.retrieve("2")


def test_only_strict_clients_refuse_what_the_document_does_not_say(package: Any, client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", {"id": 3, "name": "Rex"})
    assert client.ships.retrieve("3f1e").id == 3
    strict = package.Harbour(
        api_key="k", http_client=client._settings.http_client, _strict_response_validation=True, max_retries=0
    )
    with pytest.raises(package.APIResponseValidationError) as caught:
        strict.ships.retrieve("3f1e")
    assert caught.value.status_code == 200 and caught.value.body == {"id": 3, "name": "Rex"}


def test_keys_come_from_arguments_or_the_environment(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(package.HarbourError, match="The api_key client option must be set .* HARBOUR_KEY"):
        package.Harbour()
    monkeypatch.setenv("HARBOUR_KEY", "from-env")
    assert package.Harbour().api_key == "from-env"
    assert package.Harbour(api_key="own").api_key == "own"


def test_servers_are_chosen_by_name(package: Any) -> None:
    client = package.Harbour(api_key="k")
    assert str(client.base_url) == "https://harbour.example/v1/"
    sandbox = package.Harbour(api_key="k", environment="sandbox")
    assert str(sandbox.base_url) == "https://sandbox.harbour.example/v1/"
    assert str(client.copy(environment="sandbox").base_url) == "https://sandbox.harbour.example/v1/"
    own = package.Harbour(api_key="k", environment="sandbox", base_url="https://own.example")
    assert str(own.base_url) == "https://own.example/"
    assert str(own.with_options(timeout=1).base_url) == "https://own.example/"
    with pytest.raises(package.HarbourError, match="moon"):
        package.Harbour(api_key="k", environment="moon")


def test_arguments_become_headers(client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", SHIP)
    client.with_options(project="north").ships.retrieve("3f1e")
    assert server.requests[-1].headers["harbour-project"] == "north"
    client.ships.retrieve("3f1e")
    assert "harbour-project" not in server.requests[-1].headers


def test_a_new_key_is_used_from_then_on(client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", SHIP)
    client.ships.retrieve("3f1e")
    client.api_key = "another"
    client.ships.retrieve("3f1e")
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer secret-key", "Bearer another"]


def test_copies_share_connections_and_change_options(package: Any, client: Any, server: Server) -> None:
    server.on("GET", "/ships/3f1e", SHIP)
    assert str(client.base_url) == "https://harbour.example/v1/" and client.max_retries == 0
    assert client.timeout == httpx2.Timeout(30, connect=5)
    copied = client.copy(timeout=3, max_retries=4, default_headers={"a": "1"}, default_query={"b": "2"}, api_key="new")
    assert (copied.timeout, copied.max_retries, copied.api_key) == (3, 4, "new") and client.api_key == "secret-key"
    copied.with_options(default_headers={"c": "3"}).ships.retrieve("3f1e")
    request = server.requests[-1]
    assert (request.headers["a"], request.headers["c"], request.url.params["b"]) == ("1", "3", "2")
    copied.with_options(set_default_headers={"c": "3"}, set_default_query={}).ships.retrieve("3f1e")
    assert "a" not in server.requests[-1].headers and not server.requests[-1].url.params
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        client.copy(colour="red")
    with pytest.raises(ValueError, match="mutually exclusive"):
        client.copy(default_headers={}, set_default_headers={})


def test_a_new_base_url_is_used_from_then_on(client: Any, server: Server) -> None:
    """Also by resources that were used before, and by copies."""
    server.on("GET", "/ships/3f1e", SHIP)
    ships = client.ships
    client.base_url = "https://other.example/v1/"
    assert str(client.base_url) == "https://other.example/v1/"
    for resource in (ships, client.with_options(timeout=3).ships):
        resource.retrieve("3f1e")
        assert server.requests[-1].url.host == "other.example"
        assert server.requests[-1].headers["authorization"].endswith("secret-key")


def test_names_that_code_imports_from_the_package_exist(package: Any, tmp_path: Path) -> None:
    """Defaults, transports and helpers, as in the SDK."""
    assert package.DEFAULT_TIMEOUT == httpx2.Timeout(60.0, connect=5.0) and package.DEFAULT_MAX_RETRIES == 2
    assert package.DEFAULT_CONNECTION_LIMITS.max_connections == 100 and package.NoneType is type(None)
    assert issubclass(httpx2.MockTransport, package.Transport)
    (tmp_path / "a.txt").write_text("x")
    assert package.file_from_path(str(tmp_path / "a.txt")) == ("a.txt", b"x")
    fields = package.types.Ship.model_fields
    assert list(fields)[:2] == ["id", "name"] and fields["home_port"].encode_name == "homePort"


@pytest.mark.parametrize("stream", [True, False])
def test_a_page_or_a_stream_is_parsed_from_an_open_response(client: Any, server: Server, stream: bool) -> None:
    """`with_streaming_response` of a list and of a stream."""
    server.on("GET", "/ships", pages())
    body = events('{"delta": "a"}', '{"delta": "b"}', "[DONE]")
    server.on("POST", "/messages", content=body, headers={"content-type": "text/event-stream"})
    if stream:
        with client.messages.with_streaming_response.create(text="hi", stream=True) as response:
            assert [piece.delta for piece in response.parse()] == ["a", "b"]
    else:
        with client.ships.with_streaming_response.list() as response:
            assert [ship.id for ship in response.parse()] == ["a", "b", "c"]


def test_routes_that_the_document_lacks_can_be_called(package: Any, client: Any, server: Server) -> None:
    server.on("POST", "/masts", {"id": "m"})
    found = client.post("/masts", cast_to=dict[str, str], body={"height": 3}, options={"headers": {"x": "1"}})
    assert found == {"id": "m"} and server.sent == {"height": 3} and server.requests[-1].headers["x"] == "1"
    assert str(server.requests[-1].url) == "https://harbour.example/v1/masts"
    assert client.post("/masts", cast_to=httpx2.Response).status_code == 200
    assert client.post("/masts", cast_to=package.types.Ship).id == "m"


def test_types_have_the_names_and_places_of_the_published_client(package: Any) -> None:
    from importlib import import_module

    types = package.types
    assert types.Ship is package.models.Ship is import_module("harbour.types.ship").Ship
    assert types.shared.Usage is package.models.Usage
    assert {"ShipCreateParams", "ShipListParams", "MessageCreateParams", "ChartCreateResponse"} <= set(dir(types))
    assert types.ships.CrewRetrieveResponse(name="Ann").rank is None
    assert set(types.ShipCreateParams.__annotations__) == {"name", "built_at", "home_port", "cargo"}
    assert {"Harbour", "AsyncHarbour", "Client", "HarbourError", "NOT_GIVEN", "types"} <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'Boat'"):
        attrgetter("Boat")(package)


def test_overrides_are_left_out_with_a_warning(tmp_path: Path) -> None:
    folder = tmp_path / "overrides"
    folder.mkdir()
    (folder / "ships.py").write_text(
        '"""Overrides."""\n\nfrom specwire import Request, adds\n\n\n'
        '@adds("getShip", "ships.find")\ndef find(name: str) -> Request[None]: ...\n'
    )
    target = attrs.evolve(single(HERE / "openapi.yaml", "harbour", tmp_path), overrides=folder)
    built = build(target)
    (ignored,) = (each for each in built.warnings if each.code == "unused-overrides")
    assert "ships.find" in ignored.message and not built.api.overrides


def test_other_clients_have_no_trace_of_it() -> None:
    sources = [
        path for folder in ("generated", "tests/cases") for path in (ROOT / folder).rglob("*.py") if path.is_file()
    ]
    assert len(sources) > 100
    assert not [path for path in sources if "compat" in path.read_text("utf-8")]
    program = (
        "import sys; from specwire_clients.mistral import Mistral; Mistral(api_key='k').chat.complete; "
        "print([name for name in sys.modules if 'compat' in name and name.startswith('specwire')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
