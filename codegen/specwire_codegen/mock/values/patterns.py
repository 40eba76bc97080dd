"""Texts that match the regular expression of a `pattern`."""

import re
from collections.abc import Iterator
from typing import Final

import attrs

CLASSES: Final = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
LONGEST: Final = 65_536
"""Alphabet of sampled texts."""
PREFERRED: Final = "a0A-_ ./"


class UnsupportedPatternError(Exception):
    """The pattern uses an unsupported feature, such as a lookahead."""


@attrs.frozen
class Piece:
    """A text that matches one atom of the pattern, and its repetition limits."""

    text: str
    least: int
    most: int


def repeated(text: str, count: int) -> str:
    """Return the text repeated this often, cut at a sensible length."""
    return (text * min(count, LONGEST // max(len(text), 1) + 1))[:LONGEST]


def draw(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """Return a matching text of `least` to `most` characters, or None if the pattern is not supported."""
    try:
        pieces = _Reader(pattern).sequence()
        compiled = re.compile(pattern)
    except (UnsupportedPatternError, re.error, OverflowError, RecursionError):
        return None
    for text in _texts(pieces, least):
        if len(text) >= least and (most is None or len(text) <= most) and compiled.search(text):
            return text
    return None


def _texts(pieces: list[Piece], least: int) -> Iterator[str]:
    for repeat in (0, 1, 2, 3, 4, 8, 12, 16, 24, 32, 64, least):
        yield "".join(repeated(piece.text, min(max(piece.least, repeat), piece.most)) for piece in pieces)
    if not pieces or not any(piece.text for piece in pieces):
        yield "a" * least


class _Reader:
    """Parser of a pattern from left to right that always takes the first alternative."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def sequence(self) -> list[Piece]:
        pieces: list[Piece] = []
        while self._at < len(self._pattern) and self._peek() != ")":
            if self._peek() == "|":
                self._skip_alternatives()
                break
            text = self._atom()
            pieces.append(Piece(text, *self._quantifier()))
        return pieces

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise UnsupportedPatternError
        self._at += 1
        return char

    def _skip_alternatives(self) -> None:
        depth = 0
        while self._at < len(self._pattern):
            char = self._peek()
            if char == ")" and depth == 0:
                return
            if char == "\\":
                self._at += 1
            elif char == "[":
                self._class()
                continue
            depth += {"(": 1, ")": -1}.get(char, 0)
            self._at += 1

    def _atom(self) -> str:
        char = self._take()
        match char:
            case "^" | "$":
                return ""
            case ".":
                return "a"
            case "\\":
                return self._escape()
            case "[":
                self._at -= 1
                return self._class()
            case "(":
                return self._group()
            case "*" | "+" | "?":
                raise UnsupportedPatternError
            case _:
                return char

    def _group(self) -> str:
        if self._peek() == "?":
            opening = re.compile(r"\?(?::|P?<[A-Za-z_]\w*>)").match(self._pattern, self._at)
            if opening is None:
                raise UnsupportedPatternError
            self._at = opening.end()
        text = "".join(repeated(piece.text, min(max(piece.least, 1), piece.most)) for piece in self.sequence())
        if self._take() != ")":
            raise UnsupportedPatternError
        return text

    def _escape(self) -> str:
        char = self._take()
        if char in {"b", "B"}:
            return ""
        if char in {"u", "x"}:
            width = 4 if char == "u" else 2
            digits = self._pattern[self._at : self._at + width]
            self._at += width
            return chr(int(digits, 16)) if re.fullmatch(rf"[0-9a-fA-F]{{{width}}}", digits) else char
        if (char.isdigit() and char != "0") or char in {"p", "P", "k"}:
            raise UnsupportedPatternError
        return CLASSES.get(char) or CONTROLS.get(char) or char

    def _class(self) -> str:
        start = self._at
        self._at += 1
        if self._peek() == "^":
            self._at += 1
        if self._peek() == "]":
            self._at += 1
        while self._take() != "]":
            if self._pattern[self._at - 1] == "\\":
                self._at += 1
        allowed = re.compile(self._pattern[start : self._at])
        candidates = [*PREFERRED, *(chr(code) for code in range(32, 0x250))]
        found: str | None = next((char for char in candidates if allowed.fullmatch(char)), None)
        if found is None:
            raise UnsupportedPatternError
        return found

    def _quantifier(self) -> tuple[int, int]:
        hit = re.compile(r"([*+?]|\{(\d+)(,(\d*))?\})[?+]?").match(self._pattern, self._at)
        if hit is None:
            return 1, 1
        self._at = hit.end()
        match hit[1]:
            case "*":
                return 0, 10_000
            case "+":
                return 1, 10_000
            case "?":
                return 0, 1
            case _:
                least = int(hit[2])
                return least, least if hit[3] is None else int(hit[4] or 10_000)
