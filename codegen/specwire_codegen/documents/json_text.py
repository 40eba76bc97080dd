"""JSON text: fast decoding, with locations computed by scanning on demand."""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from specwire_codegen.diagnostics import Location, failure
from specwire_codegen.openapi import pointer as pointers

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class DuplicateKeyError(ValueError):
    """An object of the text has a duplicate key."""


def read(text: str, file: str) -> Any:
    """Return the value of a JSON text; raise DuplicateKeyError, DiagnosticError, or json.JSONDecodeError."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise DuplicateKeyError(file)
        return value

    def constant(name: str) -> Any:
        raise failure("not-json", f"{name} is not a JSON number", Location(file), "use null or a string")

    try:
        return json.loads(text, object_pairs_hook=members, parse_constant=constant)
    except RecursionError:
        raise failure("too-deep", "values are nested too deeply", Location(file), "flatten them") from None


class Offsets:
    """Offsets of the parts of a JSON text; each object or array is scanned once, on demand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: dict[int, dict[str, tuple[int, int]]] = {}
        self._lines = array("Q")
        """Offset of each line, once one of them was looked for."""

    def offset(self, pointer: str) -> int:
        """Return the offset of the value (for a member: of its key) at `pointer`, or of its nearest ancestor."""
        place = value = _skip(self._text, 0)
        for token in pointers.split(pointer):
            found = self._inside(value).get(token)
            if found is None:
                break
            place, value = found
        return place

    def line_and_column(self, at: int) -> tuple[int, int]:
        """Return line and column, counted from 1, of an offset."""
        if not self._lines:
            self._lines.append(0)
            self._lines.extend(found.end() for found in re.finditer("\n", self._text))
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def _inside(self, at: int) -> dict[str, tuple[int, int]]:
        """Return the offsets of the members of a value, by token: of the member and of its value."""
        if at not in self._parts:
            scan = {"{": _members, "[": _items}.get(self._text[at])
            self._parts[at] = dict(scan(self._text, _skip(self._text, at + 1))) if scan is not None else {}
        return self._parts[at]


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _members(text: str, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    while text[at] == '"':
        start = at
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        yield key, (start, at)
        at = _next(text, at)


def _items(text: str, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    index = 0
    while text[at] != "]":
        yield str(index), (at, at)
        at = _next(text, at)
        index += 1


def _next(text: str, at: int) -> int:
    """Return the offset after a value and its comma."""
    _, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at
