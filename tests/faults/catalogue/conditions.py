"""Conditions of failures: a script of the server, or an address without a server."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import msgspec

from tests.faults.catalogue.outcomes import Call
from tests.support.caller import OTHERS, Caller
from tests.support.certificates import write
from tests.support.ports import free_port
from tests.support.server import Action, Close, Pause, Received, Server, head

Script = Callable[[Call], Sequence[Action]]
"""Actions of the server, made from the successful response."""


class Scenario(msgspec.Struct, frozen=True):
    """Context of a failure."""

    caller: Caller
    server: Server
    call: Call
    tls: ssl.SSLContext
    stack: ExitStack
    """Closed when the test ends."""

    def client(self, **options: Any) -> Any:
        """Make a client with long timeouts, so that only intended ones occur."""
        return self.caller.client(**{"timeout": 10.0, **options})


Arrange = Callable[[Scenario], Any]
"""Function that prepares the failure and returns the client that meets it."""


def plays(script: Script) -> Arrange:
    """Let the server respond so to every request."""

    def arrange(scene: Scenario) -> Any:
        scene.server.respond = lambda _: script(scene.call)
        return scene.client()

    return arrange


def stalls(script: Script) -> Arrange:
    """Let the server respond so to every request, with a short timeout of the client."""

    def arrange(scene: Scenario) -> Any:
        scene.server.respond = lambda _: script(scene.call)
        return scene.client().with_options(timeout=0.1, idle_timeout=0.1)

    return arrange


def bounded(arrange: Arrange) -> Arrange:
    """Let the client keep at most two megabytes of a response."""
    return lambda scene: arrange(scene).with_options(max_response_size=2 << 20)


def whole(call: Call, status: int = 200, body: bytes | None = None, **headers: str) -> bytes:
    """Return a complete response; keywords are headers with `_` for `-`."""
    data = call.body if body is None else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(status, {"content-type": call.content_type, "content-length": str(len(data)), **named}) + data


def interrupted_part(scene: Scenario) -> Any:
    """Call a server that supports ranges and interrupts every complete response."""
    body = scene.call.body

    def respond(received: Received) -> Sequence[Action]:
        start = received.headers.get("range", "").removeprefix("bytes=").removesuffix("-")
        if not start:
            named = {"accept_ranges": "bytes", "etag": '"1"', "content_length": str(len(body))}
            return (open_head(scene.call, **named), body[:10], Pause(0.02), Close())
        rest = body[int(start) :]
        where = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return (head(206, {"content-range": where, "content-length": str(len(rest)), "etag": '"1"'}), rest)

    scene.server.respond = respond
    return scene.client()


def open_head(call: Call, **headers: str) -> bytes:
    """Return the head of a response without a length, except by the keywords."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(200, {"content-type": call.content_type, **named})


def refused(scene: Scenario) -> Any:
    """Call a port on which nothing listens."""
    return scene.client(base_url=f"http://127.0.0.1:{free_port()}")


def nowhere(scene: Scenario) -> Any:
    """Call a host that does not exist."""
    return scene.client(base_url="http://nowhere.invalid")


def untrusted(scene: Scenario) -> Any:
    """Call a server with an untrusted certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        context.load_cert_chain(write(Path(folder)).both)

    def serve(connection: socket.socket) -> None:
        context.wrap_socket(connection, server_side=True)

    return scene.client(base_url=f"https://localhost:{scene.stack.enter_context(listening(serve))}")


def through_proxy(serve: Callable[[socket.socket], None] | None, target: str) -> Arrange:
    """Call a server through a proxy that handles each connection so, or that does not exist."""

    def arrange(scene: Scenario) -> Any:
        port = free_port() if serve is None else scene.stack.enter_context(listening(serve))
        if scene.caller.library in OTHERS:
            proxies = {name: f"http://127.0.0.1:{port}" for name in ("http_proxy", "https_proxy")}
            scene.stack.enter_context(mock.patch.dict(os.environ, proxies))
            return scene.client(base_url=target)
        library = import_module(scene.caller.library)
        kind = library.AsyncClient if scene.caller.asynchronous else library.Client
        client = kind(proxy=f"http://127.0.0.1:{port}", verify=scene.tls)
        close = client.aclose if scene.caller.asynchronous else client.close
        scene.stack.callback(lambda: scene.caller.run(close()))
        return scene.client(base_url=target, http_client=client)

    return arrange


def rejects(connection: socket.socket) -> None:
    """Reject the request of a client as a proxy."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")


def accepts(size: int, then: Callable[[socket.socket], None]) -> Arrange:
    """Let the server read this many bytes of a request, and then do this instead of responding."""

    def serve(connection: socket.socket) -> None:
        left = size
        while left and (taken := len(connection.recv(min(left, 65536)))):
            left -= taken
        then(connection)

    def arrange(scene: Scenario) -> Any:
        return scene.client(base_url=f"http://127.0.0.1:{scene.stack.enter_context(listening(serve))}")

    return arrange


def closes(connection: socket.socket) -> None:
    """Close the connection, with unread data."""
    connection.shutdown(socket.SHUT_RDWR)


def resets(connection: socket.socket) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_closes(connection: socket.socket) -> None:
    """Close the sending side and keep reading."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        continue


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Handle each connection by a function; yield the port."""

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
