"""Encodings of the fields and parts of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.openapi.media_types import base_type, is_json
from specwire_codegen.openapi.objects import STYLE_KEYS


def encodings_of(raw: Mapping[str, Any], media_type: str) -> Mapping[str, Any]:
    """Return the encodings of an operation's body in a media type, by field; empty without such a body."""
    content = raw.get("requestBody", {}).get("content", {})
    return next((media.get("encoding", {}) for name, media in content.items() if base_type(name) == media_type), {})


def part_header(encodings: Mapping[str, Any], part: str, header: str) -> Mapping[str, Any]:
    """Return a part's header as the equivalent request parameter."""
    return {**encodings[part]["headers"][header], "name": header, "in": "header"}


def is_styled(encodings: Mapping[str, Any], field: str) -> bool:
    """Return whether a field of a form has a style, or is declared as JSON."""
    encoding = encodings.get(field, {})
    return not encoding.keys().isdisjoint(STYLE_KEYS) or is_json(encoding.get("contentType", ""))
