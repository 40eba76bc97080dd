"""Hidden characters: which ones are, and text that shows them as escapes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_BLANK = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # fillers of Hangul
        (0x17B4, 0x17B5),  # inherent vowels of Khmer
        (0x180B, 0x180F),  # selectors of Mongolian
        (0x2800, 0x2800),  # blank of Braille
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFFA0, 0xFFA0),
        (0x1D159, 0x1D159),  # null notehead
        (0xE0000, 0xE0FFF),  # tags, and more variation selectors
    )
    for code in range(first, last + 1)
)
"""Blank letters and marks that `str.isprintable` considers visible."""
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"})


def is_hidden(character: str) -> bool:
    """Return whether a character is invisible or ambiguous to a reader; an ordinary space is not.

    Hidden are controls, formats (bidirectional marks, zero-width characters, tags), private characters, surrogates,
    unusual spaces and separators, and blank letters and marks. Joiners and variation selectors are included, although
    emoji and some scripts use them: a run of them can encode any text, which models read and people do not.
    """
    return character != " " and (unicodedata.category(character) in _HIDDEN or character in _BLANK)


def hidden_in(text: str) -> set[str]:
    """Return the hidden characters of a text, other than line breaks."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return set()
    return {character for character in set(text) if character != "\n" and is_hidden(character)}


_STEERING = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def steers(character: str) -> bool:
    """Return whether a character can change what a terminal shows of other text: a control, or a bidirectional one.

    Joiners and variation selectors, which emoji need, do not.
    """
    return (unicodedata.category(character) in _STEERING and character not in "\n\t") or unicodedata.bidirectional(
        character
    ) in _DIRECTIONS


class Table(dict[int, str]):
    """A table for `str.translate` that is filled on demand."""

    def __init__(self, shown: Callable[[str], str]) -> None:
        super().__init__()
        self._shown = shown

    def __missing__(self, code: int) -> str:
        self[code] = found = self._shown(chr(code))
        return found


def escape(character: str) -> str:
    """Return a character, as its escape if it is hidden."""
    return ascii(character)[1:-1] if is_hidden(character) else character


_ESCAPED = Table(escape)


_TAMED = Table(lambda character: "\ufffd" if steers(character) else character)


def tamed(text: str) -> str:
    """Return text of a server for a terminal, with U+FFFD for characters that steer it."""
    return text.translate(_TAMED)


def escaped(text: str) -> str:
    """Return text with its hidden characters as escapes."""
    return text.translate(_ESCAPED)
