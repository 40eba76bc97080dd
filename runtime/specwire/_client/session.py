"""What every resource of a client sends through: a provider, credentials, options and a transport."""

from __future__ import annotations

import copy
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from specwire._auth.credentials import Credentials
from specwire._client.workflow import Pause, Step, Workflow
from specwire._exchange.exchange import Exchange
from specwire._exchange.prepared import Prepared
from specwire._http.option_overrides import OptionOverrides
from specwire._http.options import Options
from specwire._http.request import PreparedRequest
from specwire._http.response import HTTPResponse
from specwire._http.transport import AsyncTransport, Transport
from specwire._network.event_loop import sleep
from specwire._network.server_url import shown_url
from specwire._network.transport_errors import BodyTooLargeError, TokenDeniedError, TransportError
from specwire._operations.provider import Provider
from specwire._operations.request import BaseRequest, PagedRequest, Request
from specwire._operations.response import Response
from specwire._pagination import pagination
from specwire._pagination.pages import AsyncItems, AsyncPages
from specwire._responses import parsing
from specwire.errors import APIStatusError, InvalidRequestError, SpecwireError

if TYPE_CHECKING:
    from typing import Self

    from specwire._operations.operation import Operation

T = TypeVar("T")
ItemT = TypeVar("ItemT")

_MOST_PREPARED = 1000
"""Operations whose constant part is kept: a program may make operations of its own without end."""


class BaseSession:
    """What both kinds of connections hold."""

    def __init__(
        self, name: str, provider: Provider, base_url: str, keyring: Credentials | None, options: Options
    ) -> None:
        self.name = name
        """Name of the client, for messages."""
        self.provider = provider
        self.base_url = base_url
        self.options = options
        self._keyring = keyring
        self._prepared: dict[int, Prepared] = {}

    def changed(self, changes: OptionOverrides) -> Self:
        """Return the same connection with other options."""
        changed = copy.copy(self)
        changed.options = self.options.changed(changes)
        changed._prepared = {}
        return changed

    def exchange(self, request: BaseRequest, options: Options) -> Exchange:
        """Begin the bookkeeping of a call."""
        operation = request.operation
        prepared = self._prepared.get(id(operation))
        if prepared is None or options is not self.options:
            prepared = self._prepare(operation, options)
        return Exchange(prepared, request, options)

    def _prepare(self, operation: Operation, options: Options) -> Prepared:
        try:
            prepared = Prepared(self.provider, self.base_url, operation, options, self._keyring)
        except (ValueError, TypeError) as error:
            raise InvalidRequestError(f"{operation.id}: {error}") from error
        if options is self.options:
            if len(self._prepared) >= _MOST_PREPARED:
                self._prepared.clear()
            self._prepared[id(operation)] = prepared  # which refers to the operation, so that its id stays its own
        return prepared

    def another_proof(self, exchange: Exchange, answer: HTTPResponse) -> bool:
        """Tell whether a call that was not let in is sent again with other credentials; it is still the same try."""
        proof = exchange.unproved(answer)
        if proof is None or self._keyring is None:
            return False
        if not self._keyring.refused(exchange.request.operation, proof, answer.headers):
            return False
        exchange.record.attempts -= 1
        return True

    def __repr__(self) -> str:
        return f"{self.name}(base_url={shown_url(self.base_url)!r})"


class Session(BaseSession):
    """The connection of a synchronous client."""

    def __init__(
        self,
        name: str,
        provider: Provider,
        base_url: str,
        keyring: Credentials | None,
        options: Options,
        transport: Transport,
    ) -> None:
        super().__init__(name, provider, base_url, keyring, options)
        self._transport = transport

    def value(self, request: Request[T]) -> T:
        """Send a request value and return the value of its answer."""
        if self.options.call_middleware:
            return self.perform(request).parsed
        exchange = self.exchange(request, self.options)
        answer = self._send(exchange, stream=False)
        found: T = parsing.value(exchange.record, answer, exchange.prepared.decoder)
        return found

    def perform(self, request: Request[T], *, lenient: bool = False) -> Response[T]:
        """Send a request value and return the whole answer; a lenient call raises nothing for what its body is."""
        perform = partial(self._perform, lenient=lenient)
        if not self.options.call_middleware:
            return perform(request)
        from specwire._http.middleware import chained_calls  # few use it

        return chained_calls(self.options.call_middleware, perform)(request)

    def _perform(self, request: BaseRequest, lenient: bool) -> Response[Any]:
        exchange = self.exchange(request, self.options)
        answer = self._send(exchange, stream=False)
        return parsing.parsed(exchange.record, answer, answer.content, lenient=lenient)

    def open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        open_ = partial(self._open, options=options)
        if not options.call_middleware:
            return open_(request)
        from specwire._client.middleware_session import opened  # few use it

        return opened(options.call_middleware, open_, request)

    def _open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]:
        exchange = self.exchange(request, options)
        answer = self._send(exchange, stream=True)
        answer.masked, answer.parse = exchange.record.masked, partial(parsing.parsed, exchange.record)
        return answer, exchange.record.response(answer.status_code, answer.headers)

    def _send(self, exchange: Exchange, *, stream: bool) -> HTTPResponse:
        if self._transport.closed:
            raise SpecwireError(f"this {self.name} is closed: make a new one")
        operation, keyring = exchange.request.operation, exchange.prepared.keyring
        while True:
            exchange.record.attempts += 1
            try:
                options = exchange.options
                if options.deadline is not None:
                    options = exchange.record.clock.bounded(options)
                proof = None
                if keyring is not None and exchange.trusted:
                    proof = exchange.prepared.proof or keyring.proof(operation, self._transport, options)
                outgoing = exchange.outgoing(proof, asynchronous=False)
                if options.middleware:
                    answer = self._send_through(outgoing, options, stream)
                else:
                    answer = self._transport.send(outgoing, options, stream=stream)
                if answer.status_code < 300:
                    exchange.ended(answer.status_code, answer)
                    return answer
                answer.read()
                answer.close()
            except BodyTooLargeError as excess:
                raise parsing.too_large(exchange.record, excess) from None
            except TransportError as failure:
                pause = exchange.failed(failure)
            except TokenDeniedError as denial:
                raise parsing.token_denied_error(exchange.record, denial) from None
            else:
                if exchange.redirected(answer) or self.another_proof(exchange, answer):
                    continue
                pause = exchange.answered(answer)
            time.sleep(pause)

    def _send_through(self, outgoing: PreparedRequest, options: Options, stream: bool) -> HTTPResponse:
        """Send one try through the middleware."""
        from specwire._http.middleware import chained  # few use it

        send = partial(self._transport.send, options=options, stream=stream)
        return chained(options.middleware, send)(outgoing)

    def items(self, request: PagedRequest[T, ItemT]) -> Iterator[ItemT]:
        """Go through the items of a page and of all that follow."""
        for page in self.pages(request):
            yield from pagination.items(request, page)

    def pages(self, request: PagedRequest[T, ItemT]) -> Iterator[T]:
        """Go through a page and all that follow."""
        trail = pagination.Trail(request, self.options.max_pages)
        while (following := trail.following()) is not None:
            try:
                response = self.perform(following)
            except APIStatusError as error:
                if trail.ends_with(error.status_code):
                    return
                raise
            if trail.take(response):
                yield response.parsed

    def run(self, flow: Workflow[T]) -> T:
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
                        answer = self.value(step)
                except Exception as error:
                    advance = partial(flow.throw, error)
                else:
                    advance = partial(flow.send, answer)

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()


class AsyncSession(BaseSession):
    """The connection of an asynchronous client."""

    def __init__(
        self,
        name: str,
        provider: Provider,
        base_url: str,
        keyring: Credentials | None,
        options: Options,
        transport: AsyncTransport,
    ) -> None:
        super().__init__(name, provider, base_url, keyring, options)
        self._transport = transport

    async def value(self, request: Request[T]) -> T:
        """Send a request value and return the value of its answer."""
        if self.options.call_middleware:
            return (await self.perform(request)).parsed
        exchange = self.exchange(request, self.options)
        answer = await self._send(exchange, stream=False)
        found: T = parsing.value(exchange.record, answer, exchange.prepared.decoder)
        return found

    async def perform(self, request: Request[T], *, lenient: bool = False) -> Response[T]:
        """Send a request value and return the whole answer; a lenient call raises nothing for what its body is."""
        perform = partial(self._perform, lenient=lenient)
        if not self.options.call_middleware:
            return await perform(request)
        from specwire._http.middleware import chained_calls_async  # few use it

        return await chained_calls_async(self.options.call_middleware, perform)(request)

    async def _perform(self, request: BaseRequest, lenient: bool) -> Response[Any]:
        exchange = self.exchange(request, self.options)
        answer = await self._send(exchange, stream=False)
        return parsing.parsed(exchange.record, answer, answer.content, lenient=lenient)

    async def open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        open_ = partial(self._open, options=options)
        if not options.call_middleware:
            return await open_(request)
        from specwire._client.middleware_session import opened_async  # few use it

        return await opened_async(options.call_middleware, open_, request)

    async def _open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]:
        exchange = self.exchange(request, options)
        answer = await self._send(exchange, stream=True)
        answer.masked, answer.parse = exchange.record.masked, partial(parsing.parsed, exchange.record)
        return answer, exchange.record.response(answer.status_code, answer.headers)

    async def _send(self, exchange: Exchange, *, stream: bool) -> HTTPResponse:
        if self._transport.closed:
            raise SpecwireError(f"this {self.name} is closed: make a new one")
        operation, keyring = exchange.request.operation, exchange.prepared.keyring
        while True:
            exchange.record.attempts += 1
            try:
                options = exchange.options
                if options.deadline is not None:
                    options = exchange.record.clock.bounded(options)
                proof = None
                if keyring is not None and exchange.trusted:
                    proof = exchange.prepared.proof
                    if proof is None:
                        proof = await keyring.aproof(operation, self._transport, options)
                outgoing = exchange.outgoing(proof, asynchronous=True)
                if options.middleware:
                    answer = await self._send_through(outgoing, options, stream)
                else:
                    answer = await self._transport.send(outgoing, options, stream=stream)
                if answer.status_code < 300:
                    exchange.ended(answer.status_code, answer)
                    return answer
                await answer.aread()
                await answer.aclose()
            except BodyTooLargeError as excess:
                raise parsing.too_large(exchange.record, excess) from None
            except TransportError as failure:
                pause = exchange.failed(failure)
            except TokenDeniedError as denial:
                raise parsing.token_denied_error(exchange.record, denial) from None
            else:
                if exchange.redirected(answer) or self.another_proof(exchange, answer):
                    continue
                pause = exchange.answered(answer)
            await sleep(pause)

    async def _send_through(self, outgoing: PreparedRequest, options: Options, stream: bool) -> HTTPResponse:
        """Send one try through the middleware."""
        from specwire._http.middleware import chained_async  # few use it

        send = partial(self._transport.send, options=options, stream=stream)
        return await chained_async(options.middleware, send)(outgoing)

    def items(self, request: PagedRequest[T, ItemT]) -> AsyncIterator[ItemT]:
        """Go through the items of a page and of all that follow."""
        return AsyncItems(request, self.pages(request))

    def pages(self, request: PagedRequest[T, ItemT]) -> AsyncIterator[T]:
        """Go through a page and all that follow."""
        trail = pagination.Trail(request, self.options.max_pages)
        return AsyncPages(self.perform, trail)

    async def run(self, flow: Workflow[T]) -> T:
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
                        answer = await self.value(step)
                except Exception as error:
                    advance = partial(flow.throw, error)
                else:
                    advance = partial(flow.send, answer)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()
