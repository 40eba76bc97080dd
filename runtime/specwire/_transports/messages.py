"""Requests and responses in the form that the transports expect of an HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import msgspec

from specwire._transports.library import ResponseNotRead


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
