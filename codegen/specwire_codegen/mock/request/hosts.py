"""Check of the `Host` header, so that no web page reaches the mock through a host name of its choice."""

import ipaddress
import socket
from collections.abc import Collection
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})
"""Listening addresses that mean all interfaces of the machine."""


class HostCheck:
    """Middleware that responds with 421 unless the request has an allowed `Host`."""

    def __init__(self, app: ASGIApp, listening: str, named: Collection[str] = ()) -> None:
        """Allow the listening address and these additional names."""
        self._app = app
        self._everywhere = listening in EVERYWHERE
        own = {socket.gethostname()} if self._everywhere else {_bracketed(listening)}
        self._allowed = LOCAL | {name.lower() for name in (*own, *named)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward or reject a request."""
        hosts = [value for name, value in scope.get("headers", ()) if name == b"host"]
        if scope["type"] != "http" or all(self._allows(_without_port(host.decode("latin-1"))) for host in hosts):
            return await self._app(scope, receive, send)
        allowed = ", ".join(sorted(self._allowed))
        text = f"the mock server accepts only the hosts {allowed}; allow another with --allow-host\n"
        await PlainTextResponse(text, 421)(scope, receive, send)
        return None

    def _allows(self, host: str) -> bool:
        return host in self._allowed or (self._everywhere and _is_address(host))


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower().removesuffix(".")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
