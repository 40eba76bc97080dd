"""Request bodies of JSON values, one after the other: JSON Lines and JSON text sequences (RFC 7464)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any, Literal, TypeAlias

from specwire.codec import encode

Framing: TypeAlias = Literal["jsonl", "json-seq"]

_BEFORE: dict[Framing, bytes] = {"jsonl": b"", "json-seq": b"\x1e"}


def line(item: Any, framing: Framing) -> bytes:
    """Return a value with what comes before and after it; raises `TypeError` for a value that has no JSON form."""
    return _BEFORE[framing] + encode(item) + b"\n"


class Lines:
    """Values as a binary file, encoded when they are read."""

    def __init__(self, items: Iterable[Any], framing: Framing) -> None:
        self._items = iter(items)
        self._framing: Framing = framing

    def read(self, size: int, /) -> bytes:
        """Return the next values, `size` bytes or a little more; none at the end."""
        read = bytearray()
        for item in self._items:
            read += line(item, self._framing)
            if len(read) >= size:
                break
        return bytes(read)


class AsyncLines:
    """Values that come asynchronously, as an asynchronous binary file."""

    def __init__(self, items: AsyncIterable[Any], framing: Framing) -> None:
        self._items = aiter(items)
        self._framing: Framing = framing

    async def read(self, size: int, /) -> bytes:
        """Return the next value, which may have been waited for; nothing at the end."""
        async for item in self._items:
            return line(item, self._framing)
        return b""
