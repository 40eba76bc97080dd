"""Requests and responses in the form that the transports expect of an HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from specwire._network.content_coding import accepted_codings
from specwire._network.deadline_scope import mark_limited
from specwire._transports.library import ResponseNotRead
from specwire.errors import InvalidRequestError

UNFINISHED = "the server sent {} and no final response"
"""Message about a response whose status is below 200."""


class RawRequest(msgspec.Struct, frozen=True):
    """Request to send."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None
    timeouts: dict[str, float | None]
    stream: bool
    """True if the body is read as it arrives, for as long as the server sends."""
    shared_headers: object = None
    """Object that identifies headers which many requests share; None if they may be those of this one."""


class RawHeaders:
    """Headers of a response, over a mapping of the library whose names ignore case and may repeat."""

    __slots__ = ("_mapping", "get")

    def __init__(self, mapping: Any) -> None:
        self._mapping = mapping
        self.get: Callable[..., Any] = mapping.get

    @property
    def multi_items(self) -> Callable[[], Iterable[tuple[str, str]]]:
        items: Callable[[], Iterable[tuple[str, str]]] = self._mapping.items
        return items

    def __contains__(self, name: str) -> bool:
        return name in self._mapping


class BaseResponse:
    """Response whose body is not read yet."""

    is_limited: ClassVar[bool] = False
    """True if reads end by the deadline of their thread."""

    __slots__ = ("headers", "is_closed", "is_stream_consumed", "status_code", "timeouts", "url")

    def __init__(self, request: RawRequest, status: int, headers: RawHeaders) -> None:
        self.url = request.url
        self.timeouts = request.timeouts
        self.status_code = status
        self.headers = headers
        self.is_closed = False
        self.is_stream_consumed = False

    @property
    def extensions(self) -> dict[str, Any]:
        """Return the connection, as far as the transports use it."""
        connection = Connection(self)
        if self.is_limited:
            mark_limited(connection)
        return {"network_stream": connection}

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

    def retire(self) -> None:
        """Let no other request use the connection, if the library can do that."""

    def disconnect(self) -> None:
        """Close the connection at once, if the library can do that at any time."""

    async def adisconnect(self) -> None:
        """Close the connection of a response without a body; do nothing if the library does it."""


class Connection:
    """Connection of a response, as far as the transports use it."""

    def __init__(self, response: Any) -> None:
        self._response = response

    def get_extra_info(self, _name: str) -> None:
        """Return None: nothing is known of the connection."""

    def close(self) -> None:
        self._response.disconnect()

    async def aclose(self) -> None:
        await self._response.adisconnect()


class SentHeaders:
    """Headers of requests in the form of a library that encodes text as UTF-8.

    Those that many calls share are converted once.
    """

    _MOST = 64

    def __init__(self, form: Callable[[dict[str, str]], Any], *, decoded: bool) -> None:
        self._form = form
        self._decoded = decoded
        """True if the runtime decodes bodies, and not the library."""
        self._known: dict[int, tuple[object, Any]] = {}

    def of(self, request: RawRequest) -> Any:
        """Return the headers of a request; raise `InvalidRequestError` for one that cannot be sent."""
        shared = request.shared_headers
        known = self._known.get(id(shared))
        if known is not None and shared is not None:
            return known[1]
        headers = utf_8_headers(request.headers)
        if self._decoded and "accept-encoding" not in headers:
            headers = {**headers, "accept-encoding": accepted_codings()}
        made = self._form(headers)
        if shared is not None:
            if len(self._known) >= self._MOST:
                self._known.clear()
            self._known[id(shared)] = shared, made  # kept, so that its id stays its own
        return made


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
