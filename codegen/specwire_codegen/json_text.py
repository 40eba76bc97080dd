"""JSON text: fast decoding, and places found by scanning only when somebody asks for one."""

from __future__ import annotations

import json
import re
from typing import Any

from specwire_codegen import pointer as pointers
from specwire_codegen.diagnostics import Location, failure

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class DuplicateKey(ValueError):
    """An object of the text has a key twice."""


def read(text: str, file: str) -> Any:
    """Return the value of a JSON text; raise DuplicateKey, DiagnosticError, or json.JSONDecodeError."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise DuplicateKey(file)
        return value

    def constant(name: str) -> Any:
        raise failure("not-json", f"{name} is not a JSON number", Location(file), "use null or a string")

    try:
        return json.loads(text, object_pairs_hook=members, parse_constant=constant)
    except RecursionError:
        raise failure("too-deep", "values are nested too deeply", Location(file)) from None


def offset(text: str, pointer: str) -> int:
    """Return the offset of the value (for a member: of its key) at `pointer`, or of its nearest ancestor."""
    place = _skip(text, 0)
    value = place
    for token in pointers.split(pointer):
        found = _member(text, value, token) if text[value] == "{" else _item(text, value, token)
        if found is None:
            break
        place, value = found
    return place


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Return line and column, counted from 1, of an offset into the text."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _member(text: str, at: int, token: str) -> tuple[int, int] | None:
    at = _skip(text, at + 1)
    while text[at] == '"':
        start = at
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if key == token:
            return start, at
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at
    return None


def _item(text: str, at: int, token: str) -> tuple[int, int] | None:
    if text[at] != "[" or not token.isdigit():
        return None
    at = _skip(text, at + 1)
    for index in range(int(token) + 1):
        if text[at] == "]":
            return None
        if index == int(token):
            return at, at
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at
    return None
