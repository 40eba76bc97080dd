"""HTTPS proxies: TLS to the server inside of TLS to the proxy, with the limits of other connections."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, Self

import pytest
from specwire.errors import APIConnectionError, APITimeoutError

from tests.support import certificates
from tests.support.caller import QUICK
from tests.support.sample import AsyncSample, Sample
from tests.support.server import Close, Hold, Server, reply

LARGE = "x" * 300_000
"""Longer than several TLS records, and than the buffers of sockets."""


class Relay:
    """TLS listener that passes bytes on: to one server, or, as a proxy, to the target of a `CONNECT` request."""

    def __init__(self, context: ssl.SSLContext, port: int | None = None, status: bytes = b"200 OK") -> None:
        self.heads: list[bytes] = []
        """Heads of the `CONNECT` requests."""
        self._context = context
        self._port = port
        self._status = status
        self._open = ExitStack()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._open.close()
        self._thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), closing(self._context.wrap_socket(connection, server_side=True)) as secured:
            port = self._port
            if port is None:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += secured.recv(1)
                self.heads.append(head)
                secured.sendall(b"HTTP/1.1 " + self._status + b"\r\n\r\n")
                if not self._status.startswith(b"200"):
                    return
                port = int(head.split(b" ")[1].rpartition(b":")[2])
            with socket.create_connection(("127.0.0.1", port)) as target:
                self._open.callback(_shut, target)
                back = threading.Thread(target=_copy, args=(target, secured), daemon=True)
                back.start()
                _copy(secured, target)
                back.join(5)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _shut(target)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> certificates.Files:
    """Certificate of the server and of the proxy."""
    return certificates.write(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def context(files: certificates.Files) -> ssl.SSLContext:
    """TLS context of the server and of the proxy."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(files.both)
    return made


@pytest.fixture
def origin(server: Server, context: ssl.SSLContext) -> Iterator[Relay]:
    """The scripted server behind TLS."""
    with Relay(context, server.port) as relay:
        yield relay


@pytest.fixture
def proxy(context: ssl.SSLContext, files: certificates.Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """HTTPS proxy of the environment; its certificate is trusted, like that of the server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    with Relay(context) as relay:
        monkeypatch.setenv("HTTPS_PROXY", f"https://user:pa%20ss@localhost:{relay.port}")
        yield relay


@pytest.fixture
def client(origin: Relay, proxy: Relay, files: certificates.Files) -> Iterator[Sample]:
    """Client with a TLS context of its own, which reads the trusted certificates of the environment."""
    with Sample("key", base_url=f"https://localhost:{origin.port}", cert=files.both, retry=QUICK) as made:
        yield made


def test_calls_go_through_the_proxy(client: Sample, server: Server, proxy: Relay, origin: Relay) -> None:
    """The proxy sees its own credentials and the place of the server, but no key; the connection is reused."""
    server.play(reply({"id": LARGE}), reply({"id": "2"}))
    assert LARGE == client.things.get("1").id
    assert "2" == client.things.get("2").id
    assert [0, 0] == [received.connection for received in server.received]
    [head] = proxy.heads
    assert head.startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % origin.port)
    assert base64.b64encode(b"user:pa ss") in head
    assert b"key" not in head


def test_large_uploads_go_through_the_proxy(client: Sample, server: Server, tmp_path: Path) -> None:
    """A body of many TLS records arrives unchanged."""
    server.play(reply({"id": "1"}))
    file = tmp_path / "large.txt"
    file.write_text(LARGE, "utf-8")
    client.files.upload(file=file)
    assert LARGE.encode() in server.received[0].body


def test_a_response_that_breaks_off_is_an_error(client: Sample, server: Server) -> None:
    """An end inside of the tunnel is not the end of the response."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
    server.play(*[(head + b'{"id":', Close())] * 3)
    with pytest.raises(APIConnectionError, match="broke off|no response"):
        client.things.get("1")


def test_the_deadline_applies_in_the_tunnel(client: Sample, server: Server) -> None:
    """A silent server behind the proxy is given up in time."""
    server.play((Hold(),))
    begun = time.monotonic()
    with pytest.raises(APITimeoutError, match="no response in time"):
        client.things.get.with_options(deadline=0.3)("1")
    assert time.monotonic() - begun < 3


def test_closing_the_client_wakes_a_thread_that_waits_in_the_tunnel(client: Sample, server: Server) -> None:
    """The waiting call ends with an error of the client, and is not retried."""
    server.play((Hold(),))
    errors: list[Exception] = []

    def wait() -> None:
        try:
            client.things.get("1")
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    while not server.received:
        time.sleep(0.01)
    client.close()
    thread.join(5)
    assert not thread.is_alive()
    [error] = errors
    assert isinstance(error, APIConnectionError)
    assert 1 == len(server.received)


def test_a_proxy_that_refuses_is_named(
    context: ssl.SSLContext, files: certificates.Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the address of the proxy, without its password."""
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    with Relay(context, status=b"403 Forbidden") as relay:
        monkeypatch.setenv("HTTPS_PROXY", f"https://user:hunter2@localhost:{relay.port}")
        with (
            Sample("key", base_url="https://localhost:1", cert=files.both, max_retries=0) as client,
            pytest.raises(
                APIConnectionError, match=rf"through the proxy localhost:{relay.port} \(HTTPS_PROXY\)"
            ) as caught,
        ):
            client.things.get("1")
        assert "hunter2" not in str(caught.value)


def test_the_certificate_of_the_server_is_checked_in_the_tunnel(
    origin: Relay, proxy: Relay, files: certificates.Files
) -> None:
    """A certificate for another name is rejected, although that of the proxy is good."""
    with (
        Sample("key", base_url=f"https://127.0.0.1:{origin.port}", cert=files.both, max_retries=0) as client,
        pytest.raises(APIConnectionError, match="certificate"),
    ):
        client.things.get("1")
    assert 1 == len(proxy.heads)


async def _get(client: Any) -> Any:
    async with client:
        return await client.things.get("1")


def test_an_asynchronous_client_uses_the_proxy(
    server: Server, origin: Relay, proxy: Relay, files: certificates.Files
) -> None:
    """With the tunnel of the HTTP library's event loop."""
    server.play(reply({"id": LARGE}))
    client = AsyncSample("key", base_url=f"https://localhost:{origin.port}", cert=files.both, retry=QUICK)
    assert LARGE == asyncio.run(_get(client)).id
    assert 1 == len(proxy.heads)
