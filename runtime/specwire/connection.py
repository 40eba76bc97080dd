"""What every resource of a client sends through: a provider, a key, options and a transport."""

from __future__ import annotations

import copy
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from specwire import pagination
from specwire.answer import Answer, TransportFailure
from specwire.auth import AsyncKey, read_key, read_key_async
from specwire.configuration import shown_url, user_agent
from specwire.errors import SpecwireError
from specwire.exchange import Exchange
from specwire.flow import Flow, Pause, Step
from specwire.options import OptionChanges, Options
from specwire.pages import AsyncItems, AsyncPages
from specwire.provider import Provider
from specwire.request import BaseRequest, PagedRequest, Request
from specwire.response import Response
from specwire.transport import AsyncTransport, Transport, sleep

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")
ItemT = TypeVar("ItemT")


class BaseConnection:
    """What both kinds of connections hold."""

    def __init__(self, name: str, provider: Provider, base_url: str, key: AsyncKey | None, options: Options) -> None:
        self.name = name
        """Name of the client, for messages."""
        self.provider = provider
        self.base_url = base_url
        self.options = options
        self._key = key
        self._agent = user_agent(provider.name, provider.version)

    def changed(self, changes: OptionChanges) -> Self:
        """Return the same connection with other options."""
        changed = copy.copy(self)
        changed.options = self.options.changed(changes)
        return changed

    def options_with(self, changes: OptionChanges | None) -> Options:
        """Return the options with some changed."""
        return self.options.changed(changes) if changes else self.options

    def exchange(self, request: BaseRequest, options: Options) -> Exchange:
        """Begin the bookkeeping of a call."""
        return Exchange(self.provider, self.base_url, request, options, self._agent)

    def __repr__(self) -> str:
        return f"{self.name}(base_url={shown_url(self.base_url)!r})"


class Connection(BaseConnection):
    """The connection of a synchronous client."""

    def __init__(
        self, name: str, provider: Provider, base_url: str, key: AsyncKey | None, options: Options, transport: Transport
    ) -> None:
        super().__init__(name, provider, base_url, key, options)
        self._transport = transport

    def perform(self, request: Request[T], changes: OptionChanges | None = None) -> Response[T]:
        """Send a request value and return the whole answer."""
        exchange = self.exchange(request, self.options_with(changes))
        answer = self._send(exchange, stream=False)
        return exchange.parsed(answer, answer.content)

    def open(self, request: BaseRequest, options: Options) -> tuple[Answer, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        exchange = self.exchange(request, options)
        answer = self._send(exchange, stream=True)
        return answer, exchange.opened(answer)

    def _send(self, exchange: Exchange, *, stream: bool) -> Answer:
        if self._transport.closed:
            raise SpecwireError(f"this {self.name} is closed: make a new one")
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
        """Close the transport."""
        self._transport.close()


class AsyncConnection(BaseConnection):
    """The connection of an asynchronous client."""

    def __init__(
        self,
        name: str,
        provider: Provider,
        base_url: str,
        key: AsyncKey | None,
        options: Options,
        transport: AsyncTransport,
    ) -> None:
        super().__init__(name, provider, base_url, key, options)
        self._transport = transport

    async def perform(self, request: Request[T], changes: OptionChanges | None = None) -> Response[T]:
        """Send a request value and return the whole answer."""
        exchange = self.exchange(request, self.options_with(changes))
        answer = await self._send(exchange, stream=False)
        return exchange.parsed(answer, answer.content)

    async def open(self, request: BaseRequest, options: Options) -> tuple[Answer, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        exchange = self.exchange(request, options)
        answer = await self._send(exchange, stream=True)
        return answer, exchange.opened(answer)

    async def _send(self, exchange: Exchange, *, stream: bool) -> Answer:
        if self._transport.closed:
            raise SpecwireError(f"this {self.name} is closed: make a new one")
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
        """Close the transport."""
        await self._transport.aclose()
