"""Option `deadline`: it bounds a call with all attempts, waits, redirects and slow bytes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import pytest
from specwire import Options, RetryPolicy, TransportError
from specwire._network import deadline_scope
from specwire._pools.network_backend import Stream
from specwire.errors import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    RateLimitError,
    StreamTruncatedError,
)

from tests.faults.catalogue.conditions import listening
from tests.support.caller import KEY, Caller
from tests.support.pool import busy
from tests.support.sample import Chunk, Sample, Thing
from tests.support.server import DONE, END, Action, Hold, Pause, Server, chunk, head, reply, stream

GOOD = reply({"id": "1"})
DRIPPING: Sequence[Action] = (
    head(200, {"transfer-encoding": "chunked"}),
    *(action for _ in range(100) for action in (chunk(b" "), Pause(0.05))),
    END,
)
"""Body that sends a byte before each timeout."""


@contextmanager
def lasting(least: float, most: float) -> Iterator[None]:
    """Check that a block takes between this and that many seconds."""
    started = time.monotonic()
    yield
    assert least <= time.monotonic() - started < most


def test_silence_ends_by_the_deadline(caller: Caller, client: Any, server: Server) -> None:
    """A silent server is an `APITimeoutError` at the deadline.

    There is no other attempt, and `timeout` may be longer.
    """
    server.respond = lambda _: (Hold(),)
    with lasting(0.25, 3), pytest.raises(APITimeoutError) as caught:
        caller.run(client.with_options(deadline=0.3).things.get("1"))
    message = f"get_thing: no response in time from 127.0.0.1:{server.port}: the deadline of 0.3 s passed"
    assert (message, 1) == (str(caught.value), len(server.received))
    assert [] == busy(client)


def test_a_slow_body_ends_by_the_deadline(caller: Caller, client: Any, server: Server) -> None:
    """It sends a byte now and then; the next call works."""
    server.play(DRIPPING, GOOD)
    with lasting(0.25, 3), pytest.raises(APITimeoutError, match="the deadline of 0.3 s passed"):
        caller.run(client.with_options(deadline=0.3).things.get("1"))
    assert [] == busy(client)
    assert Thing(id="1") == caller.run(client.things.make(name="x"))


@pytest.mark.parametrize("warm", [False, True], ids=["first", "again"])
def test_a_slow_head_ends_by_the_deadline(caller: Caller, server: Server, warm: bool) -> None:
    """On a new connection and on a used one."""
    if caller.library == "httpx" and not caller.asynchronous:
        pytest.skip("documented: a synchronous http_client of the user's own bounds each wait only")
    client = caller.client()
    if warm:
        server.play(GOOD)
        caller.run(client.things.get("1"))
    server.play((b"HTTP/1.1 200 OK\r\n", *(action for _ in range(100) for action in (b"x", Pause(0.05)))), GOOD)
    with lasting(0.25, 3), pytest.raises(APITimeoutError, match=r"the deadline of 0.3 s passed"):
        caller.run(client.with_options(deadline=0.3).things.get("1"))
    assert [] == busy(client)
    assert Thing(id="1") == caller.run(client.things.make(name="x"))


def test_a_slow_dns_lookup_ends_by_the_deadline(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver, which may take half a minute, does not prolong a synchronous call."""
    over = threading.Event()
    ask = socket.getaddrinfo

    def slow(host: str, *rest: Any, **named: Any) -> Any:
        if host == "slow.invalid":
            over.wait(10)
        return ask(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with Sample(KEY, base_url=f"http://slow.invalid:{server.port}", deadline=0.3) as client:
        with lasting(0.25, 3), pytest.raises(APITimeoutError, match=r"the deadline of 0.3 s passed"):
            client.things.get("1")
        over.set()


def test_each_address_of_a_name_is_tried(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the first address of a host does not respond, the next is used; a host without addresses is reported."""
    ask = socket.getaddrinfo

    def known(host: str, *rest: Any, **named: Any) -> Any:
        if host != "both.invalid":
            return ask(host, *rest, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", known)
    server.play(GOOD)
    with Sample(KEY, base_url=f"http://both.invalid:{server.port}", deadline=5.0) as client:
        assert Thing(id="1") == client.things.get("1")
    with Sample(KEY, base_url="http://none.invalid", deadline=5.0) as client:
        with pytest.raises(APIConnectionError) as caught:
            client.things.get("1")
        assert not isinstance(caught.value, APITimeoutError)


def test_a_deadline_needs_no_thread(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A synchronous client does not start a thread for each call."""
    caller, start = threading.current_thread(), threading.Thread.start

    def refused(thread: threading.Thread) -> None:
        assert threading.current_thread() is not caller, f"{thread!r} is started"
        start(thread)  # by the server

    server.play(GOOD, stream({"text": "a"}, DONE, Pause(0.02)))
    with Sample(KEY, base_url=server.url, deadline=5.0) as client:
        # A timer is a thread, under whatever name it was imported.
        monkeypatch.setattr(threading.Thread, "start", refused)
        assert Thing(id="1") == client.things.get("1")
        assert [Chunk(text="a")] == list(client.talks.stream())


def test_no_wait_begins_when_time_is_up() -> None:
    """Bytes that already arrived do not prolong a call; without a limit, the library's own timeouts apply."""
    here, there = socket.socketpair()
    with here, there:
        wire = Stream(here, WeakSet())
        there.sendall(b"abc")
        assert b"a" == wire.read(1, 5.0)
        assert 5.0 == here.gettimeout()
        with deadline_scope.deadline_scope(0.02):
            assert b"b" == wire.read(1, None)
            assert 0 < (here.gettimeout() or 0) <= 0.02
            time.sleep(0.03)
            with pytest.raises(TransportError, match="no data arrived in time"):
                wire.read(1, 5.0)
        assert b"c" == wire.read(1, None)
        assert here.gettimeout() is None


def test_a_slow_upload_ends_by_the_deadline(caller: Caller) -> None:
    """The server reads a little now and then."""
    if caller.library == "httpx" and not caller.asynchronous:
        pytest.skip("documented: a synchronous http_client of the user's own bounds each wait only")

    over = threading.Event()

    def sip(connection: socket.socket) -> None:
        while not over.wait(0.05):
            connection.recv(50_000)

    with listening(sip) as port, lasting(0.25, 4), pytest.raises(APITimeoutError, match="the deadline of 0.3 s passed"):
        client = caller.client(base_url=f"http://127.0.0.1:{port}", deadline=0.3)
        try:
            caller.run(client.files.put("a", content=b"x" * 30_000_000))
        finally:
            over.set()


def test_attempts_share_the_deadline(caller: Caller, client: Any, server: Server) -> None:
    """The second attempt has the rest of the deadline, not all of `timeout`."""
    server.respond = lambda _: (Hold(),)
    with lasting(0.9, 4), pytest.raises(APITimeoutError, match="the deadline of 1 s passed"):
        caller.run(client.with_options(timeout=0.6, deadline=1.0).things.get("1"))
    assert 2 == len(server.received)


def test_no_wait_begins_that_would_pass_the_deadline(caller: Caller, client: Any, server: Server) -> None:
    """If the server asks for a longer wait, its error is raised at once."""
    server.play(reply({}, status=429, headers={"retry-after": "60"}))
    with lasting(0, 3), pytest.raises(RateLimitError) as caught:
        caller.run(client.with_options(deadline=5.0).things.get("1"))
    assert 1 == caught.value.attempts


def test_a_call_within_its_deadline_is_unchanged(caller: Caller, server: Server) -> None:
    """It is retried, responds, and keeps its connection for the next."""
    client = caller.client(deadline=30.0, retry=RetryPolicy(wait_initial=0.01, wait_max=0.01))
    server.play(reply({}, status=503), GOOD, GOOD)
    assert 2 == caller.run(client.things.get.raw("1")).attempts
    assert Thing(id="1") == caller.run(client.things.get("1"))
    assert {0} == {received.connection for received in server.received}


@pytest.mark.parametrize("what", [{"text": "a"}, b": ping\n\n", b"data:\n\n"], ids=["events", "pings", "blanks"])
def test_a_deadline_ends_a_stream(caller: Caller, client: Any, server: Server, what: Any) -> None:
    """It bounds the whole stream, whatever the server sends."""
    server.play(stream(*[each for _ in range(60) for each in (what, Pause(0.05))], DONE))
    started = time.monotonic()
    with pytest.raises(StreamTruncatedError, match="the deadline passed"):
        caller.list(client.with_options(deadline=0.4).talks.stream())
    assert 0.3 < time.monotonic() - started < 2


def test_a_stream_within_its_deadline_is_complete(caller: Caller, client: Any, server: Server) -> None:
    """A stream that ends in time is whole."""
    server.play(stream({"text": "a"}, Pause(0.1), DONE), (Hold(),))
    assert [Chunk(text="a")] == caller.list(client.with_options(deadline=5).talks.stream())
    with pytest.raises(APITimeoutError, match="the deadline of 0.2 s passed"):
        caller.list(client.with_options(deadline=0.2).talks.stream())


@pytest.mark.parametrize("what", [b": ping\n\n", b"data:\n\n", b": a long comment, cut "])
def test_pings_do_not_keep_a_stream_alive(caller: Caller, client: Any, server: Server, what: bytes) -> None:
    """`idle_timeout` runs between two events; other frames do not restart it."""
    pings = [each for _ in range(60) for each in (Pause(0.05), what)]
    server.play(
        stream({"text": "a"}, *pings, DONE),
        stream(*[each for _ in range(8) for each in (Pause(0.06), {"text": "a"})], DONE),
    )
    impatient = client.with_options(idle_timeout=0.25)
    started = time.monotonic()
    with pytest.raises(StreamTruncatedError, match=r"no event came in 0\.25 s|no data arrived in time"):
        caller.list(impatient.talks.stream())
    assert 0.2 < time.monotonic() - started < 2
    assert 8 == len(caller.list(impatient.talks.stream()))


@pytest.mark.parametrize("deadline", [0, -1.0, float("nan")])
def test_an_invalid_deadline_is_rejected(deadline: float) -> None:
    """When it is given."""
    with pytest.raises(ConfigurationError, match="deadline is"):
        Options(deadline=deadline)
    with pytest.raises(ConfigurationError, match="deadline is"):
        Options().changed({"deadline": deadline})
