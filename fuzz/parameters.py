"""Parameters: any value, encoded into its place, stays there and comes back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import strategies as st
from specwire._serialization.parameters import encode_cookies, encode_headers, encode_query, expand_path

from .check import Check

_TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["..", ".", "%2e%2e", "a/b", "a?b", "a#b", "a&b=c", "\r\nX: y", "a;b", "a,b", "\\", "//", "%", "+", " "]
)
_SCALARS = _TEXT | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = _SCALARS | st.lists(_SCALARS, max_size=3) | st.dictionaries(_TEXT, _SCALARS, max_size=3)
_NAMES = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_-]{0,5}\Z")


def a_path_is_not_turned(value: Any) -> None:
    """A path parameter is refused, or stays the segment that the template gives it, and a text comes back."""
    try:
        path = expand_path("/v1/{id}/end", {"id": value})
    except (ValueError, TypeError) as error:
        assert "id" in str(error)
        return
    assert path == urlsplit(f"https://host{path}").path
    prefix, segment, end = path.rsplit("/", 2)
    assert ("/v1", "end") == (prefix, end)
    assert unquote(segment) not in ("", ".", "..")
    assert not isinstance(value, str) or value == unquote(segment)


def a_query_comes_back(values: dict[str, str]) -> None:
    """Texts of a query come back, each under its name, in order."""
    query = encode_query(values)
    assert query.isascii()
    assert list(values.items()) == parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))


def a_query_stays_a_query(values: dict[str, Any]) -> None:
    """Whatever is in it, a query has no character that would end it."""
    try:
        query = encode_query(values)
    except (ValueError, TypeError):
        return
    assert re.fullmatch(r"[!-~]*", query)
    assert "#" not in query


def a_header_stays_one(values: dict[str, Any]) -> None:
    """A header is refused, or is one line of Latin-1 that no other header can hide in."""
    try:
        headers = encode_headers(values)
    except (ValueError, TypeError):
        return
    for text in headers.values():
        assert text == text.strip(" \t")
        assert not re.search(rb"[\r\n\0]", text.encode("latin-1"))


def cookies_stay_apart(values: dict[str, Any]) -> None:
    """Cookies are refused, or are pairs of which none reaches into the next, and texts come back."""
    try:
        cookies = encode_cookies(values)
    except (ValueError, TypeError):
        return
    assert re.fullmatch(r"[!-~ ]*", cookies)
    if all(isinstance(value, str) for value in values.values()):
        pairs = [pair.partition("=") for pair in cookies.split("; ")] if cookies else []
        assert values == {name: unquote(text) for name, _, text in pairs}


CHECKS = (
    Check(a_path_is_not_turned, _VALUES),
    Check(a_query_comes_back, st.dictionaries(_TEXT, _TEXT, max_size=4)),
    Check(a_query_stays_a_query, st.dictionaries(_TEXT, _VALUES, max_size=3)),
    Check(a_header_stays_one, st.dictionaries(_TEXT | _NAMES, _VALUES, max_size=3)),
    Check(cookies_stay_apart, st.dictionaries(_TEXT | _NAMES, _VALUES, max_size=3)),
)
