"""What a client is made with: where the server is, how requests are sent, what the client calls itself."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from specwire._http.options import Options
from specwire._http.retry import USUAL_STATUSES, RetryPolicy, with_retries
from specwire._network.server_url import base_url_flaw, shown_url
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._codec.drift import OnDrift
    from specwire._http.middleware import AsyncCallMiddleware, AsyncMiddleware, CallMiddleware, Middleware
    from specwire._http.transport import AsyncHTTPClient, Certificate, SyncHTTPClient
    from specwire._operations.provider import Provider


_LONGEST_VERSION = 64
"""Characters of a document's version that `User-Agent` shows."""
DEFAULT_TIMEOUT = 600.0
"""Seconds to wait at any one point; this very object says that the user chose none."""
_VERSION = re.compile(r"v[0-9]+(?:[a-z]+[0-9]*)?")
_UNCHOSEN = 5.0
"""Seconds that the HTTP libraries wait where nobody says how long."""


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
    # The version is the document's: any text, of which a header takes the printable and this comment no parentheses.
    plain = "".join(each if "!" <= each <= "~" and each not in "()\\;" else "-" for each in version[:_LONGEST_VERSION])
    return f"specwire/{ours} ({name}/{plain}; python/{python})"


def find_base_url(given: str | None, provider: Provider, client: str) -> str:
    """Return the base URL given, else the environment's, else the document's; raises `ConfigurationError`."""
    variable = provider.base_url_variable
    url = given or (os.environ.get(variable, "").strip() if variable else "") or provider.base_url
    if not url:
        where = f", or set {variable}" if variable else ""
        raise ConfigurationError(f"{client} needs to know where the server is: pass {client}(base_url=...){where}")
    if (flaw := base_url_flaw(url)) is not None:
        raise ConfigurationError(f"{shown_url(url)!r} is no base URL: {flaw}; give https://host/path and nothing more")
    twice = _doubled(url, provider.prefix)
    if twice and not _doubled(provider.base_url or "", provider.prefix):
        raise ConfigurationError(
            f"every path of {client} begins with {provider.prefix}: leave {twice} out of {shown_url(url)!r}"
        )
    return url.rstrip("/")


def _doubled(url: str, prefix: str) -> str:
    """Return what a base URL ends in that every path begins with: all of the prefix, or all up to a version."""
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
    timeout: float | None,
    max_retries: int | None,
    retry: RetryPolicy | None,
    headers: Mapping[str, str] | None,
    default_headers: Mapping[str, str] | None,
    on_drift: OnDrift,
    deadline: float | None,
    max_response_size: int | None,
    middleware: Sequence[Middleware] | Sequence[AsyncMiddleware],
    call_middleware: Sequence[CallMiddleware] | Sequence[AsyncCallMiddleware],
    keep_unknown: bool,
    http_client: object = None,
) -> Options:
    """Return a client's options; without a retry policy, the document's statuses are retried besides the usual ones."""
    own_policy = retry is not None
    if retry is None:
        more = (provider.retry_statuses or frozenset()) - USUAL_STATUSES
        retry = RetryPolicy(statuses=USUAL_STATUSES | more) if more else RetryPolicy()
    if max_retries is not None:
        if own_policy:
            raise ConfigurationError("max_retries= and retry= say the same: give one of them")
        retry = with_retries(retry, max_retries)
    if headers is not None and default_headers is not None:
        raise ConfigurationError("default_headers= and headers= are the same: give one of them")
    connect_timeout: float | None = 10.0
    own = getattr(http_client, "timeout", None)
    if timeout is DEFAULT_TIMEOUT and own is not None and own != type(own)(_UNCHOSEN):
        timeout, connect_timeout = own.read, own.connect
    return Options(
        timeout=timeout,
        connect_timeout=connect_timeout,
        retry=retry,
        headers=headers or default_headers or {},
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
