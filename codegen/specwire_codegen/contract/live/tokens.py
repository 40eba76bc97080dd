"""Limit of generated tokens in request bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_NAMES = frozenset(
    "max_tokens max_completion_tokens max_output_tokens max_new_tokens max_tokens_to_sample max_gen_len "
    "maxtokens maxcompletiontokens maxoutputtokens maxnewtokens".split()
)
"""Names of fields that limit generated tokens, in lower case."""


def limited(body: bytes, most: int, declared: Mapping[str, Any]) -> bytes:
    """Return a JSON body with all limits of tokens forced down to `most`; other bodies unchanged.

    `declared` are the properties that the document has for the body: a limit among them is added if it is missing.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(value, dict):
        return body
    found = _lowered(value, most)
    if not any(name.lower() in _NAMES for name in found):
        added = next((name for name in declared if name.lower() in _NAMES), None)
        if added is not None:
            found[added] = most
    return body if found == value else json.dumps(found).encode()


def _lowered(value: Any, most: int) -> Any:
    match value:
        case dict():
            return {key: most if _is_more(key, one, most) else _lowered(one, most) for key, one in value.items()}
        case list():
            return [_lowered(one, most) for one in value]
        case _:
            return value


def _is_more(name: str, value: Any, most: int) -> bool:
    """Return True if a field allows more tokens, or any number of them."""
    if name.lower() not in _NAMES or isinstance(value, bool):
        return False
    return value is None or (isinstance(value, int | float) and value > most)
