"""Client configuration: base URL, options and `User-Agent`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from specwire import __version__
from specwire._http.option_values import TimeoutConfig, header_mapping
from specwire._http.options import Options
from specwire._http.retry import USUAL_STATUSES, RetryPolicy, with_retries
from specwire._network.server_url import base_url_flaw, shown_url
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._codec.drift import OnDrift
    from specwire._http.middleware import AsyncCallMiddleware, AsyncMiddleware, CallMiddleware, Middleware
    from specwire._http.option_values import URL, HeaderTypes
    from specwire._http.transport import AsyncHTTPClient, SyncHTTPClient
    from specwire._operations.provider import Provider
    from specwire._pools.tls import Certificate


_LONGEST_VERSION = 64
"""Maximum length of the document's version in `User-Agent`, in characters."""
DEFAULT_TIMEOUT = 600.0
"""Default timeout in seconds for each wait; compared by identity to detect that the user chose none."""
_VERSION = re.compile(r"v[0-9]+(?:[a-z]+[0-9]*)?")
_UNCHOSEN = 5.0
"""Default timeout of the HTTP libraries, in seconds."""


@cache
def user_agent(name: str, version: str) -> str:
    """Return the `User-Agent` header for clients of a provider."""
    python = ".".join(map(str, sys.version_info[:3]))
    # The document's version may be any text. Headers allow printable characters, and this comment no parentheses.
    plain = "".join(each if "!" <= each <= "~" and each not in "()\\;" else "-" for each in version[:_LONGEST_VERSION])
    return f"specwire/{__version__} ({name}/{plain}; python/{python})"


def find_base_url(
    given: str | URL | None,
    provider: Provider,
    client: str,
    environment: str | None = None,
    variables: Mapping[str, str | None] | None = None,
) -> str:
    """Return the base URL passed, else that of the named server, else the environment's, else the document's.

    Raise `ConfigurationError` if unusable.
    """
    variable = provider.base_url_variable
    values = {name: value for name, value in (variables or {}).items() if value is not None}
    if given and (environment or values):
        raise ConfigurationError("base_url= and the name of a server are alternatives: give one of them")
    url = str(given) if given else _server_url(environment, values, provider, client)
    url = url or (os.environ.get(variable, "").strip() if variable else "")
    if not url and (named := _stated_environment(provider)):
        url = _server_url(named, {}, provider, client)
    url = url or provider.base_url or ""
    if not url:
        where = f", or set {variable}" if variable else ""
        raise ConfigurationError(f"{client} needs the base URL of the server: pass {client}(base_url=...){where}")
    if (flaw := base_url_flaw(url)) is not None:
        raise ConfigurationError(f"base URL {shown_url(url)!r} is unusable: {flaw}; give https://host/path")
    twice = _doubled(url, provider.prefix)
    if twice and not _doubled(provider.base_url or "", provider.prefix):
        raise ConfigurationError(
            f"every path of {client} begins with {provider.prefix}: leave {twice} out of {shown_url(url)!r}"
        )
    return url.rstrip("/")


def _stated_environment(provider: Provider) -> str:
    """Return the name of a server from the environment."""
    variable = provider.environment_variable
    return os.environ.get(variable, "").strip() if variable else ""


def _server_url(name: str | None, values: Mapping[str, str], provider: Provider, client: str) -> str:
    """Return the URL of a named server, or of the first one that has the variables; empty if nothing is chosen."""
    servers = provider.servers
    if name is not None and name not in servers:
        known = f"use one of {', '.join(servers)}" if servers else "the document names one server; use base_url=..."
        raise ConfigurationError(f"{client} has no environment {name!r}: {known}")
    if name is None and not values:
        return ""
    server = (
        servers[name]
        if name
        else next((each for each in servers.values() if values.keys() <= set(each.variables)), None)
    )
    if server is None or not values.keys() <= set(server.variables):
        where = f"the environment {name!r}" if name else f"no environment of {client}"
        raise ConfigurationError(f"{where} has {'no' if name else 'all'} variables {', '.join(values)}")
    for key, value in values.items():
        allowed = server.variables[key].values
        if not isinstance(value, str) or not value or allowed and value not in allowed:
            raise ConfigurationError(f"{key} cannot be {value!r}: use {' or '.join(allowed) or 'a string'}")
    return server.at(values)


def other_servers(provider: Provider, base_url: str) -> str:
    """Return a hint to the other servers of the document, if the base URL is one of them."""
    urls = {name: server.at({}).rstrip("/") for name, server in provider.servers.items()}
    others = [f"{shown_url(url)} (environment={name!r})" for name, url in urls.items() if url != base_url]
    if base_url not in urls.values() or not others:
        return ""
    return f"the key may belong to {' or '.join(others[:2])}"


def _doubled(url: str, prefix: str) -> str:
    """Return the end of a base URL that repeats the path prefix: the whole prefix, or the prefix up to a version."""
    path = urlsplit(url).path.rstrip("/")
    parts = prefix.split("/")
    found = (
        "/".join(parts[:end])
        for end in range(len(parts), 1, -1)
        if end == len(parts) or _VERSION.fullmatch(parts[end - 1])
    )
    return next((each for each in found if path.endswith(each)), "")


def make_options(
    provider: Provider,
    *,
    timeout: float | TimeoutConfig | None,
    max_retries: int | None,
    retry: RetryPolicy | None,
    headers: HeaderTypes | None,
    default_headers: HeaderTypes | None,
    on_drift: OnDrift,
    deadline: float | None,
    max_response_size: int | None,
    middleware: Sequence[Middleware] | Sequence[AsyncMiddleware],
    call_middleware: Sequence[CallMiddleware] | Sequence[AsyncCallMiddleware],
    keep_unknown: bool,
    http_client: object = None,
) -> Options:
    """Build the options of a client; without a retry policy, the document's retryable statuses extend the defaults."""
    own_policy = retry is not None
    if retry is None:
        more = (provider.retry_statuses or frozenset()) - USUAL_STATUSES
        retry = RetryPolicy(statuses=USUAL_STATUSES | more) if more else RetryPolicy()
    if max_retries is not None:
        if own_policy:
            raise ConfigurationError("max_retries= and retry= are alternatives: give one of them")
        retry = with_retries(retry, max_retries)
    if headers is not None and default_headers is not None:
        raise ConfigurationError("default_headers= and headers= are aliases: give one of them")
    connect_timeout: float | None = 10.0
    own = getattr(http_client, "timeout", None)
    if timeout is DEFAULT_TIMEOUT and own is not None and hasattr(own, "read") and own != type(own)(_UNCHOSEN):
        timeout = own
    if isinstance(timeout, TimeoutConfig):
        connect_timeout = timeout.connect
        timeout = timeout.read
    return Options(
        timeout=timeout,
        connect_timeout=connect_timeout,
        retry=retry,
        headers=header_mapping(headers or default_headers or {}),
        on_drift=on_drift,
        deadline=deadline,
        max_response_size=max_response_size,
        middleware=middleware,
        call_middleware=call_middleware,
        keep_unknown=keep_unknown,
    )


def is_certified(client: SyncHTTPClient | AsyncHTTPClient | None, certificate: Certificate | None) -> bool | None:
    """Return True if connections present a client certificate.

    None for a user's own HTTP client, where it is unknown.
    """
    if client is not None and certificate is not None:
        raise ConfigurationError("cert= doesn't apply to an http_client of yours: configure the certificate there")
    return None if client is not None else certificate is not None
