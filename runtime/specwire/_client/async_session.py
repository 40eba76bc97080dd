"""Session of an asynchronous client: provider, credentials, options and transport, shared by its resources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from specwire._auth.credentials import Credentials
from specwire._client.session import BaseSession
from specwire._client.workflow import Pause, Save, Step, Workflow
from specwire._exchange import logging
from specwire._exchange.exchange import Exchange
from specwire._http.options import Options
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

if TYPE_CHECKING:
    from specwire._http.middleware import AsyncSend

T = TypeVar("T")
ItemT = TypeVar("ItemT")


class AsyncSession(BaseSession):
    """Session of an asynchronous client."""

    def __init__(
        self,
        name: str,
        provider: Provider,
        base_url: str,
        credentials: Credentials | None,
        options: Options,
        transport: AsyncTransport,
    ) -> None:
        super().__init__(name, provider, base_url, credentials, options)
        self._transport = transport

    async def value(self, request: Request[T]) -> T:
        """Send a request value and return the parsed body of its response."""
        if self.options.call_middleware:
            return (await self.perform(request)).parsed
        exchange = self.exchange(request, self.options)
        response = await self._send(exchange)
        found: T = parsing.value(exchange.state, response, exchange.prepared.decoder)
        return found

    def perform(self, request: Request[T], *, lenient: bool = False) -> Awaitable[Response[T]]:
        """Send a request value and return the whole response; with `lenient`, no body raises an error."""
        if not self.options.call_middleware:
            return self._perform(request, lenient)
        from specwire._http.middleware import chained_calls_async  # few use it

        perform = partial(self._perform, lenient=lenient)
        return chained_calls_async(self.options.call_middleware, perform)(request)

    async def _perform(self, request: BaseRequest, lenient: bool) -> Response[Any]:
        exchange = self.exchange(request, self.options)
        response = await self._send(exchange)
        return parsing.parsed(exchange.state, response, response.content, lenient=lenient)

    async def open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]:
        """Send a request value and return its response with an unread body."""
        open_ = partial(self._open, options=options)
        if not options.call_middleware:
            return await open_(request)
        from specwire._http.async_streamed_calls import opened  # few use it

        return await opened(options.call_middleware, open_, request)

    async def _open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]:
        exchange = self.exchange(request, options)
        response = await self._send(exchange, True)
        response.masked, response.parse = exchange.state.masked, partial(parsing.parsed, exchange.state)
        return response, exchange.state.response(response.status_code, response.headers)

    async def _send(self, exchange: Exchange, stream: bool = False) -> HTTPResponse:
        if self._transport.is_closed():
            raise SpecwireError(f"this {self.name} is closed: make a new one")
        operation, credentials = exchange.request.operation, exchange.prepared.credentials
        while True:
            exchange.state.attempts += 1
            try:
                options = exchange.options
                if options.deadline is not None:
                    options = exchange.state.deadline.bounded(options)
                auth = None
                if credentials is not None and exchange.trusted:
                    auth = exchange.prepared.auth
                    if auth is None:
                        auth = await credentials.aget(operation, self._transport, options)
                request = exchange.next_request(auth, asynchronous=True)
                if options.middleware:
                    response = await self._through(options, stream)(request)
                else:
                    response = await self._transport.send(request, options, stream)
                if response.status_code < 300:
                    if logging.listening():
                        exchange.log_end(response.status_code, response)
                    return response
                await response.aread()
                await response.aclose()
            except BodyTooLargeError as excess:
                raise parsing.too_large(exchange.state, excess) from None
            except TransportError as failure:
                failure.retryable = failure.retryable and not self._transport.is_closed()
                pause = exchange.after_failure(failure)
            except TokenDeniedError as denial:
                raise parsing.token_denied_error(exchange.state, denial) from None
            else:
                if exchange.follow_redirect(response) or self.renew_auth(exchange, response):
                    continue
                pause = exchange.after_error(response)
            await sleep(pause)

    def _through(self, options: Options, stream: bool) -> AsyncSend:
        """Return a function that sends an attempt through the middleware."""
        known: AsyncSend | None = self._chains.get(stream) if options is self.options else None
        if known is not None:
            return known
        from specwire._http.middleware import chained_async  # few use it

        chain = chained_async(options.middleware, partial(self._transport.send, options=options, stream=stream))
        if options is self.options:
            self._chains[stream] = chain
        return chain

    def items(self, request: PagedRequest[T, ItemT]) -> AsyncIterator[ItemT]:
        """Iterate over the items of a page and of all later ones."""
        return AsyncItems(request, self.pages(request))

    def pages(self, request: PagedRequest[T, ItemT]) -> AsyncIterator[T]:
        """Iterate over a page and all later ones."""
        trail = pagination.Trail(request, self.options.max_pages)
        return AsyncPages(self.perform, trail)

    async def run(self, workflow: Workflow[T]) -> T:
        """Run a workflow to its end and return its value."""
        advance: Callable[[], Step] = partial(next, workflow)
        with closing(workflow):
            while True:
                try:
                    step = advance()
                except StopIteration as end:
                    value: T = end.value
                    return value
                try:
                    response: Any = None
                    if isinstance(step, Pause):
                        await sleep(step.seconds)
                    elif isinstance(step, Save):
                        from specwire._downloads.async_download import AsyncDownload  # few use it

                        response = await AsyncDownload.called(self, step.request).save(step.path)
                    else:
                        response = await self.value(step)
                except Exception as error:
                    advance = partial(workflow.throw, error)
                else:
                    advance = partial(workflow.send, response)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()
