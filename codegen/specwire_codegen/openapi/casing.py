"""Case conversion: words of a name, snake case and Pascal case."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from specwire_codegen.openapi.transliteration import transliterated

_WORD = re.compile(
    r"(?:OAuth|IPv)[0-9]*(?![a-z])|[A-Z]{2,}[0-9]*s(?![a-z])|[A-Z]{2,}(?![a-z])[0-9]*|[A-Z](?![a-z0-9])"
    r"|[A-Z]?[a-z0-9]+|[^\x00-\x7f]+[0-9]*"
)
_SIGNS = (
    (re.compile(r"^\+(?=\d)"), "plus "),
    (re.compile(r"^[-\u2212](?=\d)"), "minus "),
    (re.compile(r"<="), " lte "),
    (re.compile(r">="), " gte "),
    (re.compile(r"!="), " ne "),
    (re.compile(r"(?<=\w)<$"), " lt "),
    (re.compile(r"(?<=\w)>$"), " gt "),
)
"""Symbols that distinguish names, as words."""


NAMES = 4096
"""Number of results that functions of names remember: the same names occur again and again in a document."""
_LONGEST_TITLE = 200
"""Number of characters of a title that a class name is looked for in."""


def words(text: str) -> list[str]:
    """Split a name into its words, in any script: `chatCompletion_v1` -> `chat`, `Completion`, `v1`."""
    plain = transliterated(text)
    return _WORD.findall(plain if plain.isascii() else _apart(transliterated(text, " ")))


def _apart(text: str) -> str:
    """Insert a space before each capital inside a word of a script other than Latin."""
    pairs = zip(f" {text}", text, strict=False)
    return "".join(
        f" {each}" if before.islower() and each.isupper() and not each.isascii() else each for before, each in pairs
    )


@lru_cache(NAMES)
def argument(text: str) -> str:
    """Return an argument name in snake case; symbols that distinguish names, as in `created>`, become words."""
    for sign, word in _SIGNS:
        text = sign.sub(word, text)
    if words(text):
        return snake(text)
    return snake(unicodedata.name(text, "value") if len(text) == 1 else text)


@lru_cache(NAMES)
def snake(text: str) -> str:
    """Return a name in snake case; a valid name that already is in snake case is unchanged."""
    if text.isascii() and text.isidentifier() and text.islower() and not text.startswith("_"):
        name = text
    else:
        name = "_".join(word.lower() for word in words(text)) or "value"
    name = _identifier(name, "n")
    return f"{name}_" if keyword.iskeyword(name) else name


@lru_cache(NAMES)
def pascal(text: str) -> str:
    """Return a name in Pascal case; a valid name with a leading capital and no underscore is unchanged."""
    if text.isascii() and text.isidentifier() and text[0].isupper() and "_" not in text and not keyword.iskeyword(text):
        return text
    name = "".join(word[0].title() + word[1:] for word in words(text)) or "Value"
    if keyword.iskeyword(name):
        return f"{name}Model"
    return _identifier(name, "N")


def respelled(name: str, casing: Mapping[str, str]) -> str:
    """Return a name in Pascal case with some of its words in a spelling of their own, `Openai` as `OpenAI`.

    A key of `casing` is one word or several; a name that has other characters between its words is unchanged.
    """
    found = words(name)
    if not casing or "".join(found) != name:
        return name
    spelled = {"".join(words(key)).lower(): value for key, value in casing.items()}
    result = ""
    while found:
        sizes = (size for size in range(len(found), 0, -1) if "".join(found[:size]).lower() in spelled)
        size = next(sizes, 1)
        result += spelled.get("".join(found[:size]).lower(), found[0])
        found = found[size:]
    return result


def _identifier(name: str, prefix: str) -> str:
    """Return a name in the form in which Python compares identifiers, with a prefix if it cannot begin one."""
    name = unicodedata.normalize("NFKC", name)
    return name if name.isidentifier() else f"{prefix}{name}"


def titled(name: str, title: str) -> str:
    """Return a Pascal case name with the capitals that a title gives it: `Openai` in `OpenAI API` is `OpenAI`."""
    parts = re.findall(r"[A-Za-z0-9]+", title[:_LONGEST_TITLE])
    runs = ("".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1))
    return next((run for run in runs if run.lower() == name.lower() and run[0].isupper()), name)
