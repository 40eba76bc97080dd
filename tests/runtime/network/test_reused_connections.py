"""Reused connections that the server closes: what is sent again, and what never is."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from specwire import RetryPolicy
from specwire._pools import network_backend
from specwire.errors import APIConnectionError, APIStatusError

from tests.support.caller import OTHERS, Caller
from tests.support.server import Close, HTTPResponse, Reset, Server, reply

MADE = reply({"id": "1"})


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pools overlook that the server has closed a connection, as they do if it closes at the same moment."""
    for library in ("httpcore", "httpcore2"):
        for backend in ("sync", "anyio"):
            monkeypatch.setattr(f"{library}._backends.{backend}.is_socket_readable", lambda _: False)
    monkeypatch.setattr(network_backend, "is_readable", lambda _: False)


def idle(caller: Caller) -> None:
    """Let the end of a connection arrive, and the event loop notice it."""
    if caller.asynchronous:
        caller.run(asyncio.sleep(0.05))
    else:
        time.sleep(0.05)


@pytest.mark.parametrize("end", [Close(), Reset()])
def test_an_idempotent_call_is_repeated_once(
    caller: Caller, client: Any, server: Server, blind: None, end: Close | Reset
) -> None:
    """Whether the server closed the connection before or after the request arrived does not matter."""
    server.play((*MADE, end), MADE)
    caller.run(client.things.get("1"))
    idle(caller)
    assert "1" == caller.run(client.things.get("1")).id
    assert [0, 1] == [received.connection for received in server.received]


@pytest.mark.parametrize("end", [Close(), Reset()])
def test_an_idempotent_call_is_repeated_if_its_request_arrived(
    caller: Caller, client: Any, server: Server, end: Close | Reset
) -> None:
    """The server read the second request and closed the connection without a response."""
    server.play(MADE, (end,), MADE)
    caller.run(client.things.get("1"))
    assert "1" == caller.run(client.things.get("1")).id
    assert [0, 0, 1] == [received.connection for received in server.received]


@pytest.mark.parametrize("end", [Close(), Reset()])
def test_another_call_is_not_repeated_if_its_request_may_have_arrived(
    caller: Caller, client: Any, server: Server, end: Close | Reset
) -> None:
    """A POST that the server read is sent once."""
    server.play(MADE, (end,), MADE)
    caller.run(client.things.get("1"))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.things.make(name="2"))
    assert [b"", b'{"name":"2"}'] == [received.body for received in server.received]


def test_another_call_is_repeated_only_if_nothing_was_sent(
    caller: Caller, client: Any, server: Server, blind: None
) -> None:
    """A POST that meets a connection which was reset before is sent on another one, and arrives once.

    httpx2 on asyncio does not tell whether anything was sent: there it is an error. The other libraries notice the
    reset before they send.
    """
    server.play((*MADE, Reset()), MADE)
    caller.run(client.things.get("1"))
    idle(caller)
    if caller.asynchronous and caller.library not in OTHERS:
        with pytest.raises(APIConnectionError, match="no response from"):
            caller.run(client.things.make(name="2"))
        assert 1 == len(server.received)
        return
    caller.run(client.things.make(name="2"))
    assert [(0, b""), (1, b'{"name":"2"}')] == [(received.connection, received.body) for received in server.received]


def test_connections_that_were_closed_while_idle_are_not_reused(caller: Caller, client: Any, server: Server) -> None:
    """The pool sees their end and opens another one, so that nothing needs to be repeated."""
    server.play((*MADE, Close()), MADE)
    caller.run(client.things.get("1"))
    idle(caller)
    caller.run(client.things.make(name="2"))
    assert [0, 1] == [received.connection for received in server.received]


@pytest.mark.differs("aiohttp", "pyreqwest", reason="these reuse a connection until it is closed")
@pytest.mark.parametrize(("status", "connections"), [(500, [0, 1]), (408, [0, 1]), (404, [0, 0]), (503, [0, 0])])
def test_connections_are_not_reused_after_errors_that_often_close_them(
    caller: Caller, server: Server, status: int, connections: list[int]
) -> None:
    """Servers close the connection after an unhandled error, a moment after their response."""
    client = caller.client(retry=RetryPolicy(attempts=1))
    first: HTTPResponse = reply({"message": "no"}, status=status)
    server.play(first, MADE)
    with pytest.raises(APIStatusError, match=str(status)):
        caller.run(client.things.make(name="1"))
    caller.run(client.things.make(name="2"))
    assert connections == [received.connection for received in server.received]
