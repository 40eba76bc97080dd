"""Server URLs: validity, and a form that is safe to show. The generator uses the same rules."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

_HOST = re.compile(r"[\w.-]+")
_SEPARATOR = re.compile(r"[/\\]")
_END = re.compile(r"[/?#\\]")
"""Pattern for the end of the authority in a URL."""


def base_url_flaw(url: str) -> str | None:
    """Return why a URL isn't a usable base URL, without quoting it; None if it is one."""
    parts = _parts(url)
    if isinstance(parts, str):
        return parts
    if "?" in url:
        return "it has a query"
    if "#" in url:
        return "it has a fragment"
    return "it has a segment '.' or '..'" if has_dot_segment(parts.path) else None


def has_dot_segment(path: str) -> bool:
    """Return True if a path has a segment `.` or `..`, percent-encoded or not, which would change the path."""
    return "." in (plain := unquote(path)) and not {".", ".."}.isdisjoint(_SEPARATOR.split(plain))


def token_url_flaw(url: str) -> str | None:
    """Return why a URL is unsafe for secrets; None if it is encrypted or on this machine."""
    parts = _parts(url)
    if isinstance(parts, str):
        return parts
    safe = parts.scheme == "https" or _is_loopback(parts.hostname or "")
    return None if safe else "it does not begin with https://"


def shown_url(url: str) -> str:
    """Return a URL in a form that is safe to show: without user, password, query and fragment."""
    scheme, separator, authority, tail = _split(url)
    if "@" in tail and ":" in authority and isinstance(_parts(url), str):
        # With such characters, the end of a password is ambiguous.
        authority, tail = "***", ""
    path = re.split(r"[?#]", tail, maxsplit=1)[0]
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{path}"


def without_user(url: str) -> str:
    """Return a URL without the user and password before its host."""
    scheme, separator, authority, tail = _split(url)
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{tail}"


def _split(url: str) -> tuple[str, str, str, str]:
    """Split any text into scheme, separator, authority and rest."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    found = _END.search(rest)
    end = found.start() if found is not None else len(rest)
    return scheme, separator, rest[:end], rest[end:]


def _parts(url: str) -> SplitResult | str:
    """Return the parts of a usable URL, or the reason why it is unusable."""
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
    import ipaddress  # only unencrypted URLs need it

    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
