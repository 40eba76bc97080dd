"""Connections whose calls go through what users put around them; see `specwire.middleware`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from specwire.connection import AsyncConnection, Connection

if TYPE_CHECKING:
    from specwire.answer import Answer
    from specwire.changes import OptionChanges
    from specwire.options import Options
    from specwire.request import BaseRequest, Request
    from specwire.response import Response

T = TypeVar("T")


class CallConnection(Connection):
    """The connection of a synchronous client."""

    def perform(
        self, request: Request[T], changes: OptionChanges | None = None, *, lenient: bool = False
    ) -> Response[T]:
        """Send a request value and return the whole answer; a lenient call raises nothing for what its body is."""
        middleware = self.options_with(changes).call_middleware
        if not middleware:
            return super().perform(request, changes, lenient=lenient)
        from specwire.middleware import chained_calls  # few use it

        perform = super().perform

        def call(request: Any) -> Response[Any]:
            return perform(request, changes, lenient=lenient)

        return chained_calls(middleware, call)(request)

    def open(self, request: BaseRequest, options: Options) -> tuple[Answer, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        if not options.call_middleware:
            return super().open(request, options)
        from specwire.middleware import chained_calls

        opened: list[Answer] = []
        open_ = super().open

        def call(request: BaseRequest) -> Response[Any]:
            while opened:
                opened.pop().close()
            answer, response = open_(request, options)
            opened.append(answer)
            return response

        try:
            response = chained_calls(options.call_middleware, call)(request)
            return _only(opened, request), response
        except BaseException:
            for answer in opened:
                answer.close()
            raise


class AsyncCallConnection(AsyncConnection):
    """The connection of an asynchronous client."""

    async def perform(
        self, request: Request[T], changes: OptionChanges | None = None, *, lenient: bool = False
    ) -> Response[T]:
        """Send a request value and return the whole answer; a lenient call raises nothing for what its body is."""
        middleware = self.options_with(changes).call_middleware
        if not middleware:
            return await super().perform(request, changes, lenient=lenient)
        from specwire.middleware import chained_calls_async  # few use it

        perform = super().perform

        async def call(request: Any) -> Response[Any]:
            return await perform(request, changes, lenient=lenient)

        return await chained_calls_async(middleware, call)(request)

    async def open(self, request: BaseRequest, options: Options) -> tuple[Answer, Response[None]]:
        """Send a request value and return its answer with the body still to be read."""
        if not options.call_middleware:
            return await super().open(request, options)
        from specwire.middleware import chained_calls_async

        opened: list[Answer] = []
        open_ = super().open

        async def call(request: BaseRequest) -> Response[Any]:
            while opened:
                await opened.pop().aclose()
            answer, response = await open_(request, options)
            opened.append(answer)
            return response

        try:
            response = await chained_calls_async(options.call_middleware, call)(request)
            return _only(opened, request), response
        except BaseException:
            for answer in opened:
                await answer.aclose()
            raise


def _only(opened: list[Answer], request: BaseRequest) -> Answer:
    if not opened:
        raise TypeError(
            f"{request.operation.id}: middleware answered in the server's place, which it cannot for a stream or a "
            "download: return what `call(request)` gives"
        )
    return opened[0]
