"""Waits for a server or a file that never come to an end: interruptions, closes and time limits end them at once."""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pyreqwest.client import SyncClientBuilder
from specwire.errors import APITimeoutError, SpecwireError

from tests.support.caller import KEY
from tests.support.sample import Chunk, Sample, Thing
from tests.support.server import DONE, Hold, Pause, Server, reply, stream

GOOD = reply({"id": "1"})


@pytest.fixture
def client(server: Server) -> Iterator[Sample]:
    """Synchronous client on pyreqwest."""
    with Sample(KEY, base_url=server.url, transport="pyreqwest", max_retries=0, timeout=8) as made:
        yield made


@contextmanager
def interrupted(seconds: float) -> Iterator[None]:
    """Raise `KeyboardInterrupt` in the block after some seconds, as Ctrl-C does."""

    def ring(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def quickly(seconds: float = 2) -> Iterator[None]:
    """Fail if the block takes long."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


CALLS: dict[str, Callable[[Sample], object]] = {
    "call": lambda client: client.things.make(name="a"),
    "stream": lambda client: list(client.talks.stream()),
    "upload": lambda client: client.files.upload(file=Blocking()),
}


class Blocking:
    """File that blocks in its first read."""

    def __init__(self) -> None:
        self.reading = threading.Event()
        self.goes_on = threading.Event()

    def read(self, _size: int, /) -> bytes:
        self.reading.set()
        self.goes_on.wait(20)
        return b""


@pytest.mark.parametrize("kind", CALLS)
def test_an_interrupt_ends_a_synchronous_call(client: Sample, server: Server, kind: str) -> None:
    """While it waits for the response, an event, or the file that it sends; the client stays usable."""
    held = stream({"text": "a"}, Hold()) if kind == "stream" else (Hold(),)
    server.respond = lambda received: GOOD if received.method == "GET" else held
    client.things.get("1")
    with quickly(), pytest.raises(KeyboardInterrupt), interrupted(0.2):
        CALLS[kind](client)
    assert Thing(id="1") == client.things.get("1")


def test_closing_a_client_does_not_wait_for_a_file(client: Sample, server: Server) -> None:
    """A thread that is still inside an upload gets an exception."""
    server.play((Hold(),))
    file = Blocking()
    failures: list[SpecwireError] = []

    def upload() -> None:
        try:
            client.files.upload(file=file)
        except SpecwireError as error:
            failures.append(error)

    thread = threading.Thread(target=upload)
    thread.start()
    assert file.reading.wait(5)
    with quickly():
        client.close()
        thread.join(5)
    assert 1 == len(failures)
    file.goes_on.set()


def test_a_stream_is_collected_on_any_thread(client: Sample, server: Server) -> None:
    """Even on the thread of pyreqwest's event loop, which must not wait for itself."""
    server.play(stream({"text": "a"}, Hold()), GOOD)
    events: Any = client.talks.stream()
    assert Chunk(text="a") == next(events)
    portal = events._opened[0].raw._portal
    cycle: list[Any] = [events]
    cycle.append(cycle)
    del events, cycle
    collected = threading.Event()

    async def collect() -> None:
        gc.collect()
        collected.set()

    gc.disable()
    try:
        portal.start(collect)
        assert collected.wait(5)
    finally:
        gc.enable()
    assert server.saw_close()
    assert Thing(id="1") == client.things.get("1")


def test_a_deadline_ends_a_synchronous_stream_and_call(client: Sample, server: Server) -> None:
    """Within a read, although the server sends something now and then."""
    dribbling = [each for _ in range(60) for each in (b": ping\n\n", Pause(0.05))]
    server.play(stream(*dribbling), stream(*dribbling))
    limited = client.with_options(deadline=0.4)
    with quickly(), pytest.raises(SpecwireError):
        list(limited.talks.stream())
    with quickly(), pytest.raises(APITimeoutError):
        limited.things.get("1")


class Opaque(httpx.HTTPTransport):
    """Transport that does not show its connections, as those over other libraries don't."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        response = super().handle_request(request)
        del response.extensions["network_stream"]
        return response


@pytest.mark.parametrize(
    "make",
    [lambda: httpx.Client(transport=Opaque()), lambda: SyncClientBuilder().build()],
    ids=["transport", "pyreqwest"],
)
def test_a_stream_without_limits_of_waits_ends_with_its_terminator(make: Callable[[], Any], server: Server) -> None:
    """The rest, which would only keep the connection, is not read."""
    server.play(stream({"text": "a"}, DONE, Hold()))
    with make() as http_client, Sample(KEY, base_url=server.url, http_client=http_client) as client:
        with quickly():
            assert [Chunk(text="a")] == list(client.talks.stream())
        assert server.saw_close()
