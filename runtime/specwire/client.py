"""The clients: synchronous and asynchronous, one shape."""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar, Unpack, overload

from specwire.call import AsyncCallConnection, CallConnection
from specwire.configuration import find_base_url, make_options
from specwire.credential import AsyncKey, Key
from specwire.download import AsyncDownload, Download
from specwire.drift import OnDrift
from specwire.flow import Flow
from specwire.keyring import make_keyring
from specwire.options import OptionChanges
from specwire.provider import Provider
from specwire.request import BaseRequest, DownloadRequest, Request, StreamRequest
from specwire.resource import AsyncResource, Resource
from specwire.retry import RetryPolicy
from specwire.streaming import AsyncEventStream, EventStream
from specwire.transport import AsyncHTTPClient, AsyncTransport, Certificate, SyncHTTPClient, Transport, is_certified

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire.middleware import AsyncCallMiddleware, AsyncMiddleware, CallMiddleware, Middleware

T = TypeVar("T")
E = TypeVar("E")


class Client(Resource):
    """A synchronous client; safe to share between threads and to take into a fork, closed by `close()` or `with`."""

    provider: ClassVar[Provider]

    def __init__(
        self,
        key: Key | None = None,
        *,
        credentials: Mapping[str, Key] | None = None,
        base_url: str | None = None,
        timeout: float | None = 600.0,
        deadline: float | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        on_drift: OnDrift = "warn",
        keep_unknown: bool = False,
        middleware: Sequence[Middleware] = (),
        call_middleware: Sequence[CallMiddleware] = (),
        http_client: SyncHTTPClient | None = None,
        cert: Certificate | None = None,
    ) -> None:
        """Make a client.

        Args:
            key: The API key, or a function that returns the current one; otherwise the environment is asked. Also a
                user and a password, an `OAuth2ClientCredentials` or an `OAuth2RefreshToken`.
            credentials: Keys by security scheme, where the API has several.
            base_url: Where the server is, if not where the document says.
            timeout: Seconds to wait for the server at any one point; None waits for ever.
            deadline: Seconds for a call with all its tries; None sets no limit.
            retry: When and how often a failed request is sent again; `RetryPolicy(attempts=1)` never.
            headers: Headers to add to every request.
            on_drift: What to do when an answer is not what the document says: "ignore", "warn", "raise", or a function.
            keep_unknown: Whether models keep fields that the document does not know; see `specwire.unknown_fields`.
            middleware: Functions around each try, the first outermost; see `specwire.middleware`.
            call_middleware: Functions around each call with all its tries, the first outermost.
            http_client: An `httpx2.Client` or `httpx.Client` to use; it stays yours to close.
            cert: A certificate for mutual TLS: a file of it and its key, or one of each, or these and a password.
        """
        name, provider = type(self).__name__, self.provider
        url = find_base_url(base_url, provider, name)
        self.connection = CallConnection(
            name,
            provider,
            url,
            make_keyring(name, provider, url, key, credentials, is_certified(http_client, cert)),
            make_options(
                provider,
                timeout=timeout,
                retry=retry,
                headers=headers,
                on_drift=on_drift,
                deadline=deadline,
                middleware=middleware,
                call_middleware=call_middleware,
                keep_unknown=keep_unknown,
            ),
            Transport(http_client, cert),
        )

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self.connection.base_url

    def with_options(self, **changes: Unpack[OptionChanges]) -> Self:
        """Return a client with other options that shares this one's connections."""
        changed = object.__new__(type(self))
        changed.connection = self.connection.changed(changes)
        return changed

    @overload
    def send(self, request: StreamRequest[E]) -> EventStream[E]: ...

    @overload
    def send(self, request: DownloadRequest) -> Download: ...

    @overload
    def send(self, request: Request[T]) -> T: ...

    @overload
    def send(self, request: Flow[T]) -> T: ...

    def send(self, request: BaseRequest | Flow[Any]) -> Any:
        """Send a request value, or run a flow of them, and return the answer."""
        if isinstance(request, StreamRequest):
            return EventStream(self.connection, request)
        if isinstance(request, DownloadRequest):
            return Download(self.connection, request)
        if isinstance(request, Request):
            return self.connection.perform(request).parsed
        assert isinstance(request, Generator)
        return self.connection.run(request)

    def close(self) -> None:
        """Close the connections; closing twice is nothing. A client of your own stays open."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self.connection)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds a key and connections: make one where it is needed instead")


class AsyncClient(AsyncResource):
    """An asynchronous client; one for all tasks of an event loop, closed by `aclose()` or `async with`."""

    provider: ClassVar[Provider]

    def __init__(
        self,
        key: AsyncKey | None = None,
        *,
        credentials: Mapping[str, AsyncKey] | None = None,
        base_url: str | None = None,
        timeout: float | None = 600.0,
        deadline: float | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        on_drift: OnDrift = "warn",
        keep_unknown: bool = False,
        middleware: Sequence[AsyncMiddleware] = (),
        call_middleware: Sequence[AsyncCallMiddleware] = (),
        http_client: AsyncHTTPClient | None = None,
        cert: Certificate | None = None,
    ) -> None:
        """Make a client.

        Args:
            key: The API key, or a function (also a coroutine function) that returns the current one; otherwise the
                environment is asked. Also a user and a password, an `OAuth2ClientCredentials` or an
                `OAuth2RefreshToken`.
            credentials: Keys by security scheme, where the API has several.
            base_url: Where the server is, if not where the document says.
            timeout: Seconds to wait for the server at any one point; None waits for ever.
            deadline: Seconds for a call with all its tries; None sets no limit.
            retry: When and how often a failed request is sent again; `RetryPolicy(attempts=1)` never.
            headers: Headers to add to every request.
            on_drift: What to do when an answer is not what the document says: "ignore", "warn", "raise", or a function.
            keep_unknown: Whether models keep fields that the document does not know; see `specwire.unknown_fields`.
            middleware: Functions around each try, the first outermost; see `specwire.middleware`.
            call_middleware: Functions around each call with all its tries, the first outermost.
            http_client: An `httpx2.AsyncClient` or `httpx.AsyncClient` to use; it stays yours to close.
            cert: A certificate for mutual TLS: a file of it and its key, or one of each, or these and a password.
        """
        name, provider = type(self).__name__, self.provider
        url = find_base_url(base_url, provider, name)
        self.connection = AsyncCallConnection(
            name,
            provider,
            url,
            make_keyring(name, provider, url, key, credentials, is_certified(http_client, cert)),
            make_options(
                provider,
                timeout=timeout,
                retry=retry,
                headers=headers,
                on_drift=on_drift,
                deadline=deadline,
                middleware=middleware,
                call_middleware=call_middleware,
                keep_unknown=keep_unknown,
            ),
            AsyncTransport(http_client, cert),
        )

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self.connection.base_url

    def with_options(self, **changes: Unpack[OptionChanges]) -> Self:
        """Return a client with other options that shares this one's connections."""
        changed = object.__new__(type(self))
        changed.connection = self.connection.changed(changes)
        return changed

    @overload
    def send(self, request: StreamRequest[E]) -> AsyncEventStream[E]: ...

    @overload
    def send(self, request: DownloadRequest) -> AsyncDownload: ...

    @overload
    def send(self, request: Request[T]) -> Coroutine[Any, Any, T]: ...

    @overload
    def send(self, request: Flow[T]) -> Coroutine[Any, Any, T]: ...

    def send(self, request: BaseRequest | Flow[Any]) -> Any:
        """Send a request value, or run a flow of them; the answer is awaited unless it is a stream or a download."""
        if isinstance(request, StreamRequest):
            return AsyncEventStream(self.connection, request)
        if isinstance(request, DownloadRequest):
            return AsyncDownload(self.connection, request)
        if isinstance(request, Request):
            return self._parsed(request)
        assert isinstance(request, Generator)
        return self.connection.run(request)

    async def _parsed(self, request: Request[T]) -> T:
        return (await self.connection.perform(request)).parsed

    async def aclose(self) -> None:
        """Close the connections; closing twice is nothing. A client of your own stays open."""
        await self.connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return repr(self.connection)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds a key and connections: make one where it is needed instead")
