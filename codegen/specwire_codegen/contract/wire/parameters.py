"""Parameters parsed from the wire by the document's styles, to check the client's serialization.

It shares no code with the serializer under test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

from specwire_codegen.contract.values.json_diff import json_problems
from specwire_codegen.openapi.styles import SPANS

Raw: TypeAlias = Mapping[str, Any]
"""A parameter of the document."""
Pair: TypeAlias = tuple[str, str]
Decode: TypeAlias = Callable[[str], str]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_EMPTY = re.compile(r"(;[^;=,]+)(?=;|$)")
"""A matrix parameter with an empty value, which has no equals sign (RFC 6570, section 3.2.7)."""
_BRACES = re.compile(r"\{([^{}]+)\}")
_DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def is_text_of(text: str, value: Any) -> bool:
    """Return True if a text is the text of a scalar."""
    match value:
        case bool():
            return text == str(value).lower()
        case int():
            return bool(_INTEGER.fullmatch(text)) and int(text) == value
        case float():
            return bool(_NUMBER.fullmatch(text)) and float(text) == value
        case _:
            return bool(text == value)


def sent(value: Any) -> Any:
    """Return a value without nulls, and without containers that are empty then; None if nothing is left."""
    match value:
        case dict():
            return {key: one for key, one in value.items() if one is not None} or None
        case list():
            return [one for one in value if one is not None] or None
        case _:
            return value


def query_pairs(query: str) -> list[Pair]:
    """Return the names and values of a query as received."""
    return [(name, value) for name, _, value in (item.partition("=") for item in query.split("&") if item)]


def path_problems(template: str, parameters: Sequence[Raw], raw_path: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of a received path; `values` are the expected ones."""
    pieces = _BRACES.split(template)
    names = pieces[1::2]
    declared = {one["name"]: one for one in parameters if one["in"] == "path"}
    variables = ["(.*)" if _spans(declared.get(name, {})) else "([^/]*)" for name in names]
    pieces[::2], pieces[1::2] = map(_literal, pieces[::2]), variables
    pattern = "".join(pieces)
    hit = re.fullmatch(pattern, raw_path)
    if hit is None:
        yield f"path: {raw_path!r} is not of the form {template}"
        return
    if unquote(raw_path) == _BRACES.sub(lambda braces: str(values[braces[1]]), template):
        return  # two adjacent parameters have no separator, so their texts are ambiguous
    for name, raw in zip(names, hit.groups(), strict=True):
        if not _reads(declared.get(name, {"name": name}), raw, values[name], unquote):
            yield f"path parameter {name}: {values[name]!r} expected, not {raw!r}"


def _spans(parameter: Raw) -> bool:
    return bool(parameter.get("allowReserved") or parameter.get(SPANS))


def _literal(text: str) -> str:
    """Return a pattern for a literal text of the template: each character plain or percent-encoded."""
    return "".join(f"(?:{re.escape(one)}|{re.escape(quote(one, safe=''))})" for one in text)


def query_problems(parameters: Sequence[Raw], query: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of a received query; `values` are the expected ones."""
    if "+" in query:
        yield f"query: {query!r} has a `+`, which some servers read as a space"
    yield from pairs_problems("query", parameters, query_pairs(query), values)


def pairs_problems(
    place: str, parameters: Sequence[Raw], found: list[Pair], values: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the problems of the pairs of a query, a form or cookies, still percent-encoded."""
    left = list(found)
    here = [(one, _sent_by(one, values.get(one["name"]))) for one in parameters if one["in"] == place]
    named = [(parameter, value) for parameter, value in here if value is not None]
    # Pairs with other names than their parameter come first: one may share the name of another parameter.
    for parameter, value in sorted(named, key=lambda pair: not _spread(*pair)):
        if _spread(parameter, value):
            yield from _spread_problems(f"{place} parameter {parameter['name']}", left, value)
            continue
        mine = [pair for pair in left if _is_named(parameter, unquote(pair[0]))]
        left = [pair for pair in left if pair not in mine]
        yield from _parameter_problems(place, parameter, [(unquote(key), text) for key, text in mine], value)
    for key, text in left:
        yield f"{place}: {key}={text} is not expected"


def _spread_problems(label: str, left: list[Pair], value: Mapping[str, Any]) -> Iterator[str]:
    """Remove the pairs of an object's keys from the remaining pairs, and yield the missing ones."""
    for key, one in _repeated(value):
        mine = next((pair for pair in left if unquote(pair[0]) == key and is_text_of(unquote(pair[1]), one)), None)
        if mine is None:
            yield f"{label}: {key}={one!r} is missing"
        else:
            left.remove(mine)


def _repeated(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the keys and scalars of an object; the key of a list is repeated for each of its items."""
    for key, one in value.items():
        yield from ((key, each) for each in (sent(one) or () if isinstance(one, list) else (one,)))


def text_problems(place: str, parameter: Raw, text: str | None, value: Any) -> Iterator[str]:
    """Yield the problems of a received header value."""
    label = f"{place} {parameter['name']}"
    expected = _sent_by(parameter, value)
    if text is None or expected is None:
        if text is not None or expected is not None:
            yield f"{label}: {value!r} expected, not {text!r}"
    elif not _reads(parameter, text, expected, str):
        yield f"{label}: {value!r} expected, not {text!r}"


def _sent_by(parameter: Raw, value: Any) -> Any:
    return value if "content" in parameter else sent(value)


def _reads(parameter: Raw, text: str, value: Any, decode: Decode) -> bool:
    """Return True if the text of a path segment or a header matches a value."""
    if "content" in parameter:
        return not list(json_problems(value, decode(text)))
    style, explode = parameter.get("style", "simple"), bool(parameter.get("explode"))
    if style == "matrix":
        text = _EMPTY.sub(r"\1=", text)
    separator = {"label": "." if explode else ",", "matrix": ";" if explode else ","}.get(style, ",")
    if style == "matrix" and (not explode or not isinstance(value, list | dict)):
        prefix = f";{parameter['name']}="
    else:
        prefix = {"label": ".", "matrix": ";"}.get(style, "")
    if not decode(text).startswith(prefix):
        return False
    body = text.removeprefix(prefix)
    expected = list(_items(parameter, value, style, explode))
    pieces = body.split(separator) if isinstance(value, list | dict) else [body]
    if len(pieces) != len(expected):
        return decode(body) == separator.join(f"{key}{one}" for key, one in expected)
    return all(
        decode(piece).startswith(key) and is_text_of(decode(piece).removeprefix(key), one)
        for piece, (key, one) in zip(pieces, expected, strict=True)
    )


def _items(parameter: Raw, value: Any, style: str, explode: bool) -> Iterator[tuple[str, Any]]:
    """Yield the scalars of a value, each with the text before it."""
    match value:
        case list():
            yield from ((f"{parameter['name']}=" if style == "matrix" and explode else "", one) for one in value)
        case dict() if explode:
            yield from ((f"{key}=", one) for key, one in value.items())
        case dict():
            yield from (("", one) for pair in value.items() for one in pair)
        case _:
            yield "", value


def _spread(parameter: Raw, value: Any) -> bool:
    plain = "content" not in parameter and parameter.get("style", "form") in ("form", "cookie")
    return isinstance(value, dict) and plain and bool(parameter.get("explode", True))


def _is_named(parameter: Raw, key: str) -> bool:
    name = parameter["name"]
    return bool(key == name or (parameter.get("style") == "deepObject" and key.startswith(f"{name}[")))


def _parameter_problems(place: str, parameter: Raw, mine: list[Pair], value: Any) -> Iterator[str]:
    label = f"{place} parameter {parameter['name']}"
    if "content" in parameter:
        if len(mine) != 1:
            yield f"{label}: {value!r} expected once, not {len(mine)} times"
        for _, text in mine:
            yield from (f"{label}: {one}" for one in json_problems(value, unquote(text)))
        return
    expected = list(_expected(parameter, value))
    arrived = list(_arrived(parameter, mine, value))
    same = len(expected) == len(arrived) and all(
        key == other and is_text_of(text, one) for (key, one), (other, text) in zip(expected, arrived, strict=True)
    )
    if not same:
        yield f"{label}: {expected!r} expected, not {arrived!r}"


def _expected(parameter: Raw, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield key and scalar for all members of a value; an empty list or object yields nothing."""
    name = parameter["name"]
    match value:
        case list() | dict() if parameter.get("style") == "deepObject":
            yield from _deep(name, value)
        case list():
            yield from ((name, one) for one in value)
        case dict():
            yield from value.items()
        case _:
            yield name, value


def _deep(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield key and scalar for all nested members of a value; null yields nothing.

    A list of scalars in an object repeats its key; the items of any other list have indices.
    """
    match sent(value):
        case None:
            return
        case list() as items:
            for index, one in enumerate(items):
                yield from _deep(f"{name}[{index}]", one)
        case dict() as members:
            for key, one in members.items():
                if isinstance(one, list) and not any(isinstance(each, list | dict) for each in one):
                    yield from ((f"{name}[{key}]", each) for each in sent(one) or ())
                else:
                    yield from _deep(f"{name}[{key}]", one)
        case scalar:
            yield name, scalar


def _arrived(parameter: Raw, mine: list[Pair], value: Any) -> Iterator[Pair]:
    style = parameter.get("style", "form")
    if parameter.get("explode", True) or style not in _DELIMITERS or not isinstance(value, list | dict):
        yield from ((key, unquote(text)) for key, text in mine)
        return
    for key, text in mine:
        pieces = [unquote(piece) for piece in text.split(_DELIMITERS[style])]
        if isinstance(value, list):
            yield from ((key, piece) for piece in pieces)
        else:
            yield from zip_longest(pieces[::2], pieces[1::2], fillvalue="")
