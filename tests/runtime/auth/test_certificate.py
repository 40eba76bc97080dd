"""Promises of mutual TLS: the client shows its certificate, and says what is wrong with one."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import httpx2
import pytest
from specwire import AsyncClient, Client
from specwire.errors import ConfigurationError
from specwire.support import Provider

from tests.runtime.auth.guarded import ask, provider
from tests.support.certificates import NAME, PASSWORD, Files, write
from tests.support.sample import Thing
from tests.support.server import Server, reply

Choice = Callable[[Files], Any]
"""What a user gives as `cert`."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The certificate of client and server."""
    return write(tmp_path_factory.mktemp("certificate"))


class Doorman:
    """A TLS server that lets in those who show a certificate, and remembers their names."""

    def __init__(self, files: Files) -> None:
        self.names: list[str] = []
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(files.authority))
        self._context.load_cert_chain(files.both)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Answer until the listener is closed."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with suppress(OSError), closing(self._context.wrap_socket(connection, server_side=True)) as secured:
                facts: Any = secured.getpeercert()
                self.names.append(dict(pair for each in facts["subject"] for pair in each)["commonName"])
                secured.recv(65536)
                for action in reply({"id": "1"}, headers={"connection": "close"}):
                    assert isinstance(action, bytes)
                    secured.sendall(action)


@pytest.fixture
def doorman(files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorman]:
    """A server that asks for certificates, and that clients trust."""
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    made = Doorman(files)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    yield made
    made.listener.shutdown(socket.SHUT_RDWR)
    made.listener.close()
    thread.join(5)


def call(kind: str, api: Provider, url: str, **options: Any) -> Thing:
    """Make one call with a client of one kind."""
    if kind == "sync":
        with type("Guarded", (Client,), {"_provider": api})(base_url=url, **options) as client:
            answer: Thing = client.send(ask())
            return answer

    async def main() -> Thing:
        async with type("Guarded", (AsyncClient,), {"_provider": api})(base_url=url, **options) as client:
            answer: Thing = await client.send(ask())
            return answer

    return asyncio.run(main())


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    "choose",
    [
        lambda files: files.both,
        lambda files: str(files.both),
        lambda files: (files.alone, files.both),
        lambda files: (files.alone, files.locked, PASSWORD),
    ],
    ids=["one", "text", "two", "locked"],
)
def test_the_certificate_is_shown(doorman: Doorman, files: Files, kind: str, choose: Choice) -> None:
    """A certificate, in one file or two, with or without a password, meets a mutual TLS scheme."""
    assert Thing(id="1") == call(kind, provider(("mtls",)), doorman.url, cert=choose(files))
    assert [NAME] == doorman.names


@pytest.mark.parametrize(
    "choose",
    [
        lambda files: files.alone,
        lambda files: (files.alone, files.locked),
        lambda files: (files.alone, files.locked, "wrong"),
        lambda files: files.alone.with_name("nowhere.pem"),
        lambda _: __file__,
    ],
    ids=["no-key", "no-password", "wrong-password", "no-file", "no-certificate"],
)
def test_an_unusable_certificate_is_refused_at_once(files: Files, choose: Choice) -> None:
    """A certificate without its key, with a wrong or no password, or that is none, is refused with its path."""
    with pytest.raises(ConfigurationError, match=r"^the certificate '.*' cannot be used: .*: give PEM files$"):
        call("sync", provider(("mtls",)), "https://localhost", cert=choose(files))


def test_a_call_without_its_certificate_is_refused() -> None:
    """A client without a certificate says that one is needed."""
    with pytest.raises(ConfigurationError, match=r"needs credentials for get_thing: mtls \(pass cert=\.\.\.\)"):
        call("sync", provider(("mtls",)), "https://localhost")


def test_a_client_of_your_own_brings_its_certificate(server: Server, files: Files) -> None:
    """A client that the user hands in may show a certificate: it is asked where nothing else will do."""
    server.play(reply({"id": "1"}), reply({"id": "1"}))
    api = provider(("mtls",), ("header",))
    with httpx2.Client() as mine:
        call("sync", api, server.url, http_client=mine)
        call("sync", api, server.url, http_client=mine, credentials={"header": "h"})
        with pytest.raises(ConfigurationError, match="configure the certificate there"):
            call("sync", api, server.url, http_client=mine, cert=files.both)
    assert [None, "h"] == [received.headers.get("x-key") for received in server.received]
