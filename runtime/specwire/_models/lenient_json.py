"""Lenient JSON parser: invalid JSON whose meaning is certain."""

from __future__ import annotations

import decimal
import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

_SURROGATE = re.compile("[\ud800-\udfff]")
_RAW_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
_MOST = 100
"""Maximum number of flaws reported for one text."""


class Flaw(NamedTuple):
    """Deviation from the JSON standard, and its interpretation."""

    path: str
    expected: str
    got: str


def loads(data: bytes, charset: str = "utf-8") -> Any:
    """Parse JSON text to builtins; raise `msgspec.DecodeError` if it has no certain meaning."""
    return read(data, charset)[0]


def loads_or_text(data: bytes, charset: str = "utf-8") -> Any:
    """Parse JSON text to builtins; return other text as it is."""
    try:
        return loads(data, charset)
    except msgspec.DecodeError:
        return data.decode(charset, "replace")


def read(data: bytes, charset: str = "utf-8") -> tuple[Any, tuple[Flaw, ...]]:
    """Parse JSON text to builtins and a list of flaws; raise `msgspec.DecodeError` if it has no certain meaning.

    The strict parser comes first. Text that it rejects is parsed again, allowing a byte order mark, UTF-16, UTF-32
    or the charset of the response, NaN and infinities, and control characters in strings. Lone surrogates and bytes
    that are not text, such as half of a character, become U+FFFD.
    """
    try:
        return msgspec.json.decode(data), ()
    except RecursionError:
        raise msgspec.DecodeError("the JSON is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _reread(data, charset, error)


def _reread(data: bytes, charset: str, cause: Exception) -> tuple[Any, tuple[Flaw, ...]]:
    flaws: list[Flaw] = []
    text, encoding = _decoded(data, charset)
    if encoding not in ("utf-8", "utf-8-sig"):
        flaws.append(Flaw("$", "JSON in UTF-8", f"JSON in {encoding or 'another encoding'}"))
    try:
        try:
            value = json.loads(text, parse_int=_integer)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise
            value = json.loads(text, parse_int=_integer, strict=False)
            flaws.append(Flaw("$", "JSON", "JSON with control characters in strings"))
    except RecursionError:
        raise msgspec.DecodeError("the JSON is nested too deeply") from None
    except (ValueError, decimal.DecimalException):
        raise msgspec.DecodeError(str(cause)) from None
    holder = [value]
    flaws += _scrubbed(holder, surrogates=encoding.startswith("utf-16") or bool(_RAW_SURROGATE.search(data)))
    return holder[0], tuple(flaws)


def _decoded(data: bytes, charset: str) -> tuple[str, str]:
    """Return the text and its encoding, which is empty if none fits: its bytes that are not UTF-8 are U+FFFD then."""
    detected = json.detect_encoding(data)
    for encoding in dict.fromkeys((detected, charset)):
        try:
            return data.decode(encoding, "surrogatepass" if encoding.startswith("utf") else "strict"), encoding
        except (UnicodeError, LookupError):
            continue
    return data.decode("utf-8-sig", "replace"), ""


def _integer(digits: str) -> int | decimal.Decimal:
    try:
        return int(digits)
    except ValueError:  # more digits than Python converts, to bound the time
        return decimal.Decimal(digits)


def _scrubbed(holder: list[Any], *, surrogates: bool) -> Iterator[Flaw]:
    """Replace lone surrogates below a list by U+FFFD, and yield a flaw for each value that JSON can't represent."""
    left = _MOST
    queue: list[tuple[Any, Any, str]] = [(holder, 0, "$")]
    while queue:
        container, key, path = queue.pop()
        value = container[key]
        if isinstance(value, list):
            queue += [(value, index, f"{path}[{index}]") for index in range(len(value) - 1, -1, -1)]
        elif isinstance(value, dict):
            if surrogates and any(map(_SURROGATE.search, value)):
                value = container[key] = {_SURROGATE.sub("\ufffd", name): each for name, each in value.items()}
                if left:
                    left -= 1
                    yield Flaw(path, "Unicode", "keys with lone surrogates")
            queue += [(value, name, f"{path}.{name}") for name in reversed(value)]
        elif isinstance(value, str):
            if surrogates and _SURROGATE.search(value):
                container[key] = _SURROGATE.sub("\ufffd", value)
                if left:
                    left -= 1
                    yield Flaw(path, "Unicode", "a lone surrogate")
        elif isinstance(value, float) and not math.isfinite(value) and left:
            left -= 1
            yield Flaw(path, "number", "NaN" if math.isnan(value) else "infinity")
