"""What a client is made with: where the server is, how requests are sent, what the client calls itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from specwire.errors import ConfigurationError
from specwire.options import Options
from specwire.retry import RetryPolicy

if TYPE_CHECKING:
    from specwire.drift import OnDrift
    from specwire.middleware import AsyncCallMiddleware, AsyncMiddleware, CallMiddleware, Middleware
    from specwire.provider import Provider
    from specwire.transport import AsyncHTTPClient, Certificate, SyncHTTPClient


@cache
def user_agent(name: str, version: str) -> str:
    """Return the `User-Agent` of the clients of a provider."""
    # It takes longer to import than most of this package; the HTTP library imports it too, at the first call.
    from importlib import metadata

    try:
        ours = metadata.version("specwire")
    except metadata.PackageNotFoundError:
        ours = "0"
    python = ".".join(map(str, sys.version_info[:3]))
    return f"specwire/{ours} ({name}/{version}; python/{python})"


def find_base_url(given: str | None, provider: Provider, client: str) -> str:
    """Return the base URL given, else the environment's, else the document's; raises `ConfigurationError`."""
    variable = provider.base_url_variable
    url = given or (os.environ.get(variable, "").strip() if variable else "") or provider.base_url
    if not url:
        where = f", or set {variable}" if variable else ""
        raise ConfigurationError(f"{client} needs to know where the server is: pass {client}(base_url=...){where}")
    if not _is_base_url(url):
        raise ConfigurationError(f"{shown_url(url)!r} is no base URL: it must look like https://host/path")
    return url.rstrip("/")


def shown_url(url: str) -> str:
    """Return a URL as it may be shown: without user, password, query and fragment."""
    bare = url.partition("?")[0].partition("#")[0]
    scheme, separator, rest = bare.rpartition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def make_options(
    provider: Provider,
    *,
    timeout: float | None,
    retry: RetryPolicy | None,
    headers: Mapping[str, str] | None,
    on_drift: OnDrift,
    deadline: float | None,
    max_response_size: int | None,
    middleware: Sequence[Middleware] | Sequence[AsyncMiddleware],
    call_middleware: Sequence[CallMiddleware] | Sequence[AsyncCallMiddleware],
    keep_unknown: bool,
) -> Options:
    """Return a client's options; without a retry policy, the document's statuses are retried."""
    if retry is None:
        statuses = provider.retry_statuses
        retry = RetryPolicy() if statuses is None else RetryPolicy(statuses=statuses)
    return Options(
        timeout=timeout,
        retry=retry,
        headers=headers or {},
        on_drift=on_drift,
        deadline=deadline,
        max_response_size=max_response_size,
        middleware=middleware,
        call_middleware=call_middleware,
        keep_unknown=keep_unknown,
    )


def is_certified(client: SyncHTTPClient | AsyncHTTPClient | None, certificate: Certificate | None) -> bool | None:
    """Tell whether connections show a certificate; None for a user's own client, which may."""
    if client is not None and certificate is not None:
        raise ConfigurationError("cert= is for the client's own connections: give the certificate to your http_client")
    return None if client is not None else certificate is not None


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        reachable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url and "\\" not in url
    return plain and reachable and parts.scheme in ("http", "https") and not parts.query and not parts.fragment
