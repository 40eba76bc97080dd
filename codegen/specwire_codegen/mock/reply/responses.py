"""Replies as values, independent of ASGI."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import attrs

Header: TypeAlias = tuple[str, str]

SANDBOX: Final[Header] = ("content-security-policy", "sandbox")
"""Header that keeps scripts of a reply from the page of the mock server."""


@attrs.frozen
class Whole:
    """A reply whose body is sent in one piece with its length."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


@attrs.frozen(eq=False)
class Chunked:
    """A reply whose body is sent chunk by chunk."""

    status: int
    headers: tuple[Header, ...]
    chunks: Callable[[], Iterable[bytes]]


Reply: TypeAlias = Whole | Chunked


def json_reply(status: int, value: Any, media: str = "application/json", headers: Iterable[Header] = ()) -> Whole:
    """Return a reply with a JSON body."""
    return Whole(status, (("content-type", media), *headers), dump(value))


def dump(value: Any) -> bytes:
    """Return a value as compact JSON; a lone surrogate, which UTF-8 cannot hold, stays escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def is_active(headers: Iterable[Header]) -> bool:
    """Return True if a browser runs scripts of a reply with these headers."""
    media = next((value.lower() for name, value in headers if name.lower() == "content-type"), "")
    return "html" in media or "xml" in media or "svg" in media
