"""The asynchronous client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from specwire._client.async_session import AsyncSession
from specwire._compat.async_response import AsyncAPIResponse
from specwire._compat.call import NOT_GIVEN, Call, NotGiven, RequestOptions
from specwire._compat_client.async_method import sent_call
from specwire._compat_client.client import (
    KeyArgument,
    Settings,
    changed,
    credentials_of,
    headers_from,
    headers_of,
    query_of,
    server_of,
)
from specwire._compat_client.resource import AsyncResource
from specwire._compat_client.undocumented import undocumented
from specwire._http.transport import AsyncTransport

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import httpx2

    from specwire._compat.call import Headers, Timeout
    from specwire._http.transport import AsyncHTTPClient
    from specwire._operations.provider import Provider

T = TypeVar("T")


class AsyncClient(AsyncResource):
    """An asynchronous client, closed by `close()` or `async with`."""

    _provider: ClassVar[Provider]
    _arguments: ClassVar[Mapping[str, KeyArgument]] = {}
    _default_timeout: ClassVar[float] = 60.0
    _headers: ClassVar[Mapping[str, str]] = {}
    _headers_variable: ClassVar[str | None] = None

    def _open(self, settings: Settings, transport: AsyncTransport | None = None) -> None:
        name, provider = type(self).__name__, self._provider
        values = settings.values(self._arguments, name)
        base_url = server_of(settings, provider, name, self._arguments, values)
        keyring = credentials_of(provider, base_url, self._arguments, values, name)
        headers = {**self._headers, **headers_of(self._arguments, values), **headers_from(self._headers_variable)}
        options = settings.options(provider, self._default_timeout, headers, query_of(self._arguments, values))
        transport = transport or AsyncTransport(settings.http_client)
        self._settings = settings
        self._transport = transport
        self._session = AsyncSession(name, provider, base_url, keyring, options, transport)
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; a key is used by all calls that follow."""
        super().__setattr__(name, value)
        if name in self._arguments:
            values = {each: self.__dict__.get(each) for each in self._arguments}
            session = self._session
            session.authenticate(
                credentials_of(self._provider, session.base_url, self._arguments, values, type(self).__name__)
            )

    @property
    def base_url(self) -> httpx2.URL:
        """The base URL, which ends in a slash."""
        from specwire._compat.http import URL  # few look at it

        return URL(f"{self._session.base_url}/")

    @base_url.setter
    def base_url(self, url: httpx2.URL | str) -> None:
        name, values = type(self).__name__, {each: self.__dict__.get(each) for each in self._arguments}
        settings = changed(self._settings, base_url=url)
        address = server_of(settings, self._provider, name, self._arguments, values)
        keys = credentials_of(self._provider, address, self._arguments, values, name)
        self._settings, self._session.base_url = settings, address
        self._session.authenticate(keys)

    @property
    def timeout(self) -> Timeout:
        """The timeout, as passed."""
        given: Timeout | NotGiven = self._settings.timeout
        if not isinstance(given, NotGiven):
            return given
        from specwire._compat.http import Timeout as HTTPTimeout  # few look at it

        options = self._session.options
        return HTTPTimeout(options.timeout, connect=options.connect_timeout)

    @property
    def max_retries(self) -> int:
        """The number of attempts after the first."""
        return self._settings.max_retries

    @property
    def default_headers(self) -> dict[str, str]:
        """The headers that are added to every request."""
        return dict(self._session.options.headers)

    @property
    def default_query(self) -> dict[str, object]:
        """The query parameters that are added to every request."""
        return dict(self._session.options.query)

    def copy(
        self,
        *,
        environment: str | None = None,
        base_url: str | httpx2.URL | None = None,
        timeout: Timeout | NotGiven = NOT_GIVEN,
        http_client: AsyncHTTPClient | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        default_headers: Headers | None = None,
        set_default_headers: Headers | None = None,
        default_query: Mapping[str, object] | None = None,
        set_default_query: Mapping[str, object] | None = None,
        **keys: Any,
    ) -> Self:
        """Return a client with other arguments that shares this one's connections."""
        for key in keys:
            if key not in self._arguments:
                raise TypeError(f"{type(self).__name__}.copy() got an unexpected keyword argument {key!r}")
        settings = changed(
            self._settings,
            environment=environment,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            http_client=http_client,
            default_headers=default_headers,
            set_default_headers=set_default_headers,
            default_query=default_query,
            set_default_query=set_default_query,
            keys={**{name: self.__dict__.get(name) for name in self._arguments}, **keys},
        )
        made = object.__new__(type(self))
        made._open(settings, self._transport if http_client is None else None)
        return made

    with_options = copy

    async def get(self, path: str, *, cast_to: type[T], options: RequestOptions | None = None) -> T:
        """Call a route that the document does not declare."""
        return await self._undocumented("GET", path, cast_to, None, options)

    async def post(
        self, path: str, *, cast_to: type[T], body: object = None, options: RequestOptions | None = None
    ) -> T:
        """Call a route that the document does not declare."""
        return await self._undocumented("POST", path, cast_to, body, options)

    async def put(
        self, path: str, *, cast_to: type[T], body: object = None, options: RequestOptions | None = None
    ) -> T:
        """Call a route that the document does not declare."""
        return await self._undocumented("PUT", path, cast_to, body, options)

    async def patch(
        self, path: str, *, cast_to: type[T], body: object = None, options: RequestOptions | None = None
    ) -> T:
        """Call a route that the document does not declare."""
        return await self._undocumented("PATCH", path, cast_to, body, options)

    async def delete(
        self, path: str, *, cast_to: type[T], body: object = None, options: RequestOptions | None = None
    ) -> T:
        """Call a route that the document does not declare."""
        return await self._undocumented("DELETE", path, cast_to, body, options)

    async def _undocumented(
        self, method: str, path: str, cast_to: type[T], body: object, options: RequestOptions | None
    ) -> T:
        call: Call[Any] = undocumented(method, path, body, options or {})
        response: AsyncAPIResponse[Any] = await sent_call(self._session, call, AsyncAPIResponse)
        return await response.parse(to=cast_to)

    def is_closed(self) -> bool:
        """Return True once the client is closed."""
        return self._transport.is_closed()

    async def close(self) -> None:
        """Close the connections. Idempotent."""
        await self._transport.aclose()
        if self._settings.http_client is not None:
            await self._settings.http_client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return repr(self._session)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds a key and connections: make one where it is needed instead")
