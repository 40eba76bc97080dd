"""Transports over httpx2, or over a plain httpx client of the user's; the only module that names these libraries."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Awaitable, Callable
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from specwire._http.request import PreparedRequest, encoded
from specwire._http.response import CLOSING, HTTPResponse
from specwire._http.unclosed import UnclosedResponse, UnclosedResponses
from specwire._network.connection_trace import name_proxy, trace, trace_async
from specwire._network.deadline import Deadline
from specwire._network.deadline_scope import deadline_scope
from specwire._network.event_loop import PerEventLoop, current, start
from specwire._network.faults import raise_failure
from specwire._network.fork import reset_after_fork
from specwire._network.timeouts import ReadTimeout
from specwire._network.transport_errors import TransportError
from specwire._pools import tls
from specwire._pools.tls import Certificate, unusable_library
from specwire._transports import library as others
from specwire._transports.choice import Opener, adapted
from specwire._transports.messages import RawRequest
from specwire.errors import SpecwireError

if TYPE_CHECKING:
    import ssl
    from http.cookiejar import CookieJar

    from specwire._http.options import Options
    from specwire._pools.sync_pools import Pools

PoolsT = TypeVar("PoolsT")
_LIBRARIES = ("httpx2", "httpx")
_parents: list[object] = []
"""Asynchronous clients of the parent process, kept referenced: collecting one would disturb its event loop."""


class SyncHTTPClient(Protocol):
    """Interface of a synchronous HTTP client; `httpx2.Client` and `httpx.Client` have it."""

    @property
    def build_request(self) -> Callable[..., Any]: ...

    @property
    def send(self) -> Callable[..., Any]: ...

    def close(self) -> None: ...


class AsyncHTTPClient(Protocol):
    """Interface of an asynchronous HTTP client; `httpx2.AsyncClient` and `httpx.AsyncClient` have it."""

    @property
    def build_request(self) -> Callable[..., Any]: ...

    @property
    def send(self) -> Callable[..., Awaitable[Any]]: ...

    async def aclose(self) -> None: ...


HTTPClientT = TypeVar("HTTPClientT", SyncHTTPClient, AsyncHTTPClient)


class BaseTransport(Generic[HTTPClientT]):
    """State that synchronous and asynchronous transports share."""

    def __init__(
        self,
        client: HTTPClientT | None,
        certificate: Certificate | None,
        trace: Callable[..., Any],
        opener: Opener | None,
        *,
        cookies: bool,
    ) -> None:
        self._client: HTTPClientT | None = client
        if opener is not None and certificate is not None:
            opener.check_certificate()
        self._opener = opener
        self._owned = client is None
        self._tls = tls.certified_context(certificate) if certificate is not None else None
        self._cookies = cookies
        self._library = library_of(client) if client is not None else None
        self._trace = None if client is None else trace
        """Trace extension of the requests of a client of the user's."""
        self._closed = False
        self._used = False

    def is_closed(self) -> bool:
        """Return True once the transport is closed and can't send."""
        return self._closed or (not self._owned and getattr(self._client, "is_closed", False))

    def _translate(self, error: Exception, request: PreparedRequest) -> None:
        """Raise the runtime's own exception for one of the HTTP library. No variable is a URL, which may hold a key."""
        assert self._library is not None
        if not self._owned:
            name_proxy(error, self._library, request.url)
        raise_failure(error, self._library)


class Transport(BaseTransport[SyncHTTPClient]):
    """Synchronous transport; it creates its HTTP client on first use unless the user passed one."""

    _pools: Pools | None = None
    """Connections of the client's own."""

    def __init__(
        self,
        client: SyncHTTPClient | None,
        certificate: Certificate | None = None,
        opener: Opener | None = None,
        *,
        cookies: bool = False,
    ) -> None:
        client = client and adapted(client, asynchronous=False)
        if client is not None and hasattr(client, "aclose"):
            raise TypeError(f"http_client must be synchronous, got {type(client).__name__}: give an httpx2.Client")
        super().__init__(client, certificate, trace, opener, cookies=cookies)
        self._unclosed = UnclosedResponses()
        self._lock = threading.Lock()
        reset_after_fork(self)

    def send(self, request: PreparedRequest, options: Options, stream: bool = False) -> HTTPResponse:
        """Send one attempt; raise `TransportError` without a response, `BodyTooLargeError` above the size limit."""
        client = self._client or self._open()
        self._used = True
        if self._unclosed.leaked:
            self._unclosed.close_leaked()
        library = self._library
        assert library is not None
        timeouts = _timeouts(options)
        deadline = Deadline(options.deadline) if options.deadline is not None else None
        try:
            if deadline is None:
                raw = _sending(client, library, request, timeouts, self._trace, stream)
            else:
                with deadline_scope(deadline.remaining or 0):
                    raw = _sending(client, library, request, timeouts, self._trace, stream)
        except Exception as error:
            self._translate(error, request)
            raise
        response = (
            UnclosedResponse(raw, library, timeouts, self._unclosed) if stream else HTTPResponse(raw, library, timeouts)
        )
        if response.has_unexpected_body():
            response.disconnect()
        if response.status_code in CLOSING:
            response.retire()
        if stream:
            timeouts["read"] = options.idle_timeout
        else:
            timeouts["read"] = options.timeout
            try:
                if deadline is None:
                    response.read(options.max_response_size)
                else:
                    with response.deadline(deadline.remaining or 0):
                        response.read(options.max_response_size)
            finally:
                if not raw.is_closed:
                    response.close()
        return response

    def _open(self) -> SyncHTTPClient:
        if not self._owned:
            raise _foreign()
        with self._lock:
            client = self._client
            if client is None:
                client = self._client = self._make()
            return client

    def _make(self) -> SyncHTTPClient:
        if self._opener is not None:
            self._library = self._opener.module
            opened: SyncHTTPClient = _opened(self._opener, self._tls, cookies=self._cookies)
            return opened
        import httpx2

        from specwire._pools.sync_pools import Pools

        self._library = httpx2
        self._pools = _made(httpx2, Pools, self._tls)
        client: SyncHTTPClient = httpx2.Client(transport=self._pools, cookies=_jar(self._cookies))
        return client

    def forked(self) -> None:
        """Leave the connections to the parent: two processes on one connection would read each other's responses."""
        self._lock = threading.Lock()
        if self._used:
            # Dropping the client closes this process's copies of the sockets, and each warns that it was never closed.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                self._client = self._pools = None
                self._unclosed = UnclosedResponses()
        self._used = False

    def close(self) -> None:
        self._unclosed.close_leaked()
        self._closed = True
        if self._pools is not None:
            self._pools.backend.interrupt()
        self._close_client()

    def _close_client(self) -> None:
        self._closed = True
        if self._owned and self._client is not None:
            self._client.close()

    def __del__(self) -> None:
        if getattr(self, "_owned", False):
            self._close_client()  # this also closes the connections of leaked responses


class AsyncTransport(BaseTransport[AsyncHTTPClient]):
    """Asynchronous transport with one HTTP client per event loop, or with the client that the user passed."""

    def __init__(
        self,
        client: AsyncHTTPClient | None,
        certificate: Certificate | None = None,
        opener: Opener | None = None,
        *,
        cookies: bool = False,
    ) -> None:
        client = client and adapted(client, asynchronous=True)
        if client is not None and not hasattr(client, "aclose"):
            raise TypeError(
                f"http_client must be asynchronous, got {type(client).__name__}: give an httpx2.AsyncClient"
            )
        super().__init__(client, certificate, trace_async, opener, cookies=cookies)
        self._own: PerEventLoop[AsyncHTTPClient] = PerEventLoop()
        reset_after_fork(self)

    def send(self, request: PreparedRequest, options: Options, stream: bool = False) -> Awaitable[HTTPResponse]:
        """Send one attempt; raise `TransportError` without a response, `BodyTooLargeError` above the size limit."""
        sending = self._send(request, options, stream)
        return sending if options.deadline is None else _in_time(sending, options.deadline)

    async def _send(self, request: PreparedRequest, options: Options, stream: bool) -> HTTPResponse:
        client = self._client or self._own.get() or self._open()
        self._used = True
        library = self._library
        assert library is not None
        timeouts = _timeouts(options)
        try:
            raw = await _sending(client, library, request, timeouts, self._trace, stream)
        except Exception as error:
            self._translate(error, request)
            raise
        response = HTTPResponse(raw, library, timeouts)
        if response.has_unexpected_body():
            await response.adisconnect()
        if response.status_code in CLOSING:
            response.retire()
        if stream:
            timeouts["read"] = options.idle_timeout
            return response
        timeouts["read"] = options.timeout
        try:
            await response.aread(options.max_response_size)
        finally:
            if not raw.is_closed:
                await response.aclose()
        return response

    def _open(self) -> AsyncHTTPClient:
        if not self._owned:
            raise _foreign()
        if self._opener is not None:
            self._library = self._opener.module
            return self._own.put(_opened(self._opener, self._tls, cookies=self._cookies))
        import httpx2

        from specwire._pools.async_pools import AsyncPools

        self._library = httpx2
        pools = _made(httpx2, AsyncPools, self._tls)
        return self._own.put(httpx2.AsyncClient(transport=pools, cookies=_jar(self._cookies)))

    def forked(self) -> None:
        if self._used:
            _parents.extend((self._client, *self._own.take()))
            self._client = None
        self._used = False

    async def release_loop(self) -> None:
        """Close the connections of the current event loop, which ends; the transport stays usable on others."""
        client = self._own.pop()
        if client is not None:
            await client.aclose()

    async def aclose(self) -> None:
        self._closed = True
        here = current()
        for loop, client in self._own.take():
            if loop is here:
                await client.aclose()
            else:
                start(loop, client.aclose)


def _made(library: ModuleType, kind: Callable[[ssl.SSLContext], PoolsT], context: ssl.SSLContext | None) -> PoolsT:
    """Create connection pools; raise `ConfigurationError` if the environment doesn't allow it."""
    try:
        return kind(context or tls.tls_context())
    except Exception as error:
        problem = unusable_library(error, library)
    raise problem  # not chained: the message of the original may hold a password


def _opened(opener: Opener, context: ssl.SSLContext | None, *, cookies: bool) -> Any:
    """Open an HTTP client of another library; raise `ConfigurationError` if the environment doesn't allow it."""
    try:
        return opener.open(context or tls.tls_context(), _jar(cookies))
    except Exception as error:
        problem = unusable_library(error, opener.module)
    raise problem


def _jar(cookies: bool) -> CookieJar | None:
    """Return the cookie jar for the HTTP library: its own, or one that stores nothing."""
    from specwire._http.cookies import NullCookieJar

    return None if cookies else NullCookieJar()


def _timeouts(options: Options) -> dict[str, float | None]:
    """Return timeouts for the HTTP library; `read` covers the whole response head and changes afterwards."""
    patience = options.timeout
    read = None if patience is None else ReadTimeout(patience)
    return {"connect": options.connect_timeout, "read": read, "write": patience, "pool": patience}


async def _in_time(sending: Awaitable[HTTPResponse], seconds: float) -> HTTPResponse:
    import anyio

    with anyio.move_on_after(seconds) as scope:
        return await sending
    assert scope.cancelled_caught
    raise TransportError("no data arrived in time", sent=True, timeout=True)


def _sending(
    client: Any,
    library: ModuleType,
    request: PreparedRequest,
    timeouts: dict[str, float | None],
    trace: Any,
    stream: bool,
) -> Any:
    """Send a request and return its response, or the awaitable of it. No variable is its URL, which may hold a key."""
    if library is others:
        return client.send(
            RawRequest(request.method, request.url, request.headers, request.content, timeouts, stream, request.encoded)
        )
    return client.send(
        client.build_request(
            request.method,
            library.URL(request.url) if "?" in request.url else _plain_url(library, request.url),
            headers=encoded(request.headers) if request.encoded is None else request.encoded,
            content=request.content,
            extensions={"timeout": timeouts} if trace is None else {"timeout": timeouts, "trace": trace},
        ),
        stream=True,
        auth=None,
        follow_redirects=False,
    )


@lru_cache(maxsize=256)
def _plain_url(library: ModuleType, url: str) -> Any:
    """Return a URL without a query as the library's own type; parsing it costs as much as a whole request."""
    return library.URL(url)


def _foreign() -> SpecwireError:
    return SpecwireError(
        "the http_client was already used in the parent process, and responses of both processes would mix: "
        "create it, and the client, after the fork"
    )


def library_of(client: object) -> ModuleType:
    """Return the library of a client; raise `TypeError` for any other library."""
    if type(client).__module__.startswith("specwire._transports."):
        return others
    for kind in type(client).__mro__:
        name = kind.__module__.partition(".")[0]
        if name in _LIBRARIES:
            return sys.modules[name]
    found = f"{type(client).__module__}.{type(client).__qualname__}"
    raise TypeError(f"http_client must be a client of httpx2, httpx, aiohttp or pyreqwest, not {found}")
