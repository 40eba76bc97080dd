"""Media types."""

from __future__ import annotations


def base_type(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, also by suffix."""
    base = base_type(media_type)
    return base in ("application/json", "text/json") or base.endswith("+json")
