"""The HTTP library, and the only module that knows its name: httpx2, or a plain httpx client that the user hands in."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from os import PathLike, fspath
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from specwire.answer import Answer, translating
from specwire.clock import Clock
from specwire.errors import ConfigurationError, SpecwireError
from specwire.failure import TransportFailure
from specwire.forking import begin_anew_in_children
from specwire.outgoing import Outgoing
from specwire.unread import Unread, UnreadAnswer

if TYPE_CHECKING:
    import ssl

    from specwire.options import Options

_LIBRARIES = ("httpx2", "httpx")
_tls_context: ssl.SSLContext | None = None
_tls_lock = threading.Lock()
_parents: list[object] = []
"""Asynchronous clients of the process that this one was forked from: to let go of one would disturb its event loop."""

Path: TypeAlias = str | PathLike[str]
Certificate: TypeAlias = Path | tuple[Path, Path] | tuple[Path, Path, str]
"""A PEM file of a certificate and its key; or one of each; or these and the key's password."""


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


class Transport:
    """A synchronous HTTP client, made at the first use unless the user handed one in."""

    def __init__(self, client: SyncHTTPClient | None, certificate: Certificate | None = None) -> None:
        if client is not None and hasattr(client, "aclose"):
            raise TypeError(f"http_client is an asynchronous {type(client).__name__}: give a synchronous one")
        self._unread = Unread()
        self._client = client
        self._owned = client is None
        self._tls = certified_context(certificate) if certificate is not None else None
        self._lock = threading.Lock()
        self._library = library_of(client) if client is not None else None
        self._closed = False
        self._used = False
        begin_anew_in_children(self)

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closed or bool(getattr(self._client, "is_closed", False))

    def send(self, outgoing: Outgoing, options: Options, *, stream: bool) -> Answer:
        """Send one try; raises `TransportFailure` when no answer comes."""
        client = self._client or self._open()
        self._used = True
        if self._unread.forgotten:
            self._unread.close_forgotten()
        library = self._library
        assert library is not None
        with translating(library):
            request = _build(client, library, outgoing, options)
            if options.deadline is None:
                raw = client.send(request, stream=stream, follow_redirects=False)
            else:
                raw = _sent_in_time(client, library, request, options.deadline, stream)
            answer = UnreadAnswer(raw, library, self._unread) if stream else Answer(raw, library)
            if stream:
                _stay_alert(request, options)
        if answer.surplus:
            answer.disconnect()
        if not stream:
            answer.check_whole()
        return answer

    def _open(self) -> SyncHTTPClient:
        import httpx2

        from specwire.punctual import make_punctual

        if not self._owned:
            raise _foreign()
        with self._lock:
            client = self._client
            if client is None:
                limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
                self._library = httpx2
                client = httpx2.Client(verify=self._tls or tls_context(), limits=limits)
                make_punctual(client)
                self._client = client
            return client

    def forked(self) -> None:
        """Leave the connections to the parent: two processes that write on one would read each other's answers."""
        global _tls_lock
        self._lock, _tls_lock = threading.Lock(), threading.Lock()
        if self._used:
            # What is dropped closes this process's copies of the sockets, and complains that nobody else did.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                self._client = None
                self._unread = Unread()
        self._used = False

    def close(self) -> None:
        self._unread.close_forgotten()
        self._close_client()

    def _close_client(self) -> None:
        self._closed = True
        if self._owned and self._client is not None:
            self._client.close()

    def __del__(self) -> None:
        if getattr(self, "_owned", False):
            self._close_client()  # and with it the connections of what was forgotten


class AsyncTransport:
    """An asynchronous HTTP client, made at the first use unless the user handed one in."""

    def __init__(self, client: AsyncHTTPClient | None, certificate: Certificate | None = None) -> None:
        if client is not None and not hasattr(client, "aclose"):
            raise TypeError(f"http_client is a synchronous {type(client).__name__}: give an asynchronous one")
        self._client = client
        self._owned = client is None
        self._tls = certified_context(certificate) if certificate is not None else None
        self._library = library_of(client) if client is not None else None
        self._closed = False
        self._used = False
        begin_anew_in_children(self)

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closed or bool(getattr(self._client, "is_closed", False))

    async def send(self, outgoing: Outgoing, options: Options, *, stream: bool) -> Answer:
        """Send one try; raises `TransportFailure` when no answer comes."""
        client = self._client or self._open()
        self._used = True
        library = self._library
        assert library is not None
        with translating(library):
            request = _build(client, library, outgoing, options)
            if options.deadline is None:
                sent = await client.send(request, stream=stream, follow_redirects=False)
            else:
                sent = await _in_time(client.send(request, stream=stream, follow_redirects=False), options.deadline)
            answer = Answer(sent, library)
            if stream:
                _stay_alert(request, options)
        if answer.surplus:
            await answer.adisconnect()
        if not stream:
            answer.check_whole()
        return answer

    def _open(self) -> AsyncHTTPClient:
        import httpx2

        if not self._owned:
            raise _foreign()
        limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
        client = httpx2.AsyncClient(verify=self._tls or tls_context(), limits=limits)
        self._library = httpx2
        self._client = client
        return client

    def forked(self) -> None:
        """Leave the connections to the parent."""
        if self._used:
            _parents.append(self._client)
            self._client = None
        self._used = False

    async def aclose(self) -> None:
        self._closed = True
        if self._owned and self._client is not None:
            await self._client.aclose()


def _sent_in_time(client: SyncHTTPClient, library: ModuleType, request: Any, seconds: float, stream: bool) -> Any:
    from specwire.punctual import within  # few calls have a deadline

    clock = Clock(seconds)
    with within(seconds):
        raw = client.send(request, stream=True, follow_redirects=False)
    if not stream:
        answer = Answer(raw, library)
        try:
            with answer.deadline(clock.left or 0):
                answer.read()
        finally:
            answer.close()
    return raw


async def _in_time(sending: Awaitable[Any], seconds: float) -> Any:
    import anyio

    with anyio.move_on_after(seconds) as scope:
        return await sending
    assert scope.cancelled_caught
    raise TransportFailure("nothing came in time", sent=True, timeout=True)


def _build(client: SyncHTTPClient | AsyncHTTPClient, library: ModuleType, outgoing: Outgoing, options: Options) -> Any:
    patience, url = options.timeout, outgoing.url
    timeout = {"connect": options.connect_timeout, "read": patience, "write": patience, "pool": patience}
    # Text would be encoded as ASCII, and a header may hold Latin-1.
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in outgoing.headers.items()]
    return client.build_request(
        outgoing.method,
        library.URL(url) if "?" in url else _plain_url(library, url),
        headers=headers,
        content=outgoing.content,
        extensions={"timeout": timeout},
    )


@lru_cache(maxsize=256)
def _plain_url(library: ModuleType, url: str) -> Any:
    """Return a URL without a query as the library's own: taking it apart costs as much as sending a request through."""
    return library.URL(url)


def _stay_alert(request: Any, options: Options) -> None:
    """Let what is left to read of an answer wait no longer than a stream may be silent."""
    request.extensions["timeout"]["read"] = options.idle_timeout


def _foreign() -> SpecwireError:
    return SpecwireError(
        "the http_client that was handed in has been used by the process that this one was forked from, and their "
        "answers would mix: make it, and the client, after the fork"
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


def certified_context(certificate: Certificate) -> ssl.SSLContext:
    """Return a TLS context of its own that shows a certificate; raises `ConfigurationError` for an unusable one."""
    import httpx2

    file, *rest = (certificate,) if isinstance(certificate, str | PathLike) else certificate
    key = rest[0] if rest else None
    # Without a password, OpenSSL would ask for one at the terminal.
    password = str(rest[1]) if len(rest) > 1 else ""
    context = httpx2.create_ssl_context()
    try:
        context.load_cert_chain(file, key, password)
    except OSError as error:
        text = f"the certificate {fspath(file)!r} cannot be used: {error.strerror or error}"
        raise ConfigurationError(f"{text}: give PEM files") from error
    return context


async def sleep(seconds: float) -> None:
    """Sleep on whatever event loop is running: asyncio or trio, as the HTTP library itself does."""
    import anyio

    await anyio.sleep(seconds)


def fail_after(seconds: float) -> AbstractContextManager[object]:
    """Return a context that raises `TimeoutError` when its block takes longer, on whatever event loop is running."""
    import anyio

    return anyio.fail_after(seconds)
