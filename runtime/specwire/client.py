"""The clients: synchronous and asynchronous, one shape."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar, Unpack, overload

from specwire import pagination
from specwire.answer import Answer, TransportFailure
from specwire.auth import AsyncKey, Key, find_key, read_key, read_key_async
from specwire.configuration import find_base_url, make_options, shown_url, user_agent
from specwire.download import AsyncDownload, Download
from specwire.drift import OnDrift
from specwire.errors import SpecwireError
from specwire.exchange import Exchange
from specwire.flow import Flow, Pause, Step
from specwire.options import OptionChanges, Options
from specwire.pages import AsyncItems, AsyncPages
from specwire.provider import Provider
from specwire.request import BaseRequest, DownloadRequest, PagedRequest, Request, StreamRequest
from specwire.resource import AsyncResource, Resource
from specwire.response import Response
from specwire.retry import RetryPolicy
from specwire.streaming import AsyncEventStream, EventStream
from specwire.transport import AsyncHTTPClient, AsyncTransport, SyncHTTPClient, Transport, sleep

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

T = TypeVar("T")
E = TypeVar("E")
ItemT = TypeVar("ItemT")


ClientT = TypeVar("ClientT", bound="Client | AsyncClient")


def _copied(client: ClientT) -> ClientT:
    """Return a copy of a client without the resources and methods that were made for it."""
    copied = object.__new__(type(client))
    copied.__dict__ = {name: value for name, value in client.__dict__.items() if not hasattr(type(client), name)}
    return copied


class Client(Resource):
    """A synchronous client; safe to share between threads, closed by `close()` or `with`."""

    provider: ClassVar[Provider]

    def __init__(
        self,
        key: Key | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = 600.0,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        on_drift: OnDrift = "warn",
        http_client: SyncHTTPClient | None = None,
    ) -> None:
        """Make a client.

        Args:
            key: The API key, or a function that returns the current one; otherwise the environment is asked.
            base_url: Where the server is, if not where the document says.
            timeout: Seconds to wait for the server at any one point; None waits for ever.
            retry: When and how often a failed request is sent again; `RetryPolicy(attempts=1)` never.
            headers: Headers to add to every request.
            on_drift: What to do when an answer is not what the document says: "ignore", "warn", "raise", or a function.
            http_client: An `httpx2.Client` or `httpx.Client` to use; it stays yours to close.
        """
        name = type(self).__name__
        self.client = self
        self.base_url = find_base_url(base_url, self.provider, name)
        self.options = make_options(self.provider, timeout, retry, headers, on_drift)
        self._key = find_key(key, self.provider.key_variable, name) if self.provider.security is not None else None
        self._transport = Transport(http_client)
        self._agent = user_agent(self.provider.name, self.provider.version)

    def with_options(self, **changes: Unpack[OptionChanges]) -> Self:
        """Return a client with other options that shares this one's connections."""
        changed = _copied(self)
        changed.client = changed
        changed.options = self.options.changed(changes)
        return changed

    def options_with(self, changes: OptionChanges | None) -> Options:
        """Return the client's options with some changed."""
        return self.options.changed(changes) if changes else self.options

    @overload
    def send(self, request: StreamRequest[E]) -> EventStream[E]: ...

    @overload
    def send(self, request: DownloadRequest) -> Download: ...

    @overload
    def send(self, request: Request[T]) -> T: ...

    def send(self, request: BaseRequest) -> Any:
        """Send a request value and return its answer."""
        if isinstance(request, StreamRequest):
            return EventStream(self, request)
        if isinstance(request, DownloadRequest):
            return Download(self, request)
        assert isinstance(request, Request)
        return self.perform(request).parsed

    def perform(self, request: Request[T], changes: OptionChanges | None = None) -> Response[T]:
        """Send a request value and return the whole answer."""
        exchange = Exchange(self.provider, self.base_url, request, self.options_with(changes), self._agent)
        answer = self._exchange(exchange, stream=False)
        return exchange.parsed(answer, answer.content)

    def open(self, request: BaseRequest, options: Options) -> tuple[Answer, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        exchange = Exchange(self.provider, self.base_url, request, options, self._agent)
        answer = self._exchange(exchange, stream=True)
        return answer, exchange.opened(answer)

    def _exchange(self, exchange: Exchange, *, stream: bool) -> Answer:
        if self._transport.closed:
            raise SpecwireError(f"this {type(self).__name__} is closed: make a new one")
        while True:
            key = read_key(self._key) if self._key is not None and exchange.request.operation.secure else None
            try:
                answer = self._transport.send(
                    exchange.outgoing(key, asynchronous=False), exchange.options, stream=stream
                )
                if answer.status < 300:
                    return answer
                content = answer.read()
                answer.close()
            except TransportFailure as failure:
                pause = exchange.failed(failure)
            else:
                if exchange.redirected(answer):
                    continue
                pause = exchange.answered(answer, content)
            time.sleep(pause)

    def items(self, request: PagedRequest[T, ItemT], changes: OptionChanges | None = None) -> Iterator[ItemT]:
        """Go through the items of a page and of all that follow."""
        for page in self.pages(request, changes):
            yield from pagination.items(request, page)

    def pages(self, request: PagedRequest[T, ItemT], changes: OptionChanges | None = None) -> Iterator[T]:
        """Go through a page and all that follow."""
        following: PagedRequest[T, ItemT] | None = request
        seen = pagination.before(request)
        while following is not None:
            page = self.perform(following, changes).parsed
            yield page
            seen += len(pagination.items(request, page))
            following = pagination.following(following, page, seen)

    def run(self, flow: Flow[T], changes: OptionChanges | None = None) -> T:
        """Run a flow of calls to its end and return its value."""
        advance: Callable[[], Step] = partial(next, flow)
        with closing(flow):
            while True:
                try:
                    step = advance()
                except StopIteration as end:
                    value: T = end.value
                    return value
                try:
                    answer: Any = None
                    if isinstance(step, Pause):
                        time.sleep(step.seconds)
                    else:
                        answer = self.perform(step, changes).parsed
                except Exception as error:
                    advance = partial(flow.throw, error)
                else:
                    advance = partial(flow.send, answer)

    def close(self) -> None:
        """Close the connections; closing twice is nothing. A client of your own stays open."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={shown_url(self.base_url)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds a key and connections: make one where it is needed instead")


class AsyncClient(AsyncResource):
    """An asynchronous client; one for all tasks of an event loop, closed by `aclose()` or `async with`."""

    provider: ClassVar[Provider]

    def __init__(
        self,
        key: AsyncKey | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = 600.0,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        on_drift: OnDrift = "warn",
        http_client: AsyncHTTPClient | None = None,
    ) -> None:
        """Make a client.

        Args:
            key: The API key, or a function (also a coroutine function) that returns the current one; otherwise the
                environment is asked.
            base_url: Where the server is, if not where the document says.
            timeout: Seconds to wait for the server at any one point; None waits for ever.
            retry: When and how often a failed request is sent again; `RetryPolicy(attempts=1)` never.
            headers: Headers to add to every request.
            on_drift: What to do when an answer is not what the document says: "ignore", "warn", "raise", or a function.
            http_client: An `httpx2.AsyncClient` or `httpx.AsyncClient` to use; it stays yours to close.
        """
        name = type(self).__name__
        self.client = self
        self.base_url = find_base_url(base_url, self.provider, name)
        self.options = make_options(self.provider, timeout, retry, headers, on_drift)
        self._key = find_key(key, self.provider.key_variable, name) if self.provider.security is not None else None
        self._transport = AsyncTransport(http_client)
        self._agent = user_agent(self.provider.name, self.provider.version)

    def with_options(self, **changes: Unpack[OptionChanges]) -> Self:
        """Return a client with other options that shares this one's connections."""
        changed = _copied(self)
        changed.client = changed
        changed.options = self.options.changed(changes)
        return changed

    def options_with(self, changes: OptionChanges | None) -> Options:
        """Return the client's options with some changed."""
        return self.options.changed(changes) if changes else self.options

    @overload
    def send(self, request: StreamRequest[E]) -> AsyncEventStream[E]: ...

    @overload
    def send(self, request: DownloadRequest) -> AsyncDownload: ...

    @overload
    def send(self, request: Request[T]) -> Coroutine[Any, Any, T]: ...

    def send(self, request: BaseRequest) -> Any:
        """Send a request value and return its answer, to be awaited unless it is a stream or a download."""
        if isinstance(request, StreamRequest):
            return AsyncEventStream(self, request)
        if isinstance(request, DownloadRequest):
            return AsyncDownload(self, request)
        assert isinstance(request, Request)
        return self._send(request)

    async def _send(self, request: Request[T]) -> T:
        return (await self.perform(request)).parsed

    async def perform(self, request: Request[T], changes: OptionChanges | None = None) -> Response[T]:
        """Send a request value and return the whole answer."""
        exchange = Exchange(self.provider, self.base_url, request, self.options_with(changes), self._agent)
        answer = await self._exchange(exchange, stream=False)
        return exchange.parsed(answer, answer.content)

    async def open(self, request: BaseRequest, options: Options) -> tuple[Answer, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        exchange = Exchange(self.provider, self.base_url, request, options, self._agent)
        answer = await self._exchange(exchange, stream=True)
        return answer, exchange.opened(answer)

    async def _exchange(self, exchange: Exchange, *, stream: bool) -> Answer:
        if self._transport.closed:
            raise SpecwireError(f"this {type(self).__name__} is closed: make a new one")
        while True:
            secure = self._key is not None and exchange.request.operation.secure
            key = await read_key_async(self._key) if self._key is not None and secure else None
            try:
                outgoing = exchange.outgoing(key, asynchronous=True)
                answer = await self._transport.send(outgoing, exchange.options, stream=stream)
                if answer.status < 300:
                    return answer
                content = await answer.aread()
                await answer.aclose()
            except TransportFailure as failure:
                pause = exchange.failed(failure)
            else:
                if exchange.redirected(answer):
                    continue
                pause = exchange.answered(answer, content)
            await sleep(pause)

    def items(self, request: PagedRequest[T, ItemT], changes: OptionChanges | None = None) -> AsyncIterator[ItemT]:
        """Go through the items of a page and of all that follow."""
        return AsyncItems(request, self.pages(request, changes))

    def pages(self, request: PagedRequest[T, ItemT], changes: OptionChanges | None = None) -> AsyncIterator[T]:
        """Go through a page and all that follow."""
        return AsyncPages(partial(self.perform, changes=changes), request)

    async def run(self, flow: Flow[T], changes: OptionChanges | None = None) -> T:
        """Run a flow of calls to its end and return its value."""
        advance: Callable[[], Step] = partial(next, flow)
        with closing(flow):
            while True:
                try:
                    step = advance()
                except StopIteration as end:
                    value: T = end.value
                    return value
                try:
                    answer: Any = None
                    if isinstance(step, Pause):
                        await sleep(step.seconds)
                    else:
                        answer = (await self.perform(step, changes)).parsed
                except Exception as error:
                    advance = partial(flow.throw, error)
                else:
                    advance = partial(flow.send, answer)

    async def aclose(self) -> None:
        """Close the connections; closing twice is nothing. A client of your own stays open."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={shown_url(self.base_url)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds a key and connections: make one where it is needed instead")
