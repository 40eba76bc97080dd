"""Mutual TLS: the client presents its certificate, and reports what is wrong with it."""

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

from tests.runtime.auth.secured_client import provider, secured_request
from tests.support.certificates import NAME, PASSWORD, Files, write
from tests.support.sample import Thing
from tests.support.server import Server, reply

Choice = Callable[[Files], Any]
"""Values of `cert` that users give."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Certificate of client and server."""
    return write(tmp_path_factory.mktemp("certificate"))


class MutualTLSServer:
    """TLS server that requires a client certificate and records the names of its clients."""

    def __init__(self, files: Files) -> None:
        self.names: list[str] = []
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(files.authority))
        self._context.load_cert_chain(files.both)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Respond until the listener is closed."""
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
def mutual_tls_server(files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[MutualTLSServer]:
    """Server that requires certificates, and that clients trust."""
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    made = MutualTLSServer(files)
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
            response: Thing = client.send(secured_request())
            return response

    async def main() -> Thing:
        async with type("Guarded", (AsyncClient,), {"_provider": api})(base_url=url, **options) as client:
            response: Thing = await client.send(secured_request())
            return response

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
def test_the_certificate_is_presented(
    mutual_tls_server: MutualTLSServer, files: Files, kind: str, choose: Choice
) -> None:
    """A certificate in one file or two, with or without a password, satisfies a mutual TLS scheme."""
    assert Thing(id="1") == call(kind, provider(("mtls",)), mutual_tls_server.url, cert=choose(files))
    assert [NAME] == mutual_tls_server.names


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
def test_an_unusable_certificate_is_rejected_with_its_path(files: Files, choose: Choice) -> None:
    """A certificate without its key, with a wrong password, or an invalid one, is rejected at once."""
    with pytest.raises(ConfigurationError, match=r"^the certificate '.*' cannot be used: .*: give PEM files$"):
        call("sync", provider(("mtls",)), "https://localhost", cert=choose(files))


def test_a_call_without_the_required_certificate_is_rejected() -> None:
    """The message states that one is needed."""
    with pytest.raises(ConfigurationError, match=r"needs credentials for get_thing: mtls \(pass cert=\.\.\.\)"):
        call("sync", provider(("mtls",)), "https://localhost")


def test_an_http_client_of_the_user_may_have_the_certificate(server: Server, files: Files) -> None:
    """It is called if no other credentials satisfy the operation."""
    server.play(reply({"id": "1"}), reply({"id": "1"}))
    api = provider(("mtls",), ("header",))
    with httpx2.Client() as mine:
        call("sync", api, server.url, http_client=mine)
        call("sync", api, server.url, http_client=mine, credentials={"header": "h"})
        with pytest.raises(ConfigurationError, match="configure the certificate there"):
            call("sync", api, server.url, http_client=mine, cert=files.both)
    assert [None, "h"] == [received.headers.get("x-key") for received in server.received]
