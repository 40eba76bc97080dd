"""JSONPath as Stainless understands it, in the syntax of RFC 9535."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METHODS = frozenset("get put post delete options head patch trace query parameters summary description".split())
"""Members of a path item; a path in front of one may hold dots."""
_QUOTES = "'\""


class UnsupportedPath(ValueError):
    """A path with syntax that RFC 9535 does not have; the message is the syntax."""


def standard(path: str) -> str:
    """Return a path in the syntax of RFC 9535; raise UnsupportedPath."""
    path = path.strip()
    if not path.startswith("$"):
        raise UnsupportedPath("a path must start with $")
    rest, found = path[1:], "$"
    while rest:
        segment, rest = _segment(rest)
        found += segment
    return found


def _segment(rest: str) -> tuple[str, str]:
    """Return the first segment in standard syntax, and what follows it."""
    if rest[0] == "[":
        return _bracket(rest)
    dots = ".." if rest.startswith("..") else "."
    if not rest.startswith(dots):
        raise UnsupportedPath(f"{rest[:20]!r} is not a segment")
    after = rest[len(dots) :]
    if after.startswith("["):
        segment, rest = _bracket(after)
        return (".." if dots == ".." else "") + segment, rest
    size = _name_size(after)
    name, rest = after[:size], after[size:]
    if not name or name in ("^", "~", "@") or name.endswith(("~", "^")):
        raise UnsupportedPath(f"{name or after[:1]!r} is not supported")
    if name == "*" or _NAME.fullmatch(name):
        return f"{dots}{name}", rest
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"{'..' if dots == '..' else ''}['{quoted}']", rest


def _name_size(text: str) -> int:
    """Return the length of a name; the path of an operation, which begins with a slash, may hold dots."""
    ends = [index for index, sign in enumerate(text) if sign in ".["]
    if text.startswith("/"):
        for index in ends:
            following = re.match(r"\.?([A-Za-z$]*)", text[index:])
            if text[index] == "[" or following is None or following[1] in _METHODS:
                return index
        return len(text)
    return ends[0] if ends else len(text)


def _bracket(rest: str) -> tuple[str, str]:
    """Return a bracketed segment, with JavaScript's comparisons in the standard form, and what follows it."""
    depth, quote, index = 0, "", 0
    while index < len(rest):
        sign = rest[index]
        if quote:
            if sign == "\\":
                index += 1
            elif sign == quote:
                quote = ""
        elif sign in _QUOTES:
            quote = sign
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
            if depth == 0:
                return _standard_bracket(rest[: index + 1]), rest[index + 1 :]
        index += 1
    raise UnsupportedPath("a bracket is not closed")


def _standard_bracket(segment: str) -> str:
    inner = segment[1:-1].strip()
    if not inner.startswith("?"):
        return segment
    outside = "".join(re.split(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", inner))
    for sign in ("@property", "@parent", "@path", "@root", "@string", "@number", ".match(", ".includes(", "=~", "~"):
        if sign in outside:
            raise UnsupportedPath(f"{sign!r} is not supported")
    return f"[{_outside_quotes(inner)}]"


def _outside_quotes(text: str) -> str:
    parts = re.split(r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", text)
    plain = [
        part.replace("===", "==").replace("!==", "!=") if index % 2 == 0 else part for index, part in enumerate(parts)
    ]
    return "".join(plain)
