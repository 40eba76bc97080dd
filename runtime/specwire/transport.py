"""The HTTP library, and the only module that knows its name: httpx2, or a plain httpx client that the user hands in."""

from __future__ import annotations

import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from specwire.headers import Headers

if TYPE_CHECKING:
    import ssl

    import httpx2

    from specwire.options import Options

_LIBRARIES = ("httpx2", "httpx")
_tls_context: ssl.SSLContext | None = None
_tls_lock = threading.Lock()


class SyncHTTPClient(Protocol):
    """What a synchronous HTTP client must have: `httpx2.Client` and `httpx.Client` do."""

    @property
    def build_request(self) -> Callable[..., Any]: ...

    @property
    def send(self) -> Callable[..., Any]: ...

    def close(self) -> None: ...


class AsyncHTTPClient(Protocol):
    """What an asynchronous HTTP client must have: `httpx2.AsyncClient` and `httpx.AsyncClient` do."""

    @property
    def build_request(self) -> Callable[..., Any]: ...

    @property
    def send(self) -> Callable[..., Awaitable[Any]]: ...

    async def aclose(self) -> None: ...


class Outgoing(msgspec.Struct, frozen=True):
    """One try of a request, ready for the wire."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None

    def __repr__(self) -> str:
        return f"Outgoing({self.method})"


class TransportFailure(Exception):
    """A try that got no answer."""

    def __init__(self, message: str, *, sent: bool, timeout: bool) -> None:
        super().__init__(message)
        self.sent = sent
        """Whether the server may have seen the request."""
        self.timeout = timeout


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
    def charset(self) -> str | None:
        return self.raw.charset_encoding

    @property
    def content(self) -> bytes:
        return self.raw.content

    def read(self) -> bytes:
        try:
            return self.raw.read()
        except Exception as error:
            raise translated(error, self._library) from error

    async def aread(self) -> bytes:
        try:
            return await self.raw.aread()
        except Exception as error:
            raise translated(error, self._library) from error

    def iter_bytes(self) -> Iterator[bytes]:
        try:
            yield from self.raw.iter_bytes()
        except Exception as error:
            raise translated(error, self._library) from error

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self.raw.aiter_bytes():
                yield chunk
        except Exception as error:
            raise translated(error, self._library) from error

    def close(self) -> None:
        self.raw.close()

    async def aclose(self) -> None:
        await self.raw.aclose()


class Transport:
    """A synchronous HTTP client, made at the first use unless the user handed one in."""

    def __init__(self, client: SyncHTTPClient | None) -> None:
        self._client = client
        self._owned = client is None
        self._lock = threading.Lock()
        self._library = library_of(client) if client is not None else None
        self.closed = False

    def send(self, outgoing: Outgoing, options: Options, *, stream: bool) -> Answer:
        """Send one try; raises `TransportFailure` when no answer comes."""
        client = self._client or self._open()
        library = self._library
        assert library is not None
        try:
            request = _build(client, library, outgoing, options, stream)
            return Answer(client.send(request, stream=stream, follow_redirects=False), library)
        except Exception as error:
            raise translated(error, library) from error

    def _open(self) -> SyncHTTPClient:
        import httpx2

        with self._lock:
            client = self._client
            if client is None:
                limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
                self._library = httpx2
                self._client = client = httpx2.Client(verify=tls_context(), limits=limits)
            return client

    def close(self) -> None:
        self.closed = True
        if self._owned and self._client is not None:
            self._client.close()


class AsyncTransport:
    """An asynchronous HTTP client, made at the first use unless the user handed one in."""

    def __init__(self, client: AsyncHTTPClient | None) -> None:
        self._client = client
        self._owned = client is None
        self._library = library_of(client) if client is not None else None
        self.closed = False

    async def send(self, outgoing: Outgoing, options: Options, *, stream: bool) -> Answer:
        """Send one try; raises `TransportFailure` when no answer comes."""
        client = self._client or self._open()
        library = self._library
        assert library is not None
        try:
            request = _build(client, library, outgoing, options, stream)
            return Answer(await client.send(request, stream=stream, follow_redirects=False), library)
        except Exception as error:
            raise translated(error, library) from error

    def _open(self) -> AsyncHTTPClient:
        import httpx2

        limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
        client = httpx2.AsyncClient(verify=tls_context(), limits=limits)
        self._library = httpx2
        self._client = client
        return client

    async def aclose(self) -> None:
        self.closed = True
        if self._owned and self._client is not None:
            await self._client.aclose()


def _build(
    client: SyncHTTPClient | AsyncHTTPClient, library: ModuleType, outgoing: Outgoing, options: Options, stream: bool
) -> Any:
    wait = options.idle_timeout if stream else options.timeout
    timeout = library.Timeout(connect=options.connect_timeout, read=wait, write=options.timeout, pool=options.timeout)
    return client.build_request(
        outgoing.method, outgoing.url, headers=outgoing.headers, content=outgoing.content, timeout=timeout
    )


def library_of(client: object) -> ModuleType:
    """Return the library that a client comes from; raises `TypeError` for a client of another one."""
    for kind in type(client).__mro__:
        name = kind.__module__.partition(".")[0]
        if name in _LIBRARIES:
            return sys.modules[name]
    found = f"{type(client).__module__}.{type(client).__qualname__}"
    raise TypeError(f"http_client must be a client of httpx2 or httpx, not {found}")


def tls_context() -> ssl.SSLContext:
    """Return the process's one TLS context; making it is nearly all that a client costs."""
    global _tls_context
    import httpx2

    with _tls_lock:
        if _tls_context is None:
            _tls_context = httpx2.create_ssl_context()
        return _tls_context


def translated(error: Exception, library: ModuleType) -> Exception:
    """Return the failure that an exception of the library means; other exceptions as they are."""
    unsent = (library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError)
    if isinstance(error, library.TransportError):
        text = str(error) or type(error).__name__
        timeout = isinstance(error, library.TimeoutException)
        return TransportFailure(text, sent=not isinstance(error, unsent), timeout=timeout)
    if isinstance(error, library.DecodingError):
        return TransportFailure(f"the body could not be decompressed: {error}", sent=True, timeout=False)
    return error


async def sleep(seconds: float) -> None:
    """Sleep on whatever event loop is running: asyncio or trio, as the HTTP library itself does."""
    import anyio

    await anyio.sleep(seconds)
