"""Hosts with several addresses, some of which do not respond: the synchronous client reaches those that do."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from specwire import RetryPolicy
from specwire._network.dialing import look_up
from specwire.errors import APIConnectionError, APITimeoutError

from tests.support.caller import KEY, QUICK
from tests.support.sample import Sample, Thing
from tests.support.server import Server, reply

HOST = "several.invalid"
REFUSING = "127.0.0.3"
"""Address on which nothing listens."""


@pytest.fixture
def unresponsive(server: Server) -> Iterator[str]:
    """Return an address whose queue for the server's port is full, so that it accepts no connection."""
    with ExitStack() as opened:
        address = "127.0.0.2"
        opened.enter_context(socket.create_server((address, server.port), backlog=0))
        for _ in range(4):
            each = opened.enter_context(socket.socket())
            each.setblocking(False)
            each.connect_ex((address, server.port))
        yield address


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the host resolve to these addresses."""
    ask = socket.getaddrinfo

    def known(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != HOST:
            return ask(host, port, *rest, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", known)


def client(server: Server, **options: Any) -> Sample:
    return Sample(KEY, base_url=f"http://{HOST}:{server.port}", retry=QUICK, **options)


@pytest.mark.parametrize("deadline", [None, 5.0])
def test_an_unresponsive_address_delays_the_next_by_a_quarter_second(
    server: Server, unresponsive: str, monkeypatch: pytest.MonkeyPatch, deadline: float | None
) -> None:
    """A refused connection does not delay it, with and without timeouts."""
    resolve(monkeypatch, REFUSING, unresponsive, unresponsive, "127.0.0.1")
    server.respond = lambda _: reply({"id": "1"})
    began = time.monotonic()
    with client(server, deadline=deadline) as sample:
        assert Thing(id="1") == sample.things.make(name="a")
    assert 0.4 < time.monotonic() - began < 3


def test_a_slow_address_may_still_connect(server: Server, unresponsive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later attempts do not end it."""
    resolve(monkeypatch, "127.0.0.1", unresponsive)
    server.play(reply({"id": "1"}))
    with client(server) as sample:
        assert Thing(id="1") == sample.things.get("1")


def test_deadline_and_timeout_bound_all_addresses_together(
    server: Server, unresponsive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline and the timeout for connecting bound all attempts together."""
    resolve(monkeypatch, unresponsive, unresponsive)
    began = time.monotonic()
    with client(server, deadline=0.6) as sample, pytest.raises(APITimeoutError, match=r"the deadline of 0.6 s passed"):
        sample.things.get("1")
    once = RetryPolicy(attempts=1)
    with client(server).with_options(connect_timeout=0.4, retry=once) as sample:
        with pytest.raises(APITimeoutError, match="no connection in time"):
            sample.things.get("1")
    assert time.monotonic() - began < 3


def test_the_error_of_the_last_address_is_raised(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """If all addresses refuse, the message states it, and no socket stays open."""
    resolve(monkeypatch, REFUSING, "127.0.0.4")
    with client(server) as sample, pytest.raises(APIConnectionError, match="Connection refused") as caught:
        sample.things.get("1")
    assert not isinstance(caught.value, APITimeoutError)


def test_address_families_alternate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several unresponsive addresses of one family do not delay the first of the other."""
    six, four = socket.AF_INET6, socket.AF_INET
    found = [(each, socket.SOCK_STREAM, 6, "", ("x", 0)) for each in (six, six, six, four, four)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert [six, four, six, four, six] == [each[0] for each in look_up(HOST, 0, None)]
