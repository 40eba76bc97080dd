"""HTTP response: head, incrementally decoded body, and close."""

from __future__ import annotations

import codecs
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from specwire._models.headers import Headers
from specwire._network.content_coding import Decoder, decoder_of
from specwire._network.faults import raise_failure
from specwire._network.transport_errors import BodyTooLargeError, TransportError
from specwire._transports import async_messages, sync_messages
from specwire._transports.messages import BaseResponse

if TYPE_CHECKING:
    import httpx2

    from specwire._network.async_body import AsyncBody
    from specwire._operations.response import Response

CLOSING = frozenset({408, 500})
"""Statuses after which many servers close the connection without announcing it."""
_NO_CHARSETS = frozenset({"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


class HTTPResponse:
    """Response of the HTTP library, with its errors translated."""

    timeouts: dict[str, float | None]
    """Timeouts of the HTTP library; `read` applies to a body that is still unread."""
    parse: Callable[[HTTPResponse, bytes], Response[Any]] | None = None
    """Parses a streamed body once it is read."""
    masked: Callable[[bytes], bytes] = bytes
    """Masks secrets of the request in a part of the body, for messages about a streamed response."""
    _body: AsyncBody | None = None
    _over = False
    """True once the body was begun here, or the response closed."""
    _listeners: tuple[Callable[[TransportError | None], object], ...] = ()

    def __init__(self, raw: Any, library: ModuleType, timeouts: dict[str, float | None] | None = None) -> None:
        self.raw: httpx2.Response = raw
        self.status_code: int = raw.status_code
        self.timeouts = {} if timeouts is None else timeouts
        self._library = library

    @property
    def headers(self) -> Headers:
        return Headers(self.raw.headers.multi_items)

    @property
    def url(self) -> str:
        """Return the URL of the response, including credentials; don't show it unmasked."""
        return str(self.raw.url)

    @property
    def content_type(self) -> str:
        return self.raw.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """Return the charset that the server declares if Python knows it, else UTF-8."""
        name = self.raw.charset_encoding
        return name if name is not None and is_charset(name) else "utf-8"

    @property
    def is_consumed(self) -> bool:
        """Return True if the body was read, fully or partly, or closed; False if a transport or a hook loaded it."""
        if self._over:
            return True
        try:
            _ = self.raw.content
        except self._library.ResponseNotRead:
            return self.raw.is_stream_consumed or self.raw.is_closed
        return False

    @cached_property
    def content(self) -> bytes:
        """Return the body that was read."""
        content: bytes = self.raw.content
        return content

    def read(self, limit: int | None = None) -> None:
        """Read the body, as far as `read_body` does."""
        sync_messages.read_body(self, limit)

    def aread(self, limit: int | None = None) -> Awaitable[None]:
        """Read the body, as far as `read_body` does."""
        return async_messages.read_body(self, limit)

    def broke(self, error: Exception, *, forgiving: bool = False) -> None:
        """Translate and raise the error that ended the reading; with `forgiving`, accept the truncated body."""
        try:
            raise_failure(error, self._library)
        except TransportError as failure:
            self._tell(failure)
            if not forgiving:
                raise
            return
        if isinstance(error, TransportError):
            self._tell(error)
        if not (forgiving and isinstance(error, BodyTooLargeError)):
            raise error

    def iter_bytes(self) -> Generator[bytes, None, None]:
        """Yield the body as it arrives; raise `TransportError` if it breaks off."""
        self._over = True
        try:
            yield from self._chunks()
        except Exception as error:
            self.broke(error)

    def _chunks(self) -> Iterator[bytes]:
        raw = self.raw
        if raw.is_stream_consumed:
            return iter((raw.content,))  # already loaded by the caller's own transport
        decoder = self.decoder()
        return self.raw_chunks() if decoder is None else self._decoded(decoder)

    def _decoded(self, decoder: Decoder) -> Iterator[bytes]:
        for chunk in self.raw_chunks():
            yield from decoder.decode(chunk)
        decoder.finish()

    def raw_chunks(self) -> Iterator[bytes]:
        """Return an iterator of the body as it is on the wire."""
        return self.raw.iter_raw()

    def raw_chunks_async(self) -> AsyncIterator[bytes]:
        """Return an iterator of the body as it is on the wire."""
        return self.raw.aiter_raw()

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Return an iterator of the body as it arrives; it raises `TransportError` if the body breaks off."""
        from specwire._network.async_body import (  # only asynchronous streams and downloads need it
            AsyncBody,
            AsyncBodyIterator,
            PlainBody,
        )

        self._over = True
        raw: Any = self.raw
        if isinstance(raw, async_messages.AsyncRawResponse) and not raw.headers.get("content-encoding"):
            return PlainBody(raw, self.broke, self.aclose)
        self._body = AsyncBody(self.raw, self.decoder, self._reading)
        return AsyncBodyIterator(self._body, self.aclose)

    def decoder(self) -> Decoder | None:
        """Return the decoder of the body, or None without a content coding.

        Raise `CodingError` for an unknown coding.
        """
        coding = self.raw.headers.get("content-encoding")
        return decoder_of(coding) if coding else None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Translate errors that end the reading of the body."""
        try:
            yield
        except Exception as error:
            self.broke(error)

    def on_close(self, tell: Callable[[TransportError | None], object]) -> None:
        """Call `tell` with the error that broke the body off, or None, when it closes.

        At once if it is already closed.
        """
        if self.raw.is_closed:
            tell(None)
        else:
            self._listeners += (tell,)

    def _tell(self, failure: TransportError | None) -> None:
        listeners, self._listeners = self._listeners, ()
        for tell in listeners:
            tell(failure)

    def has_unexpected_body(self) -> bool:
        """Return True if a body is announced that the status forbids: it would be parsed as the next response."""
        if self.status_code not in (204, 304):
            return False
        headers = self.raw.headers
        return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Close the connection if the block takes longer than `seconds`."""
        from specwire._network.deadline_scope import deadline_scope, is_limited

        network = self._network()
        if network is not None and is_limited(network):
            with deadline_scope(seconds):
                yield
            return
        connection = _socket(network)
        if connection is None:  # the limits of the request must do
            yield
            return
        guard = threading.Lock()
        left = False

        def cut() -> None:
            with guard, suppress(OSError):
                if not left:
                    connection.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            with guard:
                left = True
            timer.cancel()

    def can_wait(self) -> bool:
        """Return True if `deadline` limits a wait for the server."""
        from specwire._network.deadline_scope import is_limited

        network = self._network()
        return (network is not None and is_limited(network)) or _socket(network) is not None

    def _network(self) -> Any:
        """Return the connection, if the HTTP library shows it."""
        return self.raw.extensions.get("network_stream")

    def retire(self) -> None:
        """Let no other request use the connection: pools drop idle connections that have something to read."""
        if isinstance(self.raw, BaseResponse):
            self.raw.retire()
            return
        network = self._network()
        if network is not None:
            ask = network.get_extra_info
            network.get_extra_info = lambda info: info == "is_readable" or ask(info)

    def disconnect(self) -> None:
        """Close the connection itself, so that it isn't reused."""
        if (network := self._network()) is not None:
            network.close()

    async def adisconnect(self) -> None:
        """Close the connection itself, so that it isn't reused."""
        if (network := self._network()) is not None:
            await network.aclose()

    def abandon(self) -> None:
        """Release as much as is safe at any time, even during garbage collection."""
        self.disconnect()

    def close(self) -> None:
        self._over = True
        try:
            self.raw.close()
        finally:
            self._tell(None)

    async def aclose(self) -> None:
        self._over = True
        try:
            await (self.raw if self._body is None else self._body).aclose()
        finally:
            self._tell(None)


def _socket(network: Any) -> socket.socket | None:
    """Return the socket of a connection, if there is one."""
    connection: socket.socket | None = None if network is None else network.get_extra_info("socket")
    return connection


@lru_cache(maxsize=64)
def is_charset(name: str) -> bool:
    """Return True if Python has a text codec of that name; some codecs aren't charsets, and reject or rewrite text."""
    try:
        codec = codecs.lookup(name)
        return codec.name not in _NO_CHARSETS and b"a".decode(name, "replace") is not None
    except (LookupError, ValueError):
        return False
