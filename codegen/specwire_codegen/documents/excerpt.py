"""The line of a file at which a diagnostic points, for people at a terminal."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from specwire_codegen.diagnostics import Location, printable

_MOST_BYTES = 32 * 2**20
"""Largest file that is read again."""
_BEFORE = 12
"""Characters before the place that stay visible in a long line."""
_TOKEN = re.compile(r"[\w$./#~@+-]+|[\"'][^\"']*[\"']?|\S")


@attrs.frozen
class Excerpt:
    """A line of a file, cut to a width, and the part of it that is marked."""

    number: int
    text: str
    start: int
    """Column of the mark in the text, counted from 0."""
    size: int


def excerpt(place: Location, width: int) -> Excerpt | None:
    """Return the line at a place of a local file, of at most `width` characters; None if it cannot be read."""
    if place.line is None:
        return None
    try:
        path = Path(place.file)
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, ValueError):
        return None
    if not 0 < place.line <= len(lines):
        return None
    line = lines[place.line - 1].rstrip("\r")
    column = min((place.column or 1) - 1, len(line))
    found = _TOKEN.match(line, column)
    size = len(found[0]) if found is not None else 1
    first = 0
    if len(line) > width and column > width - _BEFORE:
        first = column - _BEFORE
    # Each character stays one character, so that the mark stays below its place.
    text = "".join(each if len(printable(each)) == 1 and each != "\n" else "?" for each in line[first : first + width])
    return Excerpt(place.line, text.replace("\t", " "), column - first, max(1, min(size, width - (column - first))))
