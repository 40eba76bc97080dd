"""Clients: how they are made, what they send, and their options."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest
from specwire import AsyncClient, Client, Options, Request, RetryPolicy
from specwire.errors import APIConnectionError, ConfigurationError, InvalidRequestError, SpecwireError
from specwire.support import EmptyPayload, JsonBody, Operation, Provider

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Chunk, Sample, Thing, lines, sequence, tail, talk
from tests.support.server import DONE, Server, reply, stream

CLIENTS = pytest.mark.parametrize("kind", [Sample, AsyncSample])


def test_a_call_sends_its_arguments_and_returns_a_model(caller: Caller, client: Any, server: Server) -> None:
    """Each parameter is in its place, the key is sent, and the result is the document's model."""
    server.play(reply({"id": "a b", "size": 3}))
    thing = caller.run(client.things.get("a b", tags=["x", "y"], where={"colour": "red"}, trace="t-1", session="s1"))
    received = server.received[0]
    assert Thing(id="a b", size=3) == thing
    assert ("GET", "/things/a%20b?tags=x&tags=y&colour=red") == (received.method, received.target)
    assert "t-1" == received.headers["x-trace"]
    assert "session=s1" == received.headers["cookie"]
    assert f"Bearer {KEY}" == received.headers["authorization"]
    assert "application/json" == received.headers["accept"]
    assert received.headers["user-agent"].startswith("specwire/")
    assert "(sample/1.2.3; python/" in received.headers["user-agent"]
    assert "content-type" not in received.headers


def test_omitted_arguments_are_not_sent_and_none_is_null(caller: Caller, client: Any, server: Server) -> None:
    """An omitted keyword is not in the body; `None` is sent as null."""
    server.play(reply({"id": "1"}), reply({"id": "2"}))
    caller.run(client.things.make(name="x"))
    caller.run(client.things.make(name="x", size=None))
    assert [{"name": "x"}, {"name": "x", "size": None}] == [received.json for received in server.received]
    assert "application/json" == server.received[0].headers["content-type"]


def test_bodies_accept_models_and_plain_data(caller: Caller, client: Any, server: Server) -> None:
    """Nested input may be a model or a dict of the same fields."""
    server.play(reply({"id": "1"}))
    caller.run(client.things.make(name="x", part=Thing(id="7")))
    assert {"name": "x", "part": {"id": "7"}} == server.received[0].json


def test_forms_texts_and_empty_responses(caller: Caller, client: Any, server: Server) -> None:
    """Form bodies are urlencoded, text is decoded by its charset, and an empty response is None."""
    server.play(
        reply({"id": "1"}),
        reply("é".encode("latin-1"), headers={"content-type": "text/plain; charset=latin-1"}),
        reply("é".encode(), headers={"content-type": "text/plain; charset=nonsense"}),
        reply(b"", status=204),
    )
    assert Thing(id="1") == caller.run(client.things.form(name="a b&c"))
    assert b"name=a+b%26c" == server.received[0].body
    assert "application/x-www-form-urlencoded" == server.received[0].headers["content-type"]
    assert "é" == caller.run(client.things.note())
    assert "é" == caller.run(client.things.note())
    assert caller.run(client.things.drop("1")) is None


@CLIENTS
def test_a_missing_key_is_reported_with_argument_and_variable(kind: Any) -> None:
    """It is rejected when the client is made."""
    with pytest.raises(ConfigurationError) as caught:
        kind()
    name = kind.__name__
    message = f"{name} needs an API key: pass {name}(api_key=...), or set SAMPLE_API_KEY; api_key=ANONYMOUS sends none"
    assert message == str(caught.value)


def test_key_and_base_url_come_from_the_environment(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's values are used if none are given, without surrounding spaces."""
    monkeypatch.setenv("SAMPLE_API_KEY", " from-the-environment\n")
    monkeypatch.setenv("SAMPLE_BASE_URL", f"{server.url}/v9/ ")
    server.play(reply({"id": "1"}))
    caller.run(caller.client(None, base_url=None).things.get("1"))
    assert "Bearer from-the-environment" == server.received[0].headers["authorization"]
    assert "/v9/things/1" == server.received[0].target


def test_arguments_take_precedence_over_the_environment(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A given key and base URL are used."""
    monkeypatch.setenv("SAMPLE_API_KEY", "other")
    monkeypatch.setenv("SAMPLE_BASE_URL", "http://other.invalid")
    server.play(reply({"id": "1"}))
    caller.run(caller.client("mine").things.get("1"))
    assert "Bearer mine" == server.received[0].headers["authorization"]


@CLIENTS
def test_the_default_server_is_that_of_the_document(kind: Any) -> None:
    """It is used without an argument and an environment variable."""
    assert "https://sample.invalid/v1" == kind(KEY).base_url


@pytest.mark.parametrize(
    ("document", "reported", "host"),
    [
        ("https://api.invalid", None, "files.invalid"),
        ("https://api.invalid/", "https://api.invalid", "files.invalid"),
        (None, "https://api.invalid", "files.invalid"),
        ("https://api.invalid", "https://mock.invalid", "mock.invalid"),
    ],
)
def test_an_operation_may_have_its_own_server(document: str | None, reported: str | None, host: str) -> None:
    """Its server is used, unless the client has another base URL, which may be a mock of the whole API."""
    kind = type("Elsewhere", (Client,), {"_provider": Provider(name="p", version="1", base_url=document)})
    operation = Operation(
        id="save", method="GET", path="/file", returns=EmptyPayload(), server="https://files.invalid", secure=False
    )
    with kind(base_url=reported, retry=RetryPolicy(attempts=1)) as client, pytest.raises(APIConnectionError) as caught:
        client.send(Request(operation))
    assert f" {host}:" in str(caught.value)


@CLIENTS
@pytest.mark.parametrize(
    ("url", "shown", "flaw"),
    [
        ("api.example.com", "api.example.com", "it does not begin with http:// or https://"),
        ("ftp://example.com", "ftp://example.com", "it does not begin with http:// or https://"),
        ("https://", "https://", "it names no host"),
        ("http://[::1", "http://[::1", "its host or port is malformed"),
        ("http://host:99999", "http://host:99999", "its host or port is malformed"),
        ("http://host:port", "http://host:port", "its host or port is malformed"),
        ("http://a host", "http://a host", "it has spaces or control characters"),
        ("https://user:hidden@example.com/?key=hidden", "https://example.com/", "it has a query"),
        ("https://example.com/#hidden", "https://example.com/", "it has a fragment"),
    ],
)
def test_an_invalid_base_url_is_rejected_when_the_client_is_made(kind: Any, url: str, shown: str, flaw: str) -> None:
    """The message has the reason, and none of the URL's secrets."""
    with pytest.raises(ConfigurationError) as caught:
        kind(KEY, base_url=url)
    assert f"base URL {shown!r} is unusable: {flaw}; give https://host/path" == str(caught.value)


@CLIENTS
def test_a_base_url_that_repeats_the_prefix_of_every_path_is_rejected(kind: Any) -> None:
    """The prefix, whole or up to a version, would be sent twice; it is accepted if the document repeats it too."""
    provider = Provider(name="p", version="1", base_url="https://api.test", prefix="/api/v1/projects")
    client = type("Doubled", (kind,), {"_provider": provider})
    for url in ("https://api.test/api/v1", "https://proxy.test/x/api/v1/", "https://api.test/api/v1/projects"):
        with pytest.raises(ConfigurationError, match=r"begins with /api/v1/projects: leave /api/v1"):
            client(base_url=url)
    for url in ("https://api.test", "https://api.test/api", "https://api.test/v1", "https://api.test/xapi/v2"):
        assert url == client(base_url=url).base_url
    twice = Provider(name="p", version="1", base_url="https://api.test/v1", prefix="/v1")
    assert (
        "https://other.test/v1"
        == type("Twice", (kind,), {"_provider": twice})(base_url="https://other.test/v1").base_url
    )


def test_extra_headers_query_and_body_fields_are_added(caller: Caller, client: Any, server: Server) -> None:
    """Options of client and call are combined."""
    server.play(reply({"id": "1"}))
    wide = client.with_options(headers={"X-A": "1", "X-B": "1"}, query={"q": [1, 2]}, body={"deep": {"a": 1}})
    make = wide.things.make.with_options(headers={"x-b": "2"}, body={"more": True})
    caller.run(make(name="x"))
    received = server.received[0]
    assert ("1", "2") == (received.headers["x-a"], received.headers["x-b"])
    assert "/things?q=1&q=2" == received.target
    assert {"name": "x", "deep": {"a": 1}, "more": True} == received.json


def test_extra_body_fields_are_added_to_forms_but_not_to_reads(caller: Caller, client: Any, server: Server) -> None:
    """A request that reads still has no body."""
    server.play(reply({"id": "1"}), reply({"id": "1"}), reply({"id": "1"}))
    wide = client.with_options(body={"more": "yes"})
    caller.run(wide.things.form(name="x"))
    caller.run(wide.files.upload(file=b"abc"))
    caller.run(wide.things.get("1"))
    assert b"name=x&more=yes" == server.received[0].body
    assert b'name="more"\r\n\r\nyes\r\n' in server.received[1].body
    assert b"" == server.received[2].body


def test_with_options_returns_a_copy(caller: Caller, client: Any) -> None:
    """Headers are merged, other options replaced; the original does not change."""
    changed = client.with_options(headers={"a": "1"}, timeout=5).with_options(headers={"b": "2"})
    assert {"a": "1", "b": "2"} == changed._session.options.headers
    assert 5 == changed._session.options.timeout
    assert 600.0 == client._session.options.timeout
    assert {} == client._session.options.headers
    assert changed.things._session is changed._session
    assert client.things._session is client._session
    assert Options(timeout=5).changed({"timeout": None}) == Options(timeout=None)


def test_clients_with_other_options_share_connections(caller: Caller, client: Any, server: Server) -> None:
    """A copy by `with_options` uses the same connection."""
    server.play(reply({"id": "1"}), reply({"id": "1"}))
    caller.run(client.things.get("1"))
    caller.run(client.with_options(timeout=5).things.get("1"))
    assert [0, 0] == [received.connection for received in server.received]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\n", "a\0", "snowman ☃"])
def test_header_injection_is_rejected(caller: Caller, client: Any, server: Server, value: str) -> None:
    """A header value with a line break is rejected before anything is sent."""
    calls: list[Callable[[], Any]] = [
        lambda: client.things.get("1", trace=value),
        lambda: client.things.get.with_options(headers={"X-Extra": value})("1"),
    ]
    for call in calls:
        with pytest.raises(InvalidRequestError) as caught:
            caller.run(call())
        assert value not in str(caught.value)
        assert str(caught.value).startswith("get_thing: header 'X-")
    assert [] == server.received


@pytest.mark.differs("aiohttp", "pyreqwest", reason="these send UTF-8 only, and refuse such a header")
def test_headers_may_have_latin_1_letters(caller: Caller, client: Any, server: Server) -> None:
    """They are received unchanged."""
    server.play(reply({"id": "1"}))
    caller.run(client.things.get("1", trace="Zoë"))
    assert "Zoë" == server.received[0].headers["x-trace"]


@pytest.mark.parametrize("thing", ["", ".", ".."])
def test_a_path_parameter_never_changes_the_path(caller: Caller, client: Any, server: Server, thing: str) -> None:
    """An id that would lead to another path is rejected."""
    with pytest.raises(InvalidRequestError, match="get_thing: path parameter 'thing_id'"):
        caller.run(client.things.get(thing))
    assert [] == server.received


def test_a_body_that_cannot_be_json_is_rejected(caller: Caller, client: Any, server: Server) -> None:
    """It is rejected before anything is sent."""
    with pytest.raises(InvalidRequestError) as caught:
        caller.run(client.things.make(name="x", part=object()))
    expected = "make_thing: the body cannot be sent as JSON: $.part: a value of type object has no JSON form"
    assert expected == str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_closed_client_rejects_calls(caller: Caller, server: Server) -> None:
    """Closing is idempotent; the error of a call names the remedy."""
    client = caller.client()
    caller.close(client)
    caller.close(client)
    name = type(client).__name__
    calls: list[Callable[[], Any]] = [lambda: client.things.get("1"), lambda: client.files.download().read()]
    for call in calls:
        with pytest.raises(SpecwireError) as caught:
            caller.run(call())
        assert f"this {name} is closed: make a new one" == str(caught.value)


def test_a_given_http_client_is_not_closed(caller: Caller, server: Server) -> None:
    """Once the user closes it, the error of a call states it."""
    own = caller.http_client()
    client = caller.client(http_client=own)
    caller.close(client)
    assert not own.is_closed
    second = caller.client(http_client=own)
    caller.close(own)
    with pytest.raises(SpecwireError, match="is closed: make a new one"):
        caller.run(second.things.get("1"))


def test_the_wrong_kind_of_http_client_is_rejected(caller: Caller) -> None:
    """An HTTP client of the other kind, or of another library, is rejected when the client is made."""
    other: Any = httpx.Client if caller.asynchronous else httpx.AsyncClient
    with pytest.raises(TypeError, match="http_client must be (a?)synchronous, got "):
        caller.kind(KEY, http_client=other.__new__(other))
    with pytest.raises(TypeError, match="must be a client of httpx2, httpx, aiohttp or pyreqwest, not builtins.object"):
        http: Any = object()
        Sample(KEY, http_client=http)


def test_a_with_block_closes_the_client(caller: Caller) -> None:
    """`with` and `async with` give the client and close it."""
    client = caller.client()
    assert client is caller.enter(client)
    caller.leave(client)
    with pytest.raises(SpecwireError, match="is closed: make a new one"):
        caller.run(client.things.get("1"))


def test_fifty_threads_share_a_client(server: Server) -> None:
    """One synchronous client serves many threads; each gets its own response."""
    server.respond = lambda received: reply({"id": received.target.rpartition("/")[2]})
    found: dict[int, str] = {}
    barrier = threading.Barrier(50)
    with Sample(KEY, base_url=server.url) as client:

        def work(number: int) -> None:
            barrier.wait()
            found[number] = client.things.get(str(number)).id

        threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {number: str(number) for number in range(50)} == found


@CLIENTS
def test_clients_cannot_be_pickled_or_copied(kind: Any) -> None:
    """Their key does not travel by accident."""
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a key and connections: make one where it is needed instead"):
            attempt(kind(KEY))


@CLIENTS
def test_reprs_are_short_and_have_no_secret(kind: Any) -> None:
    """Clients, resources and methods show the server, never a password or a key."""
    client = kind(KEY, base_url="https://user:hidden@example.com/v1", headers={"authorization": "hidden"})
    name = kind.__name__
    assert f"{name}(base_url='https://example.com/v1')" == repr(client)
    prefix = "Async" if kind is AsyncSample else ""
    assert f"<{prefix}Things of {name}(base_url='https://example.com/v1')>" == repr(client.things)
    assert "hidden" not in repr(client._session.options)


def test_send_accepts_any_request_value(caller: Caller, client: Any, server: Server) -> None:
    """A request that was made separately is sent, whatever its response is."""
    server.play(reply({"id": "1"}), reply(b"abc"))
    assert Thing(id="1") == caller.run(client.send(client.things.get.request("1")))
    assert b"abc" == caller.run(client.send(client.files.download.request("f")).read())


def test_send_rejects_what_is_not_a_request(client: Any, server: Server) -> None:
    """The message states what it accepts."""
    with pytest.raises(TypeError, match="give a request value"):
        client.send("GET /")
    assert not server.received


def test_the_option_body_adds_fields_to_mappings_and_models(caller: Caller, client: Any, server: Server) -> None:
    """Other bodies have no fields."""
    server.play(reply({"id": "1"}), reply({"id": "1"}))
    request = client.things.make.request(name="x")
    adding = client.with_options(body={"extra": 1})
    caller.run(adding.send(request.replace(body=JsonBody(Thing(id="2")))))
    assert {"id": "2", "extra": 1} == json.loads(server.received[0].body)
    with pytest.raises(InvalidRequestError, match="need a body that is an object"):
        caller.run(adding.send(request.replace(body=JsonBody([1]))))
    caller.run(adding.send(request.replace(body=None)))
    assert {"extra": 1} == json.loads(server.received[1].body)


def test_a_client_accepts_an_httpx2_client(server: Server) -> None:
    """Its settings are used."""
    server.play(reply({"id": "1"}))
    with httpx2.Client(headers={"x-mine": "yes"}) as own:
        Sample(KEY, base_url=server.url, http_client=own).things.get("1")
    assert "yes" == server.received[0].headers["x-mine"]


def test_an_unresolvable_host_is_named_in_the_error(caller: Caller) -> None:
    """The error is a connection error."""
    client = caller.client(base_url="http://nowhere.invalid")
    with pytest.raises(APIConnectionError, match=r"get_thing: no response from nowhere\.invalid after 3 attempts: "):
        caller.run(client.things.get("1"))


@pytest.mark.parametrize("build", [talk, lines, sequence, tail])
def test_send_opens_the_stream_of_a_request(caller: Caller, client: Any, server: Server, build: Any) -> None:
    """Each framing of events is supported."""
    request = build()
    framing = request.operation.returns.framing
    text = {"sse": b'data: {"text": "a"}\n\n', "jsonl": b'{"text": "a"}\n', "json-seq": b'\x1e{"text": "a"}\n'}[framing]
    terminator = request.operation.returns.terminator
    server.play(stream(text, *([DONE] if terminator is not None else [])))
    assert [Chunk(text="a")] == caller.list(client.send(request))
    assert request.operation.path == server.received[0].target
    assert request.operation.returns.accept == server.received[0].headers["accept"]


def test_a_missing_server_is_reported(caller: Caller) -> None:
    """Without one in document, environment and call, the message lists where to give one."""
    nowhere = Provider(name="nowhere", version="1", base_url=None, base_url_variable="NOWHERE_URL", security=None)
    base: Any = AsyncClient if caller.asynchronous else Client
    kind = type("Nowhere", (base,), {"_provider": nowhere})
    with pytest.raises(ConfigurationError) as caught:
        kind()
    assert str(caught.value) == (
        "Nowhere needs the base URL of the server: pass Nowhere(base_url=...), or set NOWHERE_URL"
    )


@CLIENTS
def test_max_retries_is_a_short_form_of_the_policy(kind: Any) -> None:
    """`max_retries` counts the attempts after the first, at construction and in `with_options`."""
    policy = RetryPolicy(attempts=4, wait_max=1.0)
    assert 6 == kind(KEY, max_retries=5)._session.options.retry.attempts
    client = kind(KEY, retry=policy)
    assert policy == client._session.options.retry
    once = client.with_options(max_retries=0)._session.options.retry
    assert (1, 1.0) == (once.attempts, once.wait_max)
    assert policy == client.with_options(max_retries=0).with_options(retry=policy)._session.options.retry
    for wrong in (-1, True, 1.5):
        with pytest.raises(ConfigurationError, match="give the number of retries"):
            kind(KEY, max_retries=wrong)
    with pytest.raises(ConfigurationError, match="give one of them"):
        kind(KEY, max_retries=1, retry=policy)
    with pytest.raises(ConfigurationError, match="give one of them"):
        client.with_options(max_retries=1, retry=policy)


@CLIENTS
def test_headers_and_default_headers_are_the_same_option(kind: Any) -> None:
    """httpx uses the first name, vendor SDKs the second."""
    added = {"x-team": "a"}
    for client in (kind(KEY, headers=added), kind(KEY, default_headers=added)):
        assert added == client._session.options.headers
    with pytest.raises(ConfigurationError, match="are aliases: give one of them"):
        kind(KEY, headers=added, default_headers=added)
