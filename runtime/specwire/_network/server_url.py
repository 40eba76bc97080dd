"""Addresses of servers: which can be called at all, and how one is shown. The generator asks the same questions."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

_HOST = re.compile(r"[\w.-]+")
_SEPARATOR = re.compile(r"[/\\]")
_END = re.compile(r"[/?#\\]")
"""Where the part of an address ends that names user and host."""


def base_url_flaw(url: str) -> str | None:
    """Return why an address is no base URL, in words that hold nothing of it; None where it is one."""
    parts = _parts(url)
    if isinstance(parts, str):
        return parts
    if "?" in url:
        return "it has a query"
    if "#" in url:
        return "it has a fragment"
    return "it has a segment '.' or '..'" if has_dot_segment(parts.path) else None


def has_dot_segment(path: str) -> bool:
    """Tell whether a path has a segment `.` or `..`, percent-encoded or not, which makes it another path on the way."""
    return "." in (plain := unquote(path)) and not {".", ".."}.isdisjoint(_SEPARATOR.split(plain))


def token_url_flaw(url: str) -> str | None:
    """Return why secrets cannot be sent to an address: it must be encrypted, or on this machine."""
    parts = _parts(url)
    if isinstance(parts, str):
        return parts
    safe = parts.scheme == "https" or _is_loopback(parts.hostname or "")
    return None if safe else "it does not begin with https://"


def shown_url(url: str) -> str:
    """Return a URL as it may be shown: without user, password, query and fragment."""
    scheme, separator, authority, tail = _split(url)
    if "@" in tail and ":" in authority and isinstance(_parts(url), str):
        # Nobody can tell where a password ends that has such characters in it.
        authority, tail = "***", ""
    path = re.split(r"[?#]", tail, maxsplit=1)[0]
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{path}"


def without_user(url: str) -> str:
    """Return a URL without the user and the password in front of its host."""
    scheme, separator, authority, tail = _split(url)
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{tail}"


def _split(url: str) -> tuple[str, str, str, str]:
    """Return scheme, separator, the part that names user and host, and the rest of any text."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    found = _END.search(rest)
    end = found.start() if found is not None else len(rest)
    return scheme, separator, rest[:end], rest[end:]


def _parts(url: str) -> SplitResult | str:
    """Return the parts of an address that can be called, or why it cannot."""
    if not url.isprintable() or " " in url:
        return "it has spaces or control characters"
    if "\\" in url:
        return "it has a backslash"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "its host or port is malformed"
    if parts.scheme not in ("http", "https"):
        return "it does not begin with http:// or https://"
    if not host:
        return "it names no host"
    if not _is_host(host, bracketed="[" in parts.netloc):
        return "its host is malformed"
    return "its port is malformed" if port == 0 else parts


def _is_host(host: str, *, bracketed: bool) -> bool:
    if bracketed:
        return ":" in host
    labels = host.removesuffix(".").split(".")
    return _HOST.fullmatch(host) is not None and all(0 < len(label) < 64 for label in labels)


def _is_loopback(host: str) -> bool:
    import ipaddress  # only addresses without encryption need it

    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
