"""Server that follows a script, so that tests can produce every condition on the wire."""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Self

KEPT = 1 << 20
"""Number of bytes that are kept of a request body; of the rest only the size is."""


class Close:
    """Close the connection."""


class Reset:
    """Reset the connection."""


class Hold:
    """Send nothing until the client closes the connection."""


class Pause:
    """Send nothing for some seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


Action = bytes | Close | Reset | Hold | Pause
HTTPResponse = Sequence[Action]


class Received:
    """Request as it was received."""

    def __init__(self, line: str, headers: list[tuple[str, str]], connection: int) -> None:
        self.method, self.target, _ = line.split(" ", 2)
        self.pairs = headers
        self.headers = {name.lower(): value for name, value in headers}
        self.connection = connection
        """Number of the connection that it came on, from 0."""
        self.body = b""
        self.size = 0
        self.chunked = "chunked" in self.headers.get("transfer-encoding", "")

    @property
    def json(self) -> Any:
        """Decode the body as JSON."""
        return json.loads(self.body)


class Server:
    """Scripted server; `play` sets the responses to the next requests, in order, on any connection.

    The first request of a connection takes its place when the connection opens: a client that gives up early may
    send the next one before this one is read. A connection on which nothing arrives gives its place away: a client may
    open one, and then use another one that is free again.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.left = threading.Semaphore(0)
        """Released each time that a client closes a connection that was held."""
        self.respond: Callable[[Received], HTTPResponse] | None = None
        """Responds to what the script does not cover."""
        self.connections = 0
        self._script: deque[HTTPResponse] = deque()
        self._reserved: dict[socket.socket, HTTPResponse] = {}
        """Responses to the first requests of connections."""
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._spawn(self._accept)

    def play(self, *responses: HTTPResponse) -> None:
        """Add responses to the script."""
        self._script.extend(responses)

    def saw_close(self) -> bool:
        """Wait until a client closes a held connection."""
        return self.left.acquire(timeout=3)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _spawn(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
                if self._script:
                    self._reserved[connection] = self._script.popleft()
            number = self.connections
            self.connections += 1
            self._spawn(self._serve, connection, number)

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with ExitStack() as stack:
                stack.callback(self._forget, connection)
                reader = stack.enter_context(connection.makefile("rb"))
                while (received := _read(reader, number)) is not None:
                    with self._lock:
                        self.received.append(received)
                        response = self._following(connection)
                    if response is None:
                        response = (
                            self.respond(received) if self.respond else reply(b"no response in the script", status=418)
                        )
                    if not self._do(connection, response):
                        return
        except OSError:
            return

    def _following(self, connection: socket.socket) -> HTTPResponse | None:
        """Return the response of the script to a request that arrived on a connection."""
        if (own := self._reserved.pop(connection, None)) is not None:
            return own
        arriving = select.select(list(self._reserved), [], [], 0)[0]
        if (idle := next((each for each in self._reserved if each not in arriving), None)) is not None:
            return self._reserved.pop(idle)
        return self._script.popleft() if self._script else None

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
            self._reserved.pop(connection, None)
            connection.close()

    def _do(self, connection: socket.socket, response: HTTPResponse) -> bool:
        for action in response:
            match action:
                case bytes():
                    connection.sendall(action)
                case Pause():
                    threading.Event().wait(action.seconds)
                case Hold():
                    if _closed_by_client(connection):
                        self.left.release()
                    return False
                case Reset():
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
                case Close():
                    connection.shutdown(socket.SHUT_RDWR)
                    return False
        return True


def _closed_by_client(connection: socket.socket) -> bool:
    try:
        while connection.recv(65536):
            continue
    except OSError:
        return True
    return True


def _read(reader: Any, number: int) -> Received | None:
    line = b"" if reader.peek(1)[:1] == b"\x16" else reader.readline()
    if line.count(b" ") < 2:
        return None
    headers: list[tuple[str, str]] = []
    while (header := reader.readline()) not in (b"\r\n", b""):
        name, _, value = header.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
    received = Received(line.decode("latin-1").strip(), headers, number)
    if received.chunked:
        while size := int(_line(reader), 16):
            _take(received, reader, size)
            reader.readline()
        reader.readline()
    else:
        _take(received, reader, int(received.headers.get("content-length", "0")))
    return received


def _line(reader: Any) -> bytes:
    line: bytes = reader.readline()
    if not line:
        raise OSError("the client left in the middle of its body")
    return line


def _take(received: Received, reader: Any, size: int) -> None:
    left = size
    while left:
        piece = reader.read(min(left, 1 << 18))
        if not piece:
            raise OSError("the client left in the middle of its body")
        left -= len(piece)
        received.size += len(piece)
        if len(received.body) < KEPT:
            received.body += piece


def head(status: int = 200, headers: dict[str, str] | None = None) -> bytes:
    """Return the status line and header lines of a response."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def reply(body: Any = None, *, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    """Return a complete response: bytes as they are, anything else as JSON."""
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (head(status, {"content-type": kind, "content-length": str(len(data)), **(headers or {})}) + data,)


def chunk(data: bytes) -> bytes:
    """Return one chunk of a chunked body."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


END = b"0\r\n\r\n"
"""End of a chunked body."""


def stream(*pieces: Any, end: Sequence[Action] = (END,), kind: str = "text/event-stream") -> HTTPResponse:
    """Return a chunked response: dicts as `data:` events, bytes as they are, other actions in between."""
    actions: list[Action] = [head(200, {"content-type": kind, "transfer-encoding": "chunked"})]
    for piece in pieces:
        if isinstance(piece, dict):
            piece = b"data: " + json.dumps(piece).encode() + b"\n\n"
        actions.append(chunk(piece) if isinstance(piece, bytes) else piece)
    return (*actions, *end)


DONE = b"data: [DONE]\n\n"
