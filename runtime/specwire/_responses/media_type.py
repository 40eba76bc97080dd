"""Media types of responses, and the form of body that each announces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

Form: TypeAlias = Literal["json", "lines", "text", "bytes"]

_LINES = frozenset(
    "application/jsonl application/jsonlines application/ndjson application/stream+json application/x-jsonl "
    "application/x-ndjson application/x-jsonlines application/x-json-stream application/json-lines".split()
)
_TEXTS = frozenset(
    "application/xml application/yaml application/x-yaml application/javascript application/graphql "
    "application/sql application/toml application/x-www-form-urlencoded application/json-seq".split()
)
_JSON = re.compile(r"[^/]*/(.*[^a-z0-9])?json([^a-z0-9].*)?")
"""Pattern of `application/json`, the suffix `+json`, and variants: `x-json`, `x-amz-json-1.1`, a doubled header."""
_SLOPPY = frozenset({"", "text/plain", "text/html", "application/octet-stream", "binary/octet-stream"})


def form_of(media_type: str) -> Form:
    """Return the form of a body, by its media type without parameters."""
    if media_type in _LINES or media_type.endswith(("+ndjson", "+jsonl")):
        return "lines"
    if media_type in _TEXTS or media_type.endswith(("+xml", "+yaml", "+json-seq")):
        return "text"
    if _JSON.fullmatch(media_type):
        return "json"
    if media_type.startswith("text/"):
        return "text"
    return "bytes"


def framing_of(media_type: str) -> Literal["sse", "jsonl", "json-seq"] | None:
    """Return the framing that the media type of a stream announces, or None if it announces none."""
    if media_type == "text/event-stream":
        return "sse"
    if media_type.endswith(("/json-seq", "+json-seq")):
        return "json-seq"
    return "jsonl" if form_of(media_type) == "lines" else None


def is_sloppy(media_type: str) -> bool:
    """Return True for a media type that servers put on any body, or for none: it proves little."""
    return media_type in _SLOPPY


def is_unspecific(media_type: str) -> bool:
    """Return True for a media type that means no more than "bytes"."""
    return media_type in ("", "application/octet-stream", "binary/octet-stream")


def may_be_text(declared: str) -> bool:
    """Return True if any of the declared media types, separated by commas, is text or a range."""
    return any(is_range(each) or form_of(each.strip()) == "text" for each in declared.split(","))


def is_range(media_type: str) -> bool:
    """Return True if a declared media type leaves the form open, such as `*/*`."""
    return "*" in media_type


def media_type_of(headers: Mapping[str, str]) -> str:
    """Return the media type of a response without its parameters, in lower case; empty if it has none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()
