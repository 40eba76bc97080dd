"""JSON pointers (RFC 6901), held as strings without the leading `#`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

Trail: TypeAlias = "str | tuple[Trail, str | int]"
"""Where a walk is: a pointer, or the trail to an object and the token of a member; few of them become pointers."""


def of(trail: Trail) -> str:
    """Return the pointer to where a trail leads."""
    parts: list[str] = []
    while not isinstance(trail, str):
        trail, token = trail
        parts.append(below("", token))
    return trail + "".join(reversed(parts))


def trail_below(trail: Trail, *tokens: str | int) -> Trail:
    """Return the trail to a place below another."""
    for token in tokens:
        trail = trail, token
    return trail


def escape(token: str) -> str:
    """Return a reference token escaped for a pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Return a reference token without escapes."""
    return token.replace("~1", "/").replace("~0", "~") if "~" in token else token


def join(pointer: str, *tokens: str | int) -> str:
    """Return the pointer to a place below `pointer`."""
    for token in tokens:
        pointer = below(pointer, token)
    return pointer


def below(pointer: str, token: str | int) -> str:
    """Return the pointer to a member of the value at `pointer`; fast if nothing needs escaping."""
    token = str(token)
    return f"{pointer}/{escape(token)}" if "/" in token or "~" in token else f"{pointer}/{token}"


def split(pointer: str) -> tuple[str, ...]:
    """Return the unescaped tokens of a pointer; raise ValueError if it is not one."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is not a JSON pointer: it must be empty or start with '/'")
    _, *tokens = pointer.split("/")
    return tuple(map(unescape, tokens) if "~" in pointer else tokens)


def parent(pointer: str) -> str:
    """Return the pointer to the parent of `pointer`; the root is its own parent."""
    return pointer.rpartition("/")[0]


def ancestors(pointer: str) -> Iterator[str]:
    """Yield a pointer and its ancestors, up to the root."""
    yield pointer
    while pointer:
        pointer = parent(pointer)
        yield pointer


def is_within(pointer: str, ancestor: str) -> bool:
    """Return whether a pointer is another or below it."""
    return pointer == ancestor or pointer.startswith(f"{ancestor}/")


def from_fragment(reference: str) -> str:
    """Return the pointer in a reference such as `#/components/schemas/Pet`, percent-decoded."""
    return unquote(reference.partition("#")[2])


def index(token: str) -> int | None:
    """Return the array index that a token is, or None."""
    return int(token) if token.isascii() and token.isdigit() and len(token) < 10 else None


def item(value: Any, token: str) -> int | None:
    """Return the index of the existing array item that a token refers to, or None."""
    found = index(token) if isinstance(value, list) else None
    return found if found is not None and found < len(value) else None


def get(document: Any, pointer: str) -> Any:
    """Return the value at a pointer; raise KeyError if it does not exist."""
    value = document
    for token in split(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif (at := item(value, token)) is not None:
            value = value[at]
        else:
            raise KeyError(pointer)
    return value


def unescaped(value: Any, pointer: str) -> str | None:
    """Return the valid form of a pointer with unescaped slashes and tildes, or None."""
    return _unescaped(value, pointer.split("/")[1:], "") if "/" in pointer else None


def _unescaped(value: Any, tokens: list[str], pointer: str) -> str | None:
    if not tokens:
        return pointer
    for count in range(1, len(tokens) + 1) if isinstance(value, dict) else ():
        name = "/".join(tokens[:count])
        for key in (name, unescape(name), f"/{name}"):
            if key in value:
                found = _unescaped(value[key], tokens[count:], below(pointer, key))
                if found is not None:
                    return found
    if (at := item(value, tokens[0])) is not None:
        return _unescaped(value[at], tokens[1:], below(pointer, tokens[0]))
    return None


def replaced(document: Any, pointer: str, value: Any) -> Any:
    """Return a copy of the document with another value at an existing pointer; unchanged parts are shared."""
    if not pointer:
        return value
    token, rest = split(pointer)[0], pointer[pointer.find("/", 1) :] if "/" in pointer[1:] else ""
    copy = document.copy()
    key: Any = int(token) if isinstance(copy, list) else token
    copy[key] = replaced(copy[key], rest, value)
    return copy


def to_fragment(pointer: str) -> str:
    """Return a pointer as the percent-encoded fragment of a reference."""
    return quote(pointer, safe="/~!$&'()*+,;=:@-._")
