"""Choice of the HTTP library of a client: by name, or by a session of the user's."""

from __future__ import annotations

import ssl
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from specwire._network.event_loop import is_trio
from specwire._transports import library
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

TransportName: TypeAlias = Literal["httpx2", "httpx", "aiohttp", "pyreqwest"]
_ADAPTED = {("aiohttp", True), ("pyreqwest", True), ("pyreqwest", False)}
"""Libraries with an adapter, and whether it is asynchronous."""


class Opener:
    """HTTP library by name: opens HTTP clients with connections of their own."""

    def __init__(self, name: str, *, asynchronous: bool) -> None:
        if name not in get_args(TransportName):
            names = ", ".join(map(repr, get_args(TransportName)))
            raise ConfigurationError(f"transport={name!r} is unknown: use one of {names}")
        if name != "httpx" and (name, asynchronous) not in _ADAPTED:
            raise ConfigurationError(
                f"transport={name!r} is asynchronous only: use an asynchronous client, or 'pyreqwest'"
            )
        self._name = name
        self._asynchronous = asynchronous
        self.module: Any = _httpx() if name == "httpx" else library
        """Module with the exceptions and the URL type that the library has."""
        if name != "httpx":
            self._adapter = _adapter(name, asynchronous=asynchronous)

    def check_certificate(self) -> None:
        """Raise `ConfigurationError` if the library cannot use a client certificate."""
        if self._name == "pyreqwest":
            raise ConfigurationError(
                "transport='pyreqwest' cannot use cert=: pass a client of pyreqwest as http_client"
            )

    def open(self, tls: ssl.SSLContext, jar: CookieJar | None) -> Any:
        """Return an HTTP client, an asynchronous one for the current event loop.

        Without a jar, it keeps cookies in one of its own; with a jar, it keeps none.
        """
        if self._name == "httpx":
            kind = self.module.AsyncClient if self._asynchronous else self.module.Client
            limits = self.module.Limits(max_connections=1000, max_keepalive_connections=100, keepalive_expiry=4.0)
            return kind(verify=tls, limits=limits, cookies=jar)
        if self._asynchronous and is_trio():
            raise ConfigurationError(f"transport={self._name!r} works on asyncio only: use httpx2 on trio")
        return self._adapter(None, tls, cookies=jar is None)


def opener(name: str | None, *, asynchronous: bool) -> Opener | None:
    """Return what opens HTTP clients of a library; None for httpx2, the default."""
    return None if name is None or name == "httpx2" else Opener(name, asynchronous=asynchronous)


def adapted(client: Any, *, asynchronous: bool) -> Any:
    """Return an HTTP client for a session of aiohttp or a client of pyreqwest; anything else unchanged."""
    for kind in type(client).__mro__:
        name = kind.__module__.partition(".")[0]
        if (name, asynchronous) in _ADAPTED and hasattr(client, "request"):
            if name == "pyreqwest" and asynchronous is kind.__name__.startswith("Sync"):
                break
            return _adapter(name, asynchronous=asynchronous)(client, None, cookies=False)
    return client


def _adapter(name: str, *, asynchronous: bool) -> Any:
    try:
        if name == "aiohttp":
            from specwire._transports.aiohttp_client import AiohttpClient

            return AiohttpClient
        from specwire._transports.pyreqwest_client import AsyncPyreqwestClient, opened
    except ImportError as error:
        raise _missing(name) from error
    return AsyncPyreqwestClient if asynchronous else opened


def _httpx() -> Any:
    try:
        return import_module("httpx")
    except ImportError as error:
        raise _missing("httpx") from error


def _missing(name: str) -> ConfigurationError:
    return ConfigurationError(f"transport={name!r} needs {name}: pip install 'specwire[{name}]'")
