"""Requests and responses in the form that the transports expect of an HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import msgspec

from specwire._transports.library import ResponseNotRead
from specwire.errors import InvalidRequestError


class RawRequest(msgspec.Struct, frozen=True):
    """Request to send."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None
    timeouts: dict[str, float | None]
    stream: bool
    """True if the body is read as it arrives, for as long as the server sends."""


class RawHeaders:
    """Headers of a response, over a mapping of the library whose names ignore case and may repeat."""

    __slots__ = ("_mapping", "get", "multi_items")

    def __init__(self, mapping: Any) -> None:
        self._mapping = mapping
        self.get: Callable[..., Any] = mapping.get
        self.multi_items: Callable[[], Iterable[tuple[str, str]]] = mapping.items

    def __contains__(self, name: str) -> bool:
        return name in self._mapping


class RawResponse:
    """Response whose body is not read yet."""

    def __init__(self, request: RawRequest, status: int, headers: RawHeaders) -> None:
        self.url = request.url
        self.timeouts = request.timeouts
        self.status_code = status
        self.headers = headers
        self.extensions: dict[str, Any] = {}
        self.is_closed = False
        self.is_stream_consumed = False

    @property
    def charset_encoding(self) -> str | None:
        """Return the charset that the content type names, or None."""
        from email.message import Message  # slow to import, and few responses are text

        message = Message()
        message["content-type"] = self.headers.get("content-type", "")
        return message.get_content_charset()

    @property
    def content(self) -> bytes:
        """Raise an exception: the runtime reads the body itself."""
        raise ResponseNotRead


class Connection:
    """Connection of a response, as far as the transports use it."""

    def __init__(self, response: Any) -> None:
        self._response = response

    def get_extra_info(self, _name: str) -> None:
        """Return None: nothing is known of the connection."""

    def close(self) -> None:
        self._response.close()

    async def aclose(self) -> None:
        await self._response.aclose()


def utf_8_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return headers for a library that encodes them as UTF-8, so that it sends the bytes that Latin-1 would give.

    Raise `InvalidRequestError` if no text has these bytes.
    """
    if "".join(headers.values()).isascii():
        return headers
    return {name: _utf_8_text(name, value) for name, value in headers.items()}


def _utf_8_text(name: str, value: str) -> str:
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        message = f"the header {name!r} has Latin-1 characters, which this transport cannot send: use httpx2"
    raise InvalidRequestError(message)


async def recorded(content: AsyncIterator[bytes], failures: list[Exception]) -> AsyncIterator[bytes]:
    """Yield a request body; record its exception, which the HTTP library would replace by one of its own."""
    try:
        async for piece in content:
            yield piece
    except Exception as error:
        failures.append(error)
        raise


def recorded_sync(content: Iterator[bytes], failures: list[Exception]) -> Iterator[bytes]:
    """Yield a request body as `recorded` does."""
    try:
        yield from content
    except Exception as error:
        failures.append(error)
        raise


async def ahead(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield a body of known length one piece late: what it does after its last piece runs before that is sent.

    A library that counts the bytes does not ask for more than the length.
    """
    last = b""
    async for piece in content:
        if last:
            yield last
        last = piece
    yield last


def ahead_sync(content: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a body as `ahead` does."""
    last = b""
    for piece in content:
        if last:
            yield last
        last = piece
    yield last
