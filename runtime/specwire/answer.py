"""An answer of the HTTP library, and its failures in this package's words."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, contextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from specwire.file import FileChanged
from specwire.headers import Headers

if TYPE_CHECKING:
    import httpx2


class TransportFailure(Exception):
    """A try that got no answer."""

    def __init__(self, message: str, *, sent: bool, timeout: bool, hopeless: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        """Whether the server may have seen the request."""
        self.timeout = timeout
        self.hopeless = hopeless
        """Whether another try would fail in the same way."""


class Answer:
    """A response of the HTTP library, its errors translated."""

    __slots__ = ("_library", "raw")

    def __init__(self, raw: Any, library: ModuleType) -> None:
        self.raw: httpx2.Response = raw
        self._library = library

    @property
    def status(self) -> int:
        return self.raw.status_code

    @property
    def headers(self) -> Headers:
        return Headers(self.raw.headers.multi_items())

    @property
    def content_type(self) -> str:
        return self.raw.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset that the server names, where Python knows it; else UTF-8."""
        name = self.raw.charset_encoding or "utf-8"
        try:
            "".encode(name)
        except LookupError:
            return "utf-8"
        return name

    @property
    def spent(self) -> bool:
        """Whether the body was read, in part or in whole, or closed."""
        return self.raw.is_stream_consumed or self.raw.is_closed

    @property
    def content(self) -> bytes:
        return self.raw.content

    def read(self) -> bytes:
        with translating(self._library):
            return self.raw.read()

    async def aread(self) -> bytes:
        with translating(self._library):
            return await self.raw.aread()

    def iter_bytes(self) -> Generator[bytes, None, None]:
        with translating(self._library):
            yield from self.raw.iter_bytes()

    async def aiter_bytes(self) -> AsyncGenerator[bytes, None]:
        # A generator that is left open would be closed some time later, in another task.
        with translating(self._library):
            async with aclosing(self.raw.aiter_bytes()) as chunks:
                async for chunk in chunks:
                    yield chunk

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Break the connection off if the block takes longer."""
        network = self.raw.extensions.get("network_stream")
        connection = network.get_extra_info("socket") if network is not None else None
        guard = threading.Lock()
        left = False

        def cut() -> None:
            with guard, suppress(OSError):
                if connection is not None and not left:
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

    def close(self) -> None:
        self.raw.close()

    async def aclose(self) -> None:
        await self.raw.aclose()


@contextmanager
def translating(library: ModuleType) -> Iterator[None]:
    """Turn the library's exceptions into `TransportFailure`; others pass."""
    try:
        yield
    except library.TransportError as error:
        unsent = (library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError)
        timeout = isinstance(error, library.TimeoutException)
        text = str(error) or type(error).__name__ if timeout else _reason(error)
        raise TransportFailure(text, sent=not isinstance(error, unsent), timeout=timeout) from error
    except library.DecodingError as error:
        raise TransportFailure(f"the body could not be decompressed: {error}", sent=True, timeout=False) from error
    except FileChanged as error:
        raise TransportFailure(str(error), sent=True, timeout=False, hopeless=True) from error
    except library.InvalidURL as error:
        raise TransportFailure(f"the URL is unusable: {error}", sent=False, timeout=False, hopeless=True) from error


def _reason(error: BaseException) -> str:
    """Return what an exception says, or what those say that led to it where it says nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if text := str(cause):
            return text
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
