"""An answer of the HTTP library, and its failures in this package's words."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from specwire.failure import TransportFailure
from specwire.file import FileChanged
from specwire.headers import Headers

if TYPE_CHECKING:
    import httpx2

    from specwire.chunks import Body, Chunks


class Answer:
    """A response of the HTTP library, its errors translated."""

    __slots__ = ("_body", "_library", "_told", "raw")

    def __init__(self, raw: Any, library: ModuleType) -> None:
        self.raw: httpx2.Response = raw
        self._library = library
        self._body: Body | None = None
        self._told: tuple[Callable[[TransportFailure | None], object], ...] = ()

    @property
    def status(self) -> int:
        return self.raw.status_code

    @property
    def headers(self) -> Headers:
        return Headers(self.raw.headers.multi_items)

    @property
    def url(self) -> str:
        """Where it came from, credentials in the URL and all: not to be shown as it is."""
        return str(self.raw.url)

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
        with self._reading():
            return self.raw.read()

    async def aread(self) -> bytes:
        with self._reading():
            return await self.raw.aread()

    def iter_bytes(self) -> Generator[bytes, None, None]:
        with self._reading():
            yield from self.raw.iter_bytes()

    def aiter_bytes(self) -> Chunks:
        from specwire.chunks import Body, Chunks  # for asynchronous streams and downloads only

        self._body = Body(self.raw, self._reading)
        return Chunks(self._body, self.aclose)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Read the body to its end; raises `TransportFailure` if it breaks off."""
        try:
            with translating(self._library):
                yield
            self.check_whole()
        except TransportFailure as failure:
            self._tell(failure)
            raise

    def when_over(self, tell: Callable[[TransportFailure | None], object]) -> None:
        """Call `tell` once when the body is closed, or with what broke it off; at once if it is closed already."""
        if self.raw.is_closed:
            tell(None)
        else:
            self._told += (tell,)

    def _tell(self, failure: TransportFailure | None) -> None:
        told, self._told = self._told, ()
        for tell in told:
            tell(failure)

    def check_whole(self) -> None:
        """Raise `TransportFailure` if the body, read to its end, was compressed and lacks its end."""
        if _is_cut(self.raw) and self.raw.num_bytes_downloaded:
            raise TransportFailure("the compressed body ended before its end", sent=True, timeout=False)

    @property
    def surplus(self) -> bool:
        """Whether a body is announced that this status cannot have: it would be taken for the next answer."""
        if self.raw.status_code not in (204, 304):
            return False
        headers = self.raw.headers
        return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Break the connection off if the block takes longer."""
        from specwire.punctual import Stream, within

        network = self.raw.extensions.get("network_stream")
        if isinstance(network, Stream):
            with within(seconds):
                yield
            return
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

    def disconnect(self) -> None:
        """Close the connection itself, so that nothing is sent on it again."""
        if (network := self.raw.extensions.get("network_stream")) is not None:
            network.close()

    async def adisconnect(self) -> None:
        """Close the connection itself, so that nothing is sent on it again."""
        if (network := self.raw.extensions.get("network_stream")) is not None:
            await network.aclose()

    def leave(self) -> None:
        """Close it as far as that may be done at any time, even by the garbage collector."""
        self.disconnect()

    def close(self) -> None:
        try:
            self.raw.close()
        finally:
            self._tell(None)

    async def aclose(self) -> None:
        try:
            await (self.raw if self._body is None else self._body).aclose()
        finally:
            self._tell(None)


@contextmanager
def translating(library: ModuleType) -> Iterator[None]:
    """Turn the library's exceptions into `TransportFailure`; others pass."""
    try:
        yield
    except library.TransportError as error:
        unsent = (library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError)
        timeout = isinstance(error, library.TimeoutException)
        text = str(error) or type(error).__name__ if timeout else _reason(error)
        sent, hopeless = not isinstance(error, unsent), _is_distrust(error)
        raise TransportFailure(text, sent=sent, timeout=timeout, hopeless=hopeless) from _terse(error)
    except library.DecodingError as error:
        raise TransportFailure(f"the body could not be decompressed: {error}", sent=True, timeout=False) from _terse(
            error
        )
    except FileChanged as error:
        raise TransportFailure(str(error), sent=True, timeout=False, hopeless=True) from _terse(error)
    except library.InvalidURL as error:
        text = f"the URL is unusable: {error}"
        raise TransportFailure(text, sent=False, timeout=False, hopeless=True) from _terse(error)


def _terse(error: BaseException) -> BaseException:
    """Leave of an exception what users can use: where it was raised, and not how the HTTP library came there.

    What the library chained to it stays as its `__context__`, which is not shown.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    error.__context__, error.__cause__ = error.__cause__ or error.__context__, None
    return error.with_traceback(trace)


def _reason(error: BaseException) -> str:
    """Return what an exception says, or what those say that led to it where it says nothing."""
    return next((text for cause in _causes(error) if (text := str(cause))), type(error).__name__)


def _is_distrust(error: BaseException) -> bool:
    """Tell whether the server's certificate was refused, as it will be the next time."""
    from ssl import SSLCertVerificationError  # takes long to import, and the HTTP library has it then

    return any(isinstance(cause, SSLCertVerificationError) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _is_cut(response: httpx2.Response) -> bool:
    """Tell whether zlib, unlike the HTTP library, would have liked to read on."""
    decoder = getattr(response, "_decoder", None)
    for each in getattr(decoder, "children", (decoder,)):
        inner = getattr(each, "decompressor", None)
        if getattr(getattr(inner, "decompressor", inner), "eof", True) is False:
            return True
    return False
