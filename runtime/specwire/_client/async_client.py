"""Asynchronous client."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypedDict, TypeVar, Unpack, overload

from specwire._auth.credentials import make_credentials
from specwire._client.client import Environments, LazySession, known_keywords, unsendable
from specwire._client.resource import AsyncResource
from specwire._http.configuration import DEFAULT_TIMEOUT, find_base_url, is_certified, make_options
from specwire._operations.provider import Provider, Server
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire._auth.credential import AsyncKey
    from specwire._client.async_session import AsyncSession
    from specwire._client.workflow import Workflow
    from specwire._codec.drift import OnDrift
    from specwire._downloads.async_download import AsyncDownload
    from specwire._http.middleware import AsyncCallMiddleware, AsyncMiddleware
    from specwire._http.option_overrides import OptionOverrides
    from specwire._http.option_values import URL, HeaderTypes, TimeoutConfig
    from specwire._http.retry import RetryPolicy
    from specwire._http.transport import AsyncHTTPClient
    from specwire._operations.request import BaseRequest, DownloadRequest, MixedRequest, Request, StreamRequest
    from specwire._pools.tls import Certificate
    from specwire._streaming.async_streaming import AsyncEventStream
    from specwire._transports.choice import TransportName

T = TypeVar("T")
E = TypeVar("E")


class AsyncClientOptions(TypedDict, total=False):
    """Keywords of a client that do not depend on its document; see `AsyncClient`."""

    credentials: Mapping[str, AsyncKey] | None
    base_url: str | URL | None
    timeout: float | TimeoutConfig | None
    deadline: float | None
    max_response_size: int | None
    max_retries: int | None
    retry: RetryPolicy | None
    headers: HeaderTypes | None
    default_headers: HeaderTypes | None
    on_drift: OnDrift
    keep_unknown: bool
    middleware: Sequence[AsyncMiddleware]
    call_middleware: Sequence[AsyncCallMiddleware]
    http_client: AsyncHTTPClient | None
    cert: Certificate | None
    cookies: bool
    transport: TransportName | None


class AsyncClient(AsyncResource):
    """An asynchronous client for all tasks, in one event loop or several, closed by `aclose()` or `async with`."""

    _provider: ClassVar[Provider]
    ENVIRONMENTS: ClassVar[Mapping[str, Server]]
    """Servers of the document, by the name that `environment` takes; empty if there is only one."""
    if not TYPE_CHECKING:
        ENVIRONMENTS = Environments()
        _session = LazySession()

    @known_keywords
    def __init__(
        self,
        api_key: AsyncKey | None = None,
        *,
        credentials: Mapping[str, AsyncKey] | None = None,
        base_url: str | URL | None = None,
        environment: str | None = None,
        server_variables: Mapping[str, str | None] | None = None,
        scheme_keys: Mapping[str, AsyncKey | None] | None = None,
        timeout: float | TimeoutConfig | None = DEFAULT_TIMEOUT,
        deadline: float | None = None,
        max_response_size: int | None = 128 * 1024 * 1024,
        max_retries: int | None = None,
        retry: RetryPolicy | None = None,
        headers: HeaderTypes | None = None,
        default_headers: HeaderTypes | None = None,
        on_drift: OnDrift = "warn",
        keep_unknown: bool = False,
        middleware: Sequence[AsyncMiddleware] = (),
        call_middleware: Sequence[AsyncCallMiddleware] = (),
        http_client: AsyncHTTPClient | None = None,
        cert: Certificate | None = None,
        cookies: bool = False,
        transport: TransportName | None = None,
    ) -> None:
        """Create a client.

        Args:
            api_key: The API key, or a function that returns the current one (also a coroutine function);
                by default, it is read from the environment. Also a user and a password, or an OAuth 2 grant such as
                `OAuth2ClientCredentials`.
            credentials: Keys by security scheme, for an API with several schemes.
            base_url: Base URL of the server; by default, that of the document.
            environment: Name of a server of the document, if it has several; see `ENVIRONMENTS` of the client.
            server_variables: Values for the variables in the URL of the server.
            scheme_keys: As `credentials`; None leaves a scheme out.
            timeout: Seconds to wait for each step, such as the next bytes; None sets no limit. An `httpx.Timeout` sets
                those of connecting and reading. An `http_client` with a timeout of its own keeps it by default.
            deadline: Seconds for a call with all its attempts; None sets no limit.
            max_response_size: Maximum size of a response in memory, in bytes (`ResponseTooLargeError`), and of one event
                of a stream (`StreamError`).
            max_retries: Maximum number of retries of a failed request, 2 by default.
            retry: Retry policy, instead of `max_retries`.
            headers: Headers to add to every request.
            default_headers: Another name of `headers`.
            on_drift: Reaction to a response that differs from the document: "ignore", "warn", "raise", or a function.
            keep_unknown: Keep undeclared fields in models; see `specwire.unknown_fields`.
            middleware: Functions around each attempt, the first outermost; see `specwire.Middleware`.
            call_middleware: Functions around each call with all its attempts, the first outermost.
            http_client: An `httpx2.AsyncClient`, `httpx.AsyncClient`, `aiohttp.ClientSession` or `pyreqwest` client to use;
                it stays yours to close.
            cert: A certificate for mutual TLS: a file of it and its key, or one of each, or these and a password.
            cookies: Send cookies back to the server that set them.
            transport: HTTP library of the client's own connections: "httpx2" (the default), "httpx", "aiohttp" or
                "pyreqwest".

        """
        name, provider = type(self).__name__, self._provider
        url = find_base_url(base_url, provider, name, environment, server_variables)
        keys = {
            **{scheme: key for scheme, key in (scheme_keys or {}).items() if key is not None},
            **(credentials or {}),
        }
        resolved = make_credentials(name, provider, url, api_key, keys, is_certified(http_client, cert))
        options = make_options(
            provider,
            timeout=timeout,
            max_retries=max_retries,
            retry=retry,
            headers=headers,
            default_headers=default_headers,
            on_drift=on_drift,
            deadline=deadline,
            max_response_size=max_response_size,
            middleware=middleware,
            call_middleware=call_middleware,
            keep_unknown=keep_unknown,
            http_client=http_client,
        )

        def make_session() -> AsyncSession:
            from specwire._client.async_session import AsyncSession  # most of what there is to import
            from specwire._http.transport import AsyncTransport
            from specwire._transports.choice import opener

            connections = AsyncTransport(http_client, cert, opener(transport, asynchronous=True), cookies=cookies)
            return AsyncSession(name, provider, url, resolved, options, connections)

        self._make_session: Callable[[], AsyncSession] = make_session
        if cookies and http_client is not None:
            raise ConfigurationError("cookies= is for the client's own connections: your http_client keeps its own")
        if transport is not None and http_client is not None:
            raise ConfigurationError("transport= is for the client's own connections: your http_client has its library")
        if http_client is not None or cert is not None or transport is not None:
            self._session = make_session()  # arguments are checked at once

    @property
    def base_url(self) -> str:
        """Base URL of requests."""
        return self._session.base_url

    def with_options(self, **changes: Unpack[OptionOverrides]) -> Self:
        """Return a client with other options that shares this one's connections."""
        changed = object.__new__(type(self))
        changed._session = self._session.changed(changes)
        return changed

    @overload
    def send(self, request: StreamRequest[E]) -> AsyncEventStream[E]: ...

    @overload
    def send(self, request: MixedRequest[T]) -> Coroutine[Any, Any, AsyncDownload | T]: ...

    @overload
    def send(self, request: DownloadRequest) -> AsyncDownload: ...

    @overload
    def send(self, request: Request[T]) -> Coroutine[Any, Any, T]: ...

    @overload
    def send(self, request: Workflow[T]) -> Coroutine[Any, Any, T]: ...

    def send(self, request: BaseRequest | Workflow[Any]) -> Any:
        """Send a request value, or run a workflow of them; streams and downloads are not awaited."""
        # Not for the construction of a client.
        from specwire._operations.request import DownloadRequest, MixedRequest, Request, StreamRequest

        match request:
            case Request():
                return self._parsed(request)
            case StreamRequest():
                from specwire._streaming.async_streaming import AsyncEventStream

                return AsyncEventStream(self._session, request)
            case MixedRequest():
                from specwire._downloads.async_download import AsyncDownload

                return AsyncDownload.mixed(self._session, request)
            case DownloadRequest():
                from specwire._downloads.async_download import AsyncDownload

                return AsyncDownload.called(self._session, request)
            case Generator():
                return self._session.run(request)
            case _:
                raise unsendable(request)

    async def _parsed(self, request: Request[T]) -> T:
        return await self._session.value(request)

    async def aclose(self) -> None:
        """Close the connections. Idempotent; an `http_client` of your own stays open."""
        await self._session.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return repr(self._session)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds a key and connections: make one where it is needed instead")
