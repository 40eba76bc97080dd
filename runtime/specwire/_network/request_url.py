"""Request URLs: validity, embedded credentials and origins."""

from __future__ import annotations

import base64
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from specwire._network.server_url import base_url_flaw

LONGEST_URL = 65536
"""Maximum length of a URL in the HTTP library, in characters."""
_LONGEST_HOST = 253
_PORTS = {"http": 80, "https": 443}


def is_reachable(url: str) -> bool:
    """Return True if the host and port of a URL are well-formed, so that a connection can be attempted."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if ":" not in host:
            host.encode("idna")
    except ValueError:
        return False
    fits = len(host.rstrip(".")) <= _LONGEST_HOST and len(url) <= LONGEST_URL
    return fits and base_url_flaw(f"{parts.scheme}://{parts.netloc}") is None


def without_userinfo(url: str) -> tuple[str, tuple[str, ...]]:
    """Return a URL without its user and password, and the header values of `Basic` for these."""
    if "@" not in url:
        return url, ()
    parts = urlsplit(url)
    userinfo, at, place = parts.netloc.rpartition("@")
    if not at:
        return url, ()
    user, _, password = userinfo.partition(":")
    pair = f"{unquote(user)}:{unquote(password)}"
    coded = base64.b64encode(pair.encode()).decode()
    return urlunsplit(parts._replace(netloc=place)), (coded, unquote(password)) if userinfo else ()


def same_origin(here: str, there: str) -> bool:
    """Return True if credentials for one URL may be sent to another.

    Same origin, or an upgrade to HTTPS on the same host.
    """
    first, second = urlsplit(here), urlsplit(there)
    if _origin(first) == _origin(second):
        return True
    upgraded = first._replace(scheme="https")
    return first.scheme == "http" and first.port in (None, 80) and _origin(_portless(upgraded)) == _origin(second)


def _portless(parts: SplitResult) -> SplitResult:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2].removesuffix(":80"))


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
