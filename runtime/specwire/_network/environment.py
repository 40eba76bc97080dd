"""Environment variables for connections: certificates and proxies, and the one to blame for a failure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from specwire._errors.server_message import summary
from specwire.errors import ConfigurationError

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_SCHEMES = ("http", "https", "socks5", "socks5h")
_LOGIN = re.compile(r"(?<=//)[^/@]*@|^[^/@]*@")


def unusable(error: Exception, library: Any) -> ConfigurationError:
    """Return the error for an HTTP client that can't be created, naming the responsible variable and its value."""
    problem = next(_problems(error, library), "")
    return ConfigurationError(problem or f"the HTTP client cannot be made: {_without_login(summary(str(error), 150))}")


def proxy_shown(host: str, port: int | None) -> str:
    """Return a proxy as part of a sentence: `through the proxy HOST:PORT (VARIABLE)`."""
    place = host if port is None else f"{host}:{port}"
    variable = next((f" ({name})" for name, value in _proxies() if place in value), "")
    return f"through the proxy {place}{variable}"


def proxy_variable(scheme: str) -> str:
    """Return the variable that names the proxy for a scheme, as ` of HTTP_PROXY`, or an empty string."""
    wanted = (f"{scheme}_PROXY".upper(), "ALL_PROXY")
    return next((f" of {name}" for each in wanted for name, _ in _proxies() if name.upper() == each), "")


def _problems(error: Exception, library: Any) -> Iterator[str]:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        path = os.environ.get(name, "")
        if path and isinstance(error, OSError):
            yield from _path_problems(name, path, error)
    for name, value in _proxies():
        shown = _without_login(value)[:100]
        scheme, separator, _ = value.partition("://")
        scheme = scheme.lower() if separator else "http"
        if scheme not in _SCHEMES:
            yield f"{name} names the proxy {shown!r}, whose scheme is not one of {', '.join(_SCHEMES)}"
        elif isinstance(error, ImportError) and scheme.startswith("socks"):
            extra = library.__name__
            yield f'{name} names the SOCKS proxy {shown!r}, which needs a package: pip install "{extra}[socks]"'
        else:
            try:
                library.Proxy(value if separator else f"http://{value}")
            except Exception as reason:
                text = _without_login(summary(str(reason), 80))
                yield f"{name} names the proxy {shown!r}, which is unusable: {text}"


def _path_problems(name: str, path: str, error: OSError) -> Iterator[str]:
    shown = repr(path[:150])
    if name == "SSLKEYLOGFILE":
        if error.filename == path:
            yield f"{name} names {shown}, which isn't writable: {error.strerror}"
    elif not os.path.exists(path):
        yield f"{name} names {shown}, which does not exist"
    elif name == "SSL_CERT_FILE" and error.filename in (None, path):
        yield f"{name} names {shown}, which has no usable certificates: {error.strerror or error}"


def _proxies() -> Iterator[tuple[str, str]]:
    """Yield the names and values of the proxy variables that are set, spelled as they are."""
    for name in _PROXIES:
        for spelt in (name.lower(), name):
            if value := os.environ.get(spelt, "").strip():
                yield spelt, value


def _without_login(text: str) -> str:
    """Return the URL of a proxy without user and password."""
    return _LOGIN.sub("***@", text)
