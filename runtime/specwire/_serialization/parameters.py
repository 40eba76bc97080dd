"""Serialization of parameters by place: path, query, headers and cookies. Pure functions from values to text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

from specwire._serialization.percent import percent, percent_path, percent_query, percent_segments
from specwire._serialization.style import Escape, Style, flatten, joined, json_text, matrix, named_error, pairs

__all__ = ["Style", "encode_cookies", "encode_headers", "encode_query", "expand_path", "header_value"]

FORM = Style()
SIMPLE = Style(style="simple", explode=False)

_NO_STYLES: Mapping[str, Style] = {}
_BRACES = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_IN_COOKIE = re.compile(r"[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]")
_DOT_SEGMENTS = ("", ".", "..")
_NOT_PRINTABLE = re.compile(r"[^ -~]")


def expand_path(template: str, values: Mapping[str, object], styles: Mapping[str, Style] = _NO_STYLES) -> str:
    """Replace each `{name}` of a path; raise `ValueError` naming a parameter that can't be in a path."""
    if "{" not in template:
        return template
    pieces = list(_pieces(template))
    for index in range(1, len(pieces), 2):
        name = pieces[index]
        try:
            pieces[index] = _segment(name, values.get(name), styles.get(name, SIMPLE))
        except (TypeError, ValueError) as error:
            raise named_error("path parameter", name, error) from None
    return "".join(pieces)


def encode_query(values: Mapping[str, object], styles: Mapping[str, Style] = _NO_STYLES) -> str:
    """Return the query string in the order of the values, percent-encoded and without `?`."""
    found: list[str] = []
    for name, value in values.items():
        style = styles.get(name, FORM)
        escape = percent_query if style.allow_reserved and not style.content_json else percent
        try:
            if type(value) is str and style is FORM:
                found.append(f"{percent(name)}={percent(value)}")
                continue
            found.extend(pairs(name, value, style, percent, escape))
        except (TypeError, ValueError) as error:
            raise named_error("query parameter", name, error) from None
    return "&".join(found)


def encode_headers(values: Mapping[str, object], styles: Mapping[str, Style] = _NO_STYLES) -> dict[str, str]:
    """Return the header fields.

    Raise `ValueError` for a value that isn't allowed in a header, above all line breaks.
    """
    headers: dict[str, str] = {}
    for name, value in values.items():
        style = styles.get(name, SIMPLE)
        try:
            flat = json_text(value) if style.content_json else flatten(value, style.text)
            if flat is not None:
                text = joined(flat, ",", style.explode, str)
                headers[name] = header_value(
                    name, _NOT_PRINTABLE.sub(_json_escape, text) if style.content_json else text
                )
        except (TypeError, ValueError) as error:
            raise named_error("header", name, error) from None
    return headers


def encode_cookies(values: Mapping[str, object], styles: Mapping[str, Style] = _NO_STYLES) -> str:
    """Return the value of the `Cookie` header, or "" without cookies.

    Exploded lists and mappings become several cookies in style `form` too: servers don't read cookies joined by `&`.
    """
    found: list[str] = []
    for name, value in values.items():
        style = styles.get(name, FORM)
        escape = _cookie_text if style.style == "cookie" and not style.content_json else percent
        try:
            found.extend(pairs(name, value, style, _cookie_name, escape))
        except (TypeError, ValueError) as error:
            raise named_error("cookie", name, error) from None
    return "; ".join(found)


def header_value(name: str, value: str) -> str:
    """Return a valid header value; raise `ValueError`, without the value, for an invalid one."""
    if not _TOKEN.fullmatch(name):
        raise ValueError("the name has characters that are not allowed in a header name")
    if _CONTROL.search(value):
        raise ValueError("the value has a line break or another control character; remove it (often at its end)")
    if value != value.strip(" \t"):
        raise ValueError("the value begins or ends with a space; strip it")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError("the value has characters outside Latin-1; percent-encode it or send it in the body") from None
    return value


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[str, ...]:
    """Split a path template into literal, name, literal, name, ..., literal."""
    return tuple(_BRACES.split(template))


def _segment(name: str, value: object, style: Style) -> str:
    if type(value) is str and style is SIMPLE and value not in _DOT_SEGMENTS:
        return percent(value)
    flat = json_text(value) if style.content_json else flatten(value, style.text)
    if flat is None:
        raise ValueError("the value is missing; a path needs one")
    escape = _path_escape(style)
    match style.style:
        case "matrix":
            text = matrix(name, flat, style.explode, escape)
        case "label":
            text = "." + joined(flat, "." if style.explode else ",", style.explode, escape)
        case _:
            text = joined(flat, ",", style.explode, escape)
    if (flat in _DOT_SEGMENTS or unquote(text) in _DOT_SEGMENTS) and not (style.empty and text == ""):
        raise ValueError("the value is empty, '.' or '..', which would change the path")
    if escape is not percent and not {".", ".."}.isdisjoint(unquote(text).split("/")):
        raise ValueError("the value has a segment '.' or '..', which would change the path")
    return text


def _path_escape(style: Style) -> Escape:
    if style.content_json:
        return percent
    return percent_path if style.allow_reserved else percent_segments if style.spans else percent


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))


def _cookie_name(name: str) -> str:
    """Return the name of a cookie.

    Brackets and the like aren't token characters, but servers and browsers accept them.
    """
    if not name or "=" in name or _NOT_IN_COOKIE.search(name):
        raise ValueError("the name has characters that are not allowed in a cookie name")
    return name


def _cookie_text(text: str) -> str:
    if _NOT_IN_COOKIE.search(text):
        raise ValueError("the value has characters that are not allowed in a cookie, such as spaces; percent-encode it")
    return text
