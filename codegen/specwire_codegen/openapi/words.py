"""Names for schemas and operations, derived from words of the document."""

from __future__ import annotations

import keyword
import re
import unicodedata
from functools import lru_cache

from specwire_codegen.openapi import plurals
from specwire_codegen.openapi.casing import NAMES, words
from specwire_codegen.openapi.transliteration import encoded

_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_CONTROLLER = re.compile(r"([A-Za-z0-9]*)Controller[_.#/](?=[A-Za-z])")
_SIGNS = {"+": " Plus ", "-": " Minus ", "*": " Star ", "=": " Equal ", "<": " Less ", ">": " Greater ", "!": " Not "}


@lru_cache(NAMES)
def pascal(text: str) -> str:
    """Return a text as a PascalCase identifier, `chat_completion` as `ChatCompletion`; empty without letters.

    It is ASCII, as OpenAPI requires for component names; other letters are encoded as their code points.
    """
    found = words(text) or words("".join(_SIGNS.get(character, " ") for character in text))
    if text.isupper():
        found = [word.lower() for word in found]
    name = encoded(unicodedata.normalize("NFKC", "".join(word[0].title() + word[1:] for word in found)))
    if name[:1].isdigit():
        name = _DIGITS[int(name[0])] + name[1:2].upper() + name[2:] if not name[1:2].isdigit() else f"N{name}"
    return name


def without_route(operation_id: str, http_method: str, path: str) -> str:
    """Return an operationId without the route that FastAPI appends: `read_item_items__item_id__get`, `read_item`."""
    route = re.sub(r"\W", "_", f"{path}_{http_method.lower()}")
    return operation_id.removesuffix(route) or operation_id


def split_controller(operation_id: str) -> tuple[str, str]:
    """Return the controller in front of an operationId and the rest: `Pets` and `findAll` of `PetsController_findAll`.

    The controller is empty if there is none.
    """
    found = _CONTROLLER.match(operation_id)
    return (found[1], operation_id[found.end() :]) if found else ("", operation_id)


def snake(text: str) -> str:
    """Return a text in snake_case, `fileId` as `file_id`; empty without letters."""
    return "_".join(word.lower() for word in words(text))


@lru_cache(NAMES)
def singular(name: str) -> str | None:
    """Return a PascalCase name with its last word in the singular, or None if that word is not a plural."""
    last = (words(name) or [""])[-1]
    one = plurals.singular(last.lower())
    if one == last.lower() or not name.endswith(last):
        return None
    head = name.removesuffix(last)
    return head + (one if last.islower() else last[:-1] if last[:-1].isupper() else one.capitalize())


def identifier(name: str) -> str:
    """Return a component name unchanged if it is a Python identifier, else in PascalCase."""
    if name.isascii() and name.isidentifier() and not keyword.iskeyword(name):
        return name
    made = pascal(name) or "Schema"
    return f"{made}Value" if keyword.iskeyword(made) else made


def is_good_title(title: str) -> bool:
    """Return whether a title is suitable as a type name: PascalCase with at least two words."""
    return bool(re.fullmatch(r"[A-Z][A-Za-z0-9]*", title)) and len(words(title)) > 1 and len(title) <= 60


def alphabetic(index: int) -> str:
    """Return A, B, ... Z, AA, AB, ... for 0, 1, ..."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
