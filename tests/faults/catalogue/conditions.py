"""How faults come about: a script of the server, or a place where no server is."""

from __future__ import annotations

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

import msgspec

from tests.faults.catalogue.outcomes import Call
from tests.support.caller import Caller
from tests.support.certificates import write
from tests.support.ports import free_port
from tests.support.server import Action, Close, Pause, Received, Server, head

Script = Callable[[Call], Sequence[Action]]
"""What the server does, made from the answer that would have been good."""


class Scenario(msgspec.Struct, frozen=True):
    """What a fault has to work with."""

    caller: Caller
    server: Server
    call: Call
    tls: ssl.SSLContext
    stack: ExitStack
    """Closes what was opened when the test ends."""

    def client(self, **options: Any) -> Any:
        """Make a client that waits long, so that only what is meant to time out does."""
        return self.caller.client(**{"timeout": 10.0, **options})


Arrange = Callable[[Scenario], Any]
"""Makes the fault come about, and the client that meets it."""


def plays(script: Script) -> Arrange:
    """Let the server do this to every request."""

    def arrange(scene: Scenario) -> Any:
        scene.server.answer = lambda _: script(scene.call)
        return scene.client()

    return arrange


def stalls(script: Script) -> Arrange:
    """Let the server do this to every request, and the client wait for a moment only."""

    def arrange(scene: Scenario) -> Any:
        scene.server.answer = lambda _: script(scene.call)
        return scene.client().with_options(timeout=0.1, idle_timeout=0.1)

    return arrange


def bounded(arrange: Arrange) -> Arrange:
    """Let the client hold two megabytes of an answer at most."""
    return lambda scene: arrange(scene).with_options(max_response_size=2 << 20)


def whole(call: Call, status: int = 200, body: bytes | None = None, **headers: str) -> bytes:
    """Return an answer in one piece; keywords are headers with `_` for `-`."""
    data = call.body if body is None else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(status, {"content-type": call.content_type, "content-length": str(len(data)), **named}) + data


def breaks_off(scene: Scenario) -> Any:
    """Call a server that takes ranges, and breaks every answer off that is to hold all bytes."""
    body = scene.call.body

    def answer(received: Received) -> Sequence[Action]:
        start = received.headers.get("range", "").removeprefix("bytes=").removesuffix("-")
        if not start:
            named = {"accept_ranges": "bytes", "etag": '"1"', "content_length": str(len(body))}
            return (open_head(scene.call, **named), body[:10], Pause(0.02), Close())
        rest = body[int(start) :]
        where = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return (head(206, {"content-range": where, "content-length": str(len(rest)), "etag": '"1"'}), rest)

    scene.server.answer = answer
    return scene.client()


def open_head(call: Call, **headers: str) -> bytes:
    """Return the head of an answer that says nothing of its length but what the keywords say."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(200, {"content-type": call.content_type, **named})


def refused(scene: Scenario) -> Any:
    """Call a port on which nothing listens."""
    return scene.client(base_url=f"http://127.0.0.1:{free_port()}")


def nowhere(scene: Scenario) -> Any:
    """Call a host that does not exist."""
    return scene.client(base_url="http://nowhere.invalid")


def untrusted(scene: Scenario) -> Any:
    """Call a server whose certificate was signed by nobody that the client trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        context.load_cert_chain(write(Path(folder)).both)

    def serve(connection: socket.socket) -> None:
        context.wrap_socket(connection, server_side=True)

    return scene.client(base_url=f"https://localhost:{scene.stack.enter_context(listening(serve))}")


def through_proxy(serve: Callable[[socket.socket], None] | None, target: str) -> Arrange:
    """Call a server by way of a proxy that does this to each connection, or that is not there."""

    def arrange(scene: Scenario) -> Any:
        port = free_port() if serve is None else scene.stack.enter_context(listening(serve))
        library = import_module(scene.caller.library)
        kind = library.AsyncClient if scene.caller.asynchronous else library.Client
        client = kind(proxy=f"http://127.0.0.1:{port}", verify=scene.tls)
        close = client.aclose if scene.caller.asynchronous else client.close
        scene.stack.callback(lambda: scene.caller.run(close()))
        return scene.client(base_url=target, http_client=client)

    return arrange


def says_no(connection: socket.socket) -> None:
    """Refuse what a client asks of a proxy."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")


def takes(size: int, then: Callable[[socket.socket], None]) -> Arrange:
    """Let the server take so many bytes of a request, and then do this instead of an answer."""

    def serve(connection: socket.socket) -> None:
        left = size
        while left and (taken := len(connection.recv(min(left, 65536)))):
            left -= taken
        then(connection)

    def arrange(scene: Scenario) -> Any:
        return scene.client(base_url=f"http://127.0.0.1:{scene.stack.enter_context(listening(serve))}")

    return arrange


def closes(connection: socket.socket) -> None:
    """Close the connection in the ordinary way, whatever is unread."""
    connection.shutdown(socket.SHUT_RDWR)


def resets(connection: socket.socket) -> None:
    """Break the connection off with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_closes(connection: socket.socket) -> None:
    """Say that nothing will be sent, and go on listening."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        continue


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve each connection by a function; gives the port."""

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
