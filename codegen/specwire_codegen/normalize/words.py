"""Words: names for schemas and operations made from what stands in the document."""

from __future__ import annotations

import keyword
import re
import unicodedata

from specwire_codegen.naming import IRREGULAR
from specwire_codegen.script import encoded, letters

_WORD = re.compile(r"[A-Za-z0-9]+|[^\x00-\x7f]+[0-9]*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_SIGNS = {"+": " Plus ", "-": " Minus ", "*": " Star ", "=": " Equal ", "<": " Less ", ">": " Greater ", "!": " Not "}
_SAME = frozenset({"data", "metadata", "media", "series", "news", "status", "address", "alias", "basis", "analysis"})


def pascal(text: str) -> str:
    """Return a text as a PascalCase identifier, `chat_completion` as `ChatCompletion`; empty if it has no letters.

    It is ASCII, as OpenAPI wants names of components: letters of other scripts stand there by their code points.
    """
    words = _WORD.findall(letters(text, " "))
    if not words:
        words = _WORD.findall("".join(_SIGNS.get(character, " ") for character in text))
    if text.isupper():
        words = [word.lower() for word in words]
    name = encoded(unicodedata.normalize("NFKC", "".join(word[0].title() + word[1:] for word in words)))
    if name[:1].isdigit():
        name = _DIGITS[int(name[0])] + name[1:2].upper() + name[2:] if not name[1:2].isdigit() else f"N{name}"
    return name


def snake(text: str) -> str:
    """Return a text in snake_case, `fileId` as `file_id`."""
    words = [part for word in _WORD.findall(letters(text, " ")) for part in _HUMP.split(word)]
    return "_".join(word.lower() for word in words)


def singular(name: str) -> str | None:
    """Return a PascalCase name with its last word in the singular, or None if that word has no plural form."""
    parts = _HUMP.split(name)
    last = parts[-1]
    head, lower = "".join(parts[:-1]), last.lower()
    if lower in _SAME or len(last) < 3:
        return None
    if lower in IRREGULAR:
        one = IRREGULAR[lower]
    elif lower.endswith("ies") and len(lower) > 4:
        one = lower[:-3] + "y"
    elif lower.endswith(("sses", "shes", "ches", "xes", "zes")):
        one = lower[:-2]
    elif lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        one = lower[:-1]
    else:
        return None
    return head + (one.capitalize() if last[0].isupper() else one)


def identifier(name: str) -> str:
    """Return a component name as it is if it is a Python identifier, and in PascalCase if not."""
    if name.isascii() and name.isidentifier() and not keyword.iskeyword(name):
        return name
    made = pascal(name) or "Schema"
    return f"{made}Value" if keyword.iskeyword(made) else made


def is_good_title(title: str) -> bool:
    """Tell whether a title reads like the name of a type: PascalCase, two words at least."""
    return bool(re.fullmatch(r"[A-Z][A-Za-z0-9]*", title)) and len(_HUMP.split(title)) > 1 and len(title) <= 60


def alphabetic(index: int) -> str:
    """Return A, B, ... Z, AA, AB, ... for 0, 1, ..."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
