"""Connections and credentials in practice: kept, lost, pasted, changed, or missing."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from importlib import import_module
from typing import Any

import msgspec
import pytest
from specwire import ANONYMOUS, RetryPolicy
from specwire.errors import APIConnectionError, APIStatusError, APITimeoutError, AuthenticationError
from specwire.support import ApiKey

from tests.support.caller import KEY, Caller
from tests.support.pool import opened
from tests.support.sample import PROVIDER
from tests.support.server import Hold, Pause, Server, reply


@pytest.mark.differs("aiohttp", "pyreqwest", reason="looks into the connection pool of httpx2")
def test_tcp_keepalive_is_enabled(caller: Caller, client: Any, server: Server) -> None:
    """The system checks whether the peer of a silent connection is alive."""
    if caller.library == "httpx":
        pytest.skip("the connections of an http_client are the user's")
    server.play(reply({"id": "1"}))
    caller.run(client.things.get("1"))
    (http,) = opened(client)
    (connection,) = http._transport._pool.connections
    raw = connection._connection._network_stream.get_extra_info("socket")
    assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert 60 == raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)


@pytest.mark.differs("aiohttp", "pyreqwest", reason="looks into the connection pool of httpx2")
def test_idle_connections_are_closed_before_common_servers_close_them(
    caller: Caller, client: Any, server: Server
) -> None:
    """Otherwise a POST may meet a server that closes after five seconds, and is not retried."""
    if caller.library == "httpx":
        pytest.skip("the connections of an http_client are the user's")
    server.play(reply({"id": "1"}))
    caller.run(client.things.get("1"))
    (http,) = opened(client)
    (connection,) = http._transport._pool.connections
    assert 3 < connection._connection._keepalive_expiry < 5


@pytest.mark.differs("aiohttp", "pyreqwest", reason="makes a client of httpx2 or httpx")
def test_the_timeout_of_a_given_http_client_is_used(caller: Caller, server: Server) -> None:
    """An option of the client takes precedence."""
    library = import_module(caller.library)
    kind = library.AsyncClient if caller.asynchronous else library.Client
    server.respond = lambda _: (Hold(),)
    once = RetryPolicy(attempts=1)
    with pytest.raises(APITimeoutError, match="no response in time"):
        caller.run(caller.client(http_client=_made(caller, kind, timeout=0.1), retry=once).things.get("1"))
    server.respond = lambda _: (Pause(0.3), *reply({"id": "1"}))
    patient = caller.client(http_client=_made(caller, kind, timeout=0.1), timeout=5.0)
    assert "1" == caller.run(patient.things.get("1")).id
    assert 600.0 == caller.client(http_client=_made(caller, kind))._session.options.timeout


@pytest.mark.differs("aiohttp", "pyreqwest", reason="makes a client of httpx2 or httpx")
def test_the_credentials_of_a_given_http_client_do_not_replace_the_key(caller: Caller, server: Server) -> None:
    """They are not sent with requests that have their own."""
    library = import_module(caller.library)
    kind = library.AsyncClient if caller.asynchronous else library.Client
    server.play(reply({"id": "1"}))
    caller.run(caller.client(http_client=_made(caller, kind, auth=("u", "p"))).things.get("1"))
    assert f"Bearer {KEY}" == server.received[0].headers["authorization"]


def _made(caller: Caller, kind: Any, **options: Any) -> Any:
    made = kind(**options)
    caller._made.insert(0, made)
    return made


def test_a_client_may_be_anonymous(caller: Caller, server: Server) -> None:
    """`ANONYMOUS` sends no credentials, for servers that need none."""
    server.play(reply({"id": "1"}))
    assert "1" == caller.run(caller.client(ANONYMOUS).things.get("1")).id
    assert "authorization" not in server.received[0].headers


def test_a_key_may_include_its_prefix(caller: Caller, server: Server) -> None:
    """`Bearer` is not sent twice."""
    server.play(reply({"id": "1"}))
    caller.run(caller.client(f"Bearer {KEY}").things.get("1"))
    assert f"Bearer {KEY}" == server.received[0].headers["authorization"]


@pytest.mark.parametrize(
    ("prefix", "key", "sent"),
    [
        ("Token ", "abc1234567", "Token abc1234567"),
        ("Token ", "token abc1234567", "token abc1234567"),
        ("Token ", "Bearer abc1234567", "Bearer abc1234567"),
        ("", "abc1234567", "abc1234567"),
    ],
)
def test_a_key_gets_the_prefix_of_the_document(
    caller: Caller, server: Server, prefix: str, key: str, sent: str
) -> None:
    """If the prefix is unknown, the 401 states that the key is the whole header."""
    provider = msgspec.structs.replace(PROVIDER, security=ApiKey("Authorization", "header", prefix))
    caller.kind = type("Keyed", (caller.kind,), {"_provider": provider})
    client = caller.client(key, on_drift="ignore")
    server.play(reply({"message": "bad abc1234567"}, status=401))
    with pytest.raises(AuthenticationError) as caught:
        caller.run(client.things.get("1"))
    assert sent == server.received[-1].headers["authorization"]
    assert "abc1234567" not in str(caught.value)
    assert (not prefix) == ("the key is the whole Authorization header" in str(caught.value))


def test_a_key_function_is_called_again_after_a_401(caller: Caller, server: Server) -> None:
    """A rotated key works the second time; there is no third."""
    keys = iter(["old", "new", "newer", "newest"])
    client = caller.client(lambda: next(keys))
    server.play(reply({}, status=401), reply({"id": "1"}), reply({}, status=401), reply({}, status=401))
    assert "1" == caller.run(client.things.get("1")).id
    assert ["Bearer old", "Bearer new"] == [each.headers["authorization"] for each in server.received]
    with pytest.raises(AuthenticationError, match="HTTP 401"):
        caller.run(client.things.get("1"))


@pytest.mark.parametrize("name", ["X-MS-Request-Id", "apim-request-id", "x-correlation-id", "x-amz-request-id"])
def test_request_ids_of_clouds_and_gateways_are_known(caller: Caller, client: Any, server: Server, name: str) -> None:
    """Each has its own header."""
    server.play(reply({"id": "1"}, headers={name: "r-1"}))
    assert "r-1" == caller.run(client.things.get.raw("1")).request_id


def test_closing_a_client_ends_its_pending_call(caller: Caller, server: Server) -> None:
    """The call of another thread or task raises with the reason, and is not retried."""
    if caller.library == "httpx":
        pytest.skip("an http_client is the user's to close")
    server.play((Hold(),))
    client = caller.client()
    if caller.asynchronous:

        async def both() -> None:
            call = asyncio.ensure_future(client.things.get("1"))
            while not server.received:
                await asyncio.sleep(0.01)
            await client.aclose()
            await call

        with pytest.raises(APIConnectionError, match="the client, or this response, was closed during the call"):
            caller.run(both())
    else:

        def close() -> None:
            while not server.received:
                time.sleep(0.01)
            time.sleep(0.1)  # for the other thread to wait
            client.close()

        closing = threading.Thread(target=close)
        closing.start()
        with pytest.raises(APIConnectionError, match="the client, or this response, was closed during the call"):
            client.with_options(timeout=5).things.get("1")
        closing.join(5)
    assert 1 == len(server.received)


def test_the_error_of_a_proxy_that_wants_a_password_names_it(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without TLS, its 407 looks like a response of the server."""
    monkeypatch.setenv("http_proxy", server.url)
    server.play(reply(b"", status=407))
    client = caller.client(base_url="http://api.test")
    with pytest.raises(APIStatusError, match=r"HTTP 407: no message \(the proxy of http_proxy requires a user and"):
        caller.run(client.things.get("1"))
    assert 1 == len(server.received)


@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_a_proxy_variable_of_blanks_names_no_proxy(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Shell scripts and container files set variables that way to remove them."""
    if caller.library == "httpx":
        pytest.skip("an http_client reads the environment itself")
    monkeypatch.setenv("http_proxy", value)
    server.play(reply({"id": "1"}))
    assert "1" == caller.run(caller.client().things.get("1")).id
