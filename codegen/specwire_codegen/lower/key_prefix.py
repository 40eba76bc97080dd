"""Prefix of an API key in its header, if the document states it clearly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_WORD = r"[A-Za-z][A-Za-z0-9_-]*"
_QUOTE = '["\u0027`\u2018\u2019\u201c\u201d]'
_PLACEHOLDER = r"(?:<(?!https?:)|\{|\[|\$|your|YOUR|xxx|XXX|abc|123|\.\.\.|\u2026|ey[JA])"
_STATED = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (rf"\bauthorization{_QUOTE}?\s*[:=]\s*{_QUOTE}?({_WORD})\s+{_PLACEHOLDER}", re.IGNORECASE),
        (rf"\bprefix(?:ed)?\s*(?:of|is|with|by|:)?\s*{_QUOTE}({_WORD})\s?{_QUOTE}", re.IGNORECASE),
        (rf"{_QUOTE}({_WORD})\s?{_QUOTE}\s+prefix", re.IGNORECASE),
        (rf"\b(Bearer|Token|JWT|ApiKey|Api-Key)\s+{_PLACEHOLDER}", re.NOFLAG),
        (r"\b(bearer)\b", re.IGNORECASE),
    )
)
"""Patterns that state the prefix: examples, `prefix "Token"`, and any mention of bearer tokens."""
_DENIED = re.compile(
    r"\b(?:no|not|never|without|omit|instead of|rather than|\w+n[\u0027\u2019]t)\b"
    r"[^.]{0,40}\b(?:bearer|prefix|word|scheme)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"bearer", re.IGNORECASE)
_OTHERS = frozenset({"basic", "digest"})
"""Prefixes whose credentials are not a key."""


def prefix_of(name: str, raw: Mapping[str, Any]) -> str:
    """Return the prefix of an `apiKey` scheme in a header; empty if the document is not clear."""
    match raw.get("x-fern-header"):
        case {"prefix": str(prefix)} if prefix.isascii() and prefix.isprintable():
            return prefix
    if str(raw.get("name")).lower() != "authorization":
        return ""
    description = str(raw.get("description") or "")
    if _DENIED.search(description):
        return ""
    words = {word.lower(): word for word in _words(name, raw, description)}
    if len(words) != 1 or words.keys() & _OTHERS:
        return ""
    word = next(iter(words.values()))
    return f"{'Bearer' if word.lower() == 'bearer' else word} "


def _words(name: str, raw: Mapping[str, Any], description: str) -> Iterator[str]:
    if _NAMED.search(name):
        yield "Bearer"
    scheme = raw.get("scheme")
    if isinstance(scheme, str) and re.fullmatch(_WORD, scheme):
        yield scheme
    for pattern in _STATED:
        yield from pattern.findall(description)
