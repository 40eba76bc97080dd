"""Percent-encoding of text (RFC 3986), and its variant for forms."""

from __future__ import annotations

import re
from urllib.parse import quote

RESERVED_IN_PATH = ":@!$&'()*+,;=/"
"""Reserved characters allowed in a path."""
RESERVED_IN_QUERY = ":/?@!$'()*,;="
"""Reserved characters allowed in a query value: `&` and `+` would change its meaning."""

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_TRIPLE = re.compile(r"(%[0-9A-Fa-f]{2})")


def percent(text: str) -> str:
    """Encode everything but unreserved characters."""
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="")


def percent_path(text: str) -> str:
    """Encode for a path, keeping the allowed reserved characters and percent-encoded triples."""
    return _expand_reserved(text, RESERVED_IN_PATH)


def percent_segments(text: str) -> str:
    """Encode for a path everything but unreserved characters and slashes."""
    return quote(text, safe="/")


def percent_query(text: str) -> str:
    """Encode for a query, keeping the allowed reserved characters and percent-encoded triples."""
    return _expand_reserved(text, RESERVED_IN_QUERY)


def form_urlencode(text: str) -> str:
    """Encode as `application/x-www-form-urlencoded`: a space becomes `+`, and `~` is encoded."""
    return quote(text, safe="*").replace("%20", "+").replace("~", "%7E")


def _expand_reserved(text: str, safe: str) -> str:
    pieces = _TRIPLE.split(text)
    pieces[::2] = [quote(piece, safe=safe) for piece in pieces[::2]]
    return "".join(pieces)
