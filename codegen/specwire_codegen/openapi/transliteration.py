"""Transliteration of text to identifier letters: Latin to ASCII, other scripts unchanged."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

from specwire_codegen.characters import is_hidden

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ı": "i", "ħ": "h", "Ħ": "H", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ŋ": "ng", "Ŋ": "Ng", "ə": "e", "Ə": "E"}
)
_LOOKALIKES = {
    **dict(zip(map(ord, "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c"), "ABESIJKM", strict=True)),
    **dict(zip(map(ord, "\u041d\u041e\u0420\u0421\u0422\u0423\u0425"), "HOPCTYX", strict=True)),
    **dict(zip(map(ord, "\u0430\u0441\u0435\u0455\u0456\u0458\u043e"), "acesijo", strict=True)),
    **dict(zip(map(ord, "\u0440\u0443\u0445\u0501\u051b\u051d"), "pyxdqw", strict=True)),
    **dict(zip(map(ord, "\u0391\u0392\u0395\u0396\u0397\u0399\u039a"), "ABEZHIK", strict=True)),
    **dict(zip(map(ord, "\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"), "MNOPTYX", strict=True)),
    **dict(zip(map(ord, "\u03bf\u03bd\u03c1"), "ovp", strict=True)),
}
"""Cyrillic and Greek letters -> Latin letters that look the same."""

_ENCODED = re.compile(r"U[0-9A-F]{6}")


def transliterated(text: str, gap: str = "") -> str:
    """Return the letters, digits and marks of a text, without accents on Latin letters.

    `gap` replaces other characters. Hidden characters are removed; digits of any script become ASCII.
    """
    if text.isascii():
        return text
    found: list[str] = []
    for character in unicodedata.normalize("NFKC", text.translate(_LETTERS)):
        letter = character if character.isascii() else _letter(character)
        if letter is None:
            found.append(gap)
        elif unicodedata.category(character)[0] != "M" or (found and found[-1] and not found[-1].isascii()):
            found.append(letter)
    return "".join(found)


@cache
def _letter(character: str) -> str | None:
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    if plain or is_hidden(character) or unicodedata.name(character, "").startswith("LATIN "):
        return plain
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character if f"a{character}".isidentifier() else None


def skeleton(name: str) -> str:
    """Return a name with lookalike Cyrillic and Greek letters replaced; names with equal skeletons clash."""
    return name if name.isascii() else name.translate(_LOOKALIKES)


def encoded(name: str) -> str:
    """Return a name in the ASCII form of component names: other letters as their code points."""
    return "".join(each if each.isascii() else f"U{ord(each):06X}" for each in name)


def decoded(name: str) -> str:
    """Return an encoded name in its original form."""
    return _ENCODED.sub(lambda found: _decoded(found[0]), name)


def _decoded(code: str) -> str:
    point = int(code[1:], 16)
    character = chr(point) if point <= sys.maxunicode else ""
    return character if transliterated(character) == character and not character.isascii() else code
