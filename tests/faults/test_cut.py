"""Interrupted connections: at no byte of a request or a response is anything lost or left behind."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from specwire.errors import APIConnectionError, APIStatusError, APITimeoutError, SpecwireError, StreamTruncatedError

from tests.faults.catalogue.conditions import closes, half_closes, listening, resets, whole
from tests.faults.catalogue.outcomes import CALLS, STREAM, Call
from tests.support.caller import Caller
from tests.support.pool import busy
from tests.support.sample import Thing
from tests.support.server import Action, Close, Received, Reset, Server, reply

LARGE = b"x" * (4 << 20)
"""More than the buffers of a socket."""
HTTPX2 = pytest.mark.parametrize("caller", ["sync-httpx2", "async-httpx2"], indirect=True)


def _cut(data: bytes, end: Action, _received: Received) -> Sequence[Action]:
    return data, end


@HTTPX2
@pytest.mark.parametrize("end", [Close(), Reset()], ids=["closed", "reset"])
@pytest.mark.parametrize("call", [pytest.param(call, id=call.name) for call in CALLS])
def test_a_response_may_be_interrupted_at_every_byte(
    call: Call, end: Action, caller: Caller, client: Any, server: Server, tmp_path: Path
) -> None:
    """It raises, is never returned as complete, and leaves neither a partial file nor a connection in use."""
    response = whole(call)
    enough = response.index(b"[DONE]") + len("[DONE]") if call is STREAM else len(response)
    for size in range(len(response)):
        server.respond = partial(_cut, response[:size], end)
        try:
            value = call.make(caller, client, tmp_path)
        except SpecwireError as error:
            assert type(error) in (APIConnectionError, StreamTruncatedError)
        else:
            assert (call.value, True) == (value, size >= enough)
        assert [] == list(tmp_path.iterdir())
        assert [] == busy(client)
    server.respond = lambda _: reply({"id": "2"})
    assert Thing(id="2") == caller.run(client.things.make(name="y"))


@pytest.mark.parametrize("end", [closes, resets, half_closes], ids=["closed", "reset", "half-closed"])
@pytest.mark.parametrize("taken", [0, 1, 40, 300, 100_000, 1 << 20])
def test_an_upload_may_be_interrupted_anywhere(
    taken: int, end: Callable[[socket.socket], None], caller: Caller
) -> None:
    """It is a connection error, not retried, and releases everything."""
    connections = 0

    def serve(connection: socket.socket) -> None:
        nonlocal connections
        connections += 1
        left = taken
        while left and (got := len(connection.recv(min(left, 65536)))):
            left -= got
        end(connection)

    with listening(serve) as port:
        client = caller.client(base_url=f"http://127.0.0.1:{port}", timeout=10.0)
        with pytest.raises(APIConnectionError) as caught:
            caller.run(client.files.upload(file=("a", LARGE)))
        assert APIConnectionError is type(caught.value)
        assert [] == busy(client)
    assert taken == 0 or 1 == connections


def test_a_server_that_stops_reading_is_a_timeout(caller: Caller) -> None:
    """The upload ends by `timeout`."""

    def serve(connection: socket.socket) -> None:
        connection.recv(1000)
        left.wait(10)

    left = threading.Event()
    with listening(serve) as port:
        client = caller.client(base_url=f"http://127.0.0.1:{port}", timeout=0.2)
        with pytest.raises(APITimeoutError, match="no response in time from"):
            caller.run(client.files.upload(file=("a", LARGE)))
        left.set()
        assert [] == busy(client)


@pytest.mark.differs("pyreqwest", reason="its limit is for the upload and the response together")
def test_a_slow_source_of_an_upload_is_no_timeout(caller: Caller, server: Server) -> None:
    """`timeout` limits the waits for the server."""

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            time.sleep(0.15)
            yield LARGE[: 1 << 18]

    server.respond = lambda _: reply({"id": "1"})
    caller.run(caller.client(timeout=0.1).files.upload(file=("a", pieces())))
    assert 3 << 18 < server.received[0].size


def test_an_upload_that_is_rejected_half_way_raises_the_reason(caller: Caller) -> None:
    """The error is the server's response, not the broken pipe."""

    def serve(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\nconnection: close\r\n\r\ntoo large")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 20):
            continue

    with listening(serve) as port:
        client = caller.client(base_url=f"http://127.0.0.1:{port}", timeout=10.0)
        with pytest.raises(APIStatusError, match="HTTP 413: too large"):
            caller.run(client.files.upload(file=("a", LARGE)))
        assert [] == busy(client)
