"""HTTP server for the mock application."""

import asyncio
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.reply.asgi_send import CONNECTION
from specwire_codegen.mock.request.hosts import HostCheck

BACKLOG: Final = 2048
"""Maximum number of connections that wait to be accepted."""
GRACE: Final = 2
"""Grace period of open connections at shutdown, in seconds."""
KEEP_ALIVE: Final = 600
"""Seconds that idle connections stay open: a client should not meet the end of one while it draws the next call."""


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 protocol that gives the application access to the connection, to close it during a reply."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Serve one connection."""
        super().__init__(config, server_state, app_state, _loop)
        inner = self.app

        async def reachable(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[CONNECTION] = self.transport
            await inner(scope, receive, send)

        self.app = reachable


class _ReadyServer(Server):
    def __init__(self, config: Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def _server(app: ASGIApp, ready: Callable[[], None]) -> Server:
    config = Config(
        app,
        http=CuttableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=KEEP_ALIVE,
    )
    return _ReadyServer(config, ready)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio sends small replies at once only on sockets that name TCP; others wait 40 ms for an ACK.
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a host name"
        raise MockError(f"cannot resolve {host!r}: {reason or error}. Name an address of this machine") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise MockError(f"cannot listen on {host}:{port}: {error.strerror or error}. Choose another port") from error
    return listener


def _url(host: str, listener: socket.socket) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


@contextmanager
def serve(app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, any_host: bool = False) -> Iterator[str]:
    """Serve the application in a thread and yield its base URL; port 0 picks a free port.

    Requests must name this machine as their `Host`; with `any_host`, they may name another server.
    """
    listener = _listen(host, port)
    started = threading.Event()
    server = _server(app if any_host else HostCheck(app, host), started.set)
    thread = threading.Thread(target=server.run, args=([listener],), name="specwire-mock", daemon=True)
    url = _url(host, listener)
    thread.start()
    while not started.wait(0.1):
        if not thread.is_alive():
            raise MockError(f"the mock server did not start on {url}: see the log of `uvicorn.error`")
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join()


def run(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Callable[[str], None] | None = None,
    hosts: Collection[str] = (),
) -> None:
    """Serve the application until it is interrupted; call `ready` with the base URL once it accepts requests.

    Requests must name this machine, or one of `hosts`, as their `Host`. Raise MockError if the address is in use.
    """
    listener = _listen(host, port)
    url = _url(host, listener)
    server = _server(HostCheck(app, host, hosts), lambda: ready(url) if ready else None)
    with suppress(KeyboardInterrupt):
        server.run([listener])
