"""Session of an asynchronous client: provider, credentials, options and transport, shared by its resources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

from specwire._auth.credentials import Credentials
from specwire._client.session import BaseSession
from specwire._client.workflow import Pause, Step, Workflow
from specwire._exchange import logging
from specwire._exchange.exchange import Exchange
from specwire._http.options import Options
from specwire._http.request import PreparedRequest
from specwire._http.response import HTTPResponse
from specwire._http.transport import AsyncTransport
from specwire._network.event_loop import sleep
from specwire._network.transport_errors import BodyTooLargeError, TokenDeniedError, TransportError
from specwire._operations.provider import Provider
from specwire._operations.request import BaseRequest, PagedRequest, Request
from specwire._operations.response import Response
from specwire._pagination import pagination
from specwire._pagination.async_pages import AsyncItems, AsyncPages
from specwire._responses import parsing
from specwire.errors import SpecwireError

T = TypeVar("T")
ItemT = TypeVar("ItemT")


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
        answer = await self._send(exchange)
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
        answer = await self._send(exchange)
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
        answer = await self._send(exchange, True)
        answer.masked, answer.parse = exchange.record.masked, partial(parsing.parsed, exchange.record)
        return answer, exchange.record.response(answer.status_code, answer.headers)

    async def _send(self, exchange: Exchange, stream: bool = False) -> HTTPResponse:
        if self._transport.is_closed():
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
                    answer = await self._transport.send(outgoing, options, stream)
                if answer.status_code < 300:
                    if logging.listening():
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
        """Send one attempt through the middleware."""
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
