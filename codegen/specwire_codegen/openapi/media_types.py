"""Media types."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

Framing: TypeAlias = Literal["sse", "jsonl", "json-seq"]

EVENT_STREAM = "text/event-stream"
FRAMINGS: Mapping[str, Framing] = {
    EVENT_STREAM: "sse",
    **dict.fromkeys(
        "application/json-lines application/jsonl application/jsonlines application/ndjson application/stream+json "
        "application/x-jsonl application/x-ndjson application/x-jsonlines application/x-json-stream".split(),
        "jsonl",
    ),
    "application/json-seq": "json-seq",
}
"""Framings of sequential media types."""
_SUFFIXES: Mapping[str, Framing] = {"ndjson": "jsonl", "jsonl": "jsonl", "json-seq": "json-seq"}


_KEPT = 256
"""Number of results that functions remember: a document has few media types."""


@lru_cache(_KEPT)
def base_type(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


@lru_cache(_KEPT)
def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, also by suffix."""
    base = base_type(media_type)
    return base in ("application/json", "text/json") or base.endswith("+json")


@lru_cache(_KEPT)
def framing_of(media_type: str) -> Framing | None:
    """Return the framing of a sequential media type, also by suffix, or None for any other."""
    base = base_type(media_type)
    return FRAMINGS.get(base) or _SUFFIXES.get(base.rpartition("+")[2] if "+" in base else "")
