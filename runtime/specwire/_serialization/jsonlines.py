"""Request bodies of several JSON values: JSON Lines and JSON text sequences (RFC 7464)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any, Literal, TypeAlias

from specwire._codec.codec import encode
from specwire._codec.formats import NO_FORMATS, Formats
from specwire._errors.base import InvalidRequestError

Framing: TypeAlias = Literal["jsonl", "json-seq"]

_BEFORE: dict[Framing, bytes] = {"jsonl": b"", "json-seq": b"\x1e"}


def line(index: int, item: Any, framing: Framing, formats: Formats = NO_FORMATS) -> bytes:
    """Encode a value with its framing; raise an error with its `index` if it has no JSON form."""
    try:
        return _BEFORE[framing] + encode(item, formats) + b"\n"
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InvalidRequestError(f"value {index} of the body cannot be sent as JSON: {error}") from error


class Lines:
    """Binary file of values, encoded as they are read."""

    def __init__(self, items: Iterable[Any], framing: Framing, formats: Formats = NO_FORMATS) -> None:
        self._items = enumerate(items)
        self._framing: Framing = framing
        self._formats = formats

    def read(self, size: int, /) -> bytes:
        """Return the next values, `size` bytes or slightly more; empty at the end."""
        read = bytearray()
        for index, item in self._items:
            read += line(index, item, self._framing, self._formats)
            if len(read) >= size:
                break
        return bytes(read)


class AsyncLines:
    """Asynchronous binary file of values from an asynchronous iterator."""

    def __init__(self, items: AsyncIterable[Any], framing: Framing, formats: Formats = NO_FORMATS) -> None:
        self._items = aiter(items)
        self._framing: Framing = framing
        self._formats = formats
        self._read = 0

    async def read(self, size: int, /) -> bytes:
        """Return the next value, after waiting for it if necessary; empty at the end."""
        async for item in self._items:
            self._read += 1
            return line(self._read - 1, item, self._framing, self._formats)
        return b""
