"""`Link` header (RFC 8288), and safe resolution of URLs in responses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}
_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(
    r"""\s*;\s*(?:([!\#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?)?""", re.DOTALL
)


def links(header: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the target of each link in a header with its relations in lower case; stop at malformed text."""
    place = 0
    while target := _TARGET.match(header, place):
        place = target.end()
        relations: frozenset[str] | None = None
        while parameter := _PARAMETER.match(header, place):
            place = parameter.end()
            name, quoted, token = parameter.groups()
            if name is not None and name.lower() == "rel" and relations is None:
                text = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if quoted is not None else token or ""
                relations = frozenset(text.lower().split())
        yield target[1].strip(), relations or frozenset()


def next_link(header: str) -> str | None:
    """Return the target of the first link with relation `next`."""
    return next((target for target, relations in links(header) if "next" in relations), None)


def on_same_server(here: str, url: str) -> str:
    """Resolve a URL of a response, relative or not; raise `ValueError` if it leads to another server.

    A server behind a proxy may not know that it is reached by HTTPS: the better scheme of the two is kept.
    """
    target = urlsplit(urljoin(here, url))
    start = urlsplit(here)
    if target.scheme == "http" and start.scheme == "https" and target.port in (None, start.port):
        target = target._replace(scheme="https")
    if _origin(target) != _origin(start) or "@" in target.netloc:
        shown = f"{target.scheme}://{target.netloc.rpartition('@')[2]}"
        raise ValueError(f"it leads to {shown}, another server than {start.scheme}://{start.netloc.rpartition('@')[2]}")
    return urlunsplit(target._replace(netloc=start.netloc, fragment=""))


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
