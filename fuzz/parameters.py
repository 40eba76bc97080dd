"""Parameters: any value stays in its place and decodes to itself."""

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


def a_path_parameter_stays_in_its_segment(value: Any) -> None:
    """Or it is rejected; a text decodes to itself."""
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


def a_query_round_trips(values: dict[str, str]) -> None:
    """Texts under their names, in order."""
    query = encode_query(values)
    assert query.isascii()
    assert list(values.items()) == parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))


def a_query_stays_a_query(values: dict[str, Any]) -> None:
    """No value adds a character that ends the query."""
    try:
        query = encode_query(values)
    except (ValueError, TypeError):
        return
    assert re.fullmatch(r"[!-~]*", query)
    assert "#" not in query


def a_header_is_one_line(values: dict[str, Any]) -> None:
    """Of Latin-1, without another header; or it is rejected."""
    try:
        headers = encode_headers(values)
    except (ValueError, TypeError):
        return
    for text in headers.values():
        assert text == text.strip(" \t")
        assert not re.search(rb"[\r\n\0]", text.encode("latin-1"))


def cookies_are_separate_pairs(values: dict[str, Any]) -> None:
    """Texts decode to themselves; or they are rejected."""
    try:
        cookies = encode_cookies(values)
    except (ValueError, TypeError):
        return
    assert re.fullmatch(r"[!-~ ]*", cookies)
    if all(isinstance(value, str) for value in values.values()):
        pairs = [pair.partition("=") for pair in cookies.split("; ")] if cookies else []
        assert values == {name: unquote(text) for name, _, text in pairs}


CHECKS = (
    Check(a_path_parameter_stays_in_its_segment, _VALUES),
    Check(a_query_round_trips, st.dictionaries(_TEXT, _TEXT, max_size=4)),
    Check(a_query_stays_a_query, st.dictionaries(_TEXT, _VALUES, max_size=3)),
    Check(a_header_is_one_line, st.dictionaries(_TEXT | _NAMES, _VALUES, max_size=3)),
    Check(cookies_are_separate_pairs, st.dictionaries(_TEXT | _NAMES, _VALUES, max_size=3)),
)
