"""Reading parameters back from the wire by the document's styles, to check what a client made of their values.

It shares nothing with the code that writes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias
from urllib.parse import unquote

from specwire_codegen.conformance.json_values import differences

Raw: TypeAlias = Mapping[str, Any]
"""A parameter as the document has it."""
Pair: TypeAlias = tuple[str, str]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BRACES = re.compile(r"\{([^{}]+)\}")
_DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def says(text: str, value: Any) -> bool:
    """Whether a text is the text of a scalar."""
    match value:
        case bool():
            return text == str(value).lower()
        case int():
            return bool(_INTEGER.fullmatch(text)) and int(text) == value
        case float():
            return bool(_NUMBER.fullmatch(text)) and float(text) == value
        case _:
            return bool(text == value)


def query_pairs(query: str) -> list[Pair]:
    """Return the names and values of a query as they arrived."""
    return [(name, value) for name, _, value in (item.partition("=") for item in query.split("&") if item)]


def path_problems(template: str, raw_path: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a path that arrived; `values` are what it should hold."""
    pieces = _BRACES.split(template)
    names = pieces[1::2]
    pattern = "".join("([^/]*)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    hit = re.fullmatch(pattern, raw_path)
    if hit is None:
        yield f"path: {raw_path!r} is not of the form {template}"
        return
    for name, raw in zip(names, hit.groups(), strict=True):
        if not says(unquote(raw), values[name]):
            yield f"path parameter {name}: {values[name]!r} expected, not {raw!r}"


def query_problems(parameters: Sequence[Raw], query: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a query that arrived; `values` are what it should hold."""
    if "+" in query:
        yield f"query: {query!r} has a `+`, which some servers read as a space"
    yield from pairs_problems("query", parameters, query_pairs(query), values)


def pairs_problems(
    place: str, parameters: Sequence[Raw], found: list[Pair], values: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what is wrong with the pairs of a query, a form or cookies, still percent-encoded."""
    left = list(found)
    named = [one for one in parameters if one["in"] == place and one["name"] in values]
    # What is spread over pairs of other names comes last, for it is all that is left.
    for parameter in sorted(named, key=lambda one: _spread(one, values[one["name"]])):
        value = values[parameter["name"]]
        mine = left if _spread(parameter, value) else [pair for pair in left if _is_named(parameter, unquote(pair[0]))]
        left = [pair for pair in left if pair not in mine]
        yield from _parameter_problems(place, parameter, [(unquote(key), text) for key, text in mine], value)
    for key, text in left:
        yield f"{place}: {key}={text} is not expected"


def text_problems(place: str, parameter: Raw, text: str | None, value: Any) -> Iterator[str]:
    """Yield what is wrong with a header's value that arrived."""
    label = f"{place} {parameter['name']}"
    if text is None:
        yield f"{label}: {value!r} is missing"
        return
    expected = value if isinstance(value, list) else [value]
    pieces = text.split(",") if isinstance(value, list) else [text]
    if len(pieces) != len(expected) or not all(map(says, pieces, expected)):
        yield f"{label}: {value!r} expected, not {text!r}"


def _spread(parameter: Raw, value: Any) -> bool:
    return isinstance(value, dict) and parameter.get("explode", True) and parameter.get("style", "form") == "form"


def _is_named(parameter: Raw, key: str) -> bool:
    name = parameter["name"]
    return key == name or (parameter.get("style") == "deepObject" and key.startswith(f"{name}["))


def _parameter_problems(place: str, parameter: Raw, mine: list[Pair], value: Any) -> Iterator[str]:
    label = f"{place} parameter {parameter['name']}"
    if "content" in parameter:
        texts = [unquote(text) for _, text in mine]
        yield from (f"{label}: {one}" for one in differences([value], list(map(json.loads, texts))))
        return
    expected = list(_expected(parameter, value))
    arrived = list(_arrived(parameter, mine, value))
    same = len(expected) == len(arrived) and all(
        key == other and says(text, one) for (key, one), (other, text) in zip(expected, arrived, strict=True)
    )
    if not same:
        yield f"{label}: {expected!r} expected, not {arrived!r}"


def _expected(parameter: Raw, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield key and scalar for all that a value is made of; an empty list or object is nothing at all."""
    name = parameter["name"]
    match value:
        case list():
            yield from ((name, one) for one in value)
        case dict() if parameter.get("style") == "deepObject":
            yield from ((f"{name}[{key}]", one) for key, one in value.items())
        case dict():
            yield from value.items()
        case _:
            yield name, value


def _arrived(parameter: Raw, mine: list[Pair], value: Any) -> Iterator[Pair]:
    style = parameter.get("style", "form")
    if parameter.get("explode", True) or not isinstance(value, list | dict):
        yield from ((key, unquote(text)) for key, text in mine)
        return
    for key, text in mine:
        pieces = [unquote(piece) for piece in text.split(_DELIMITERS[style])]
        if isinstance(value, list):
            yield from ((key, piece) for piece in pieces)
        else:
            yield from zip_longest(pieces[::2], pieces[1::2], fillvalue="")
