"""The server of the bench: raw HTTP/1.1 with ready-made responses, so that clients are what is measured.

Run as a script it prints its port and serves until its standard input ends. A path may begin with how a stream is cut
into HTTP chunks (`/event`, `/block`, or `/paced` for events with a pause after each), and with `/slow`, for a response
after a second, as many calls in flight need, or after the seconds of the first argument.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import fixtures

_PIECE = 256 * 1024
_DELAY = 1.0
"""Seconds of `/slow` unless the first argument has others."""
_PACE = 0.005
"""Seconds between two events of `/paced`."""
_END_OF_EVENT = b"\n\n\r\n"


class Server(asyncio.Protocol):
    """Connection of the server: it parses requests, drops their bodies, and writes ready-made responses."""

    def __init__(self, responses: dict[tuple[str, str], bytes], slow: float) -> None:
        self._responses = responses
        self._slow = slow
        self._head = b""
        self._left = 0
        self._chunked = False
        self._response: bytes | None = None
        self._pieces: Iterator[bytes] | None = None
        self._paused = False
        self._delay = 0.0
        self._is_paced = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._response is None:
            head, end, data = (self._head + data).partition(b"\r\n\r\n")
            if not end:
                self._head = head
                return
            self._head = b""
            self._begin(head.decode("latin-1"))
        if self._chunked:
            self._chunked = not data.endswith(b"0\r\n\r\n")
        else:
            self._left -= len(data)
        if self._left <= 0 and not self._chunked:
            self._respond()

    def _begin(self, head: str) -> None:
        request, *lines = head.split("\r\n")
        method, target, _ = request.split(" ")
        fields = dict(line.lower().split(": ", 1) for line in lines)
        self._left = int(fields.get("content-length", "0"))
        self._chunked = "transfer-encoding" in fields
        path = target.partition("?")[0]
        self._is_paced = path.startswith("/paced")
        self._delay = self._slow if path.startswith("/slow") else 0.0
        self._response = self._responses.get((method, path.removeprefix("/slow")), _response("404 Not Found", b"{}"))
        if "100-continue" in fields.get("expect", ""):
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _respond(self) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._write)
        else:
            self._write()

    def _write(self) -> None:
        response, self._response = self._response, None
        if response is None or self._transport.is_closing():
            return
        if self._is_paced:
            self._write_event(iter(response.split(_END_OF_EVENT)))
            return
        if len(response) <= _PIECE:
            self._transport.write(response)
            return
        view = memoryview(response)
        self._pieces = (bytes(view[start : start + _PIECE]) for start in range(0, len(view), _PIECE))
        self._pump()

    def _write_event(self, events: Iterator[bytes]) -> None:
        event = next(events, None)
        if event is None or self._transport.is_closing():
            return
        self._transport.write(event if event.endswith(b"0\r\n\r\n") else event + _END_OF_EVENT)
        asyncio.get_running_loop().call_later(_PACE, self._write_event, events)

    def _pump(self) -> None:
        while self._pieces is not None and not self._paused and not self._transport.is_closing():
            piece = next(self._pieces, None)
            if piece is None:
                self._pieces = None
            else:
                self._transport.write(piece)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._pump()

    def connection_lost(self, exc: Exception | None) -> None:
        self._pieces = None


def responses() -> dict[tuple[str, str], bytes]:
    """Return every response by method and path."""
    events = fixtures.stream()
    few = fixtures.stream(fixtures.FEW_EVENTS)
    chat = "/v1/chat/completions"
    files = "/v1/files"
    binary = "application/octet-stream"
    return {
        ("POST", chat): _response("200 OK", fixtures.chat()),
        ("POST", f"/event{chat}"): _stream(fixtures.by_event(events)),
        ("POST", f"/block{chat}"): _stream(fixtures.by_block(events)),
        ("POST", f"/few/event{chat}"): _stream(fixtures.by_event(few)),
        ("POST", f"/few/block{chat}"): _stream(fixtures.by_block(few)),
        ("POST", f"/hundred{chat}"): _stream(fixtures.by_event(fixtures.stream(100))),
        ("POST", f"/paced{chat}"): _stream(fixtures.by_event(fixtures.stream(100))),
        ("GET", "/v1/models"): _response("200 OK", fixtures.models()),
        ("POST", "/v1/embeddings"): _response("200 OK", fixtures.embeddings()),
        ("POST", files): _response("200 OK", fixtures.file()),
        ("GET", f"{files}/{fixtures.FILE_ID}/content"): _response("200 OK", bytes(fixtures.DOWNLOAD), binary),
    }


def _response(status: str, body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\nx-request-id: req-1\r\n\r\n"
    return head.encode() + body


def _stream(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n" + body


@contextmanager
def serving(slow: float = _DELAY) -> Iterator[str]:
    """Run the server in a process of its own, and yield its origin."""
    command = [sys.executable, __file__, str(slow)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None and server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()


async def serve(slow: float) -> None:
    """Serve on a free port of the loopback until standard input ends."""
    loop = asyncio.get_running_loop()
    ready = responses()
    server = await loop.create_server(lambda: Server(ready, slow), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) if len(sys.argv) > 1 else _DELAY))
