"""Middleware around calls whose answer is read as it comes; see `specwire.Middleware`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from specwire._http.middleware import chained_calls, chained_calls_async

if TYPE_CHECKING:
    from specwire._http.response import HTTPResponse
    from specwire._operations.request import BaseRequest
    from specwire._operations.response import Response

    Opened: TypeAlias = tuple[HTTPResponse, Response[None]]


def opened(middleware: Sequence[Any], open_: Callable[[BaseRequest], Opened], request: BaseRequest) -> Opened:
    """Return what a call through middleware opened, its body still to be read."""
    responses: list[HTTPResponse] = []

    def call(request: BaseRequest) -> Response[Any]:
        while responses:
            responses.pop().close()
        http_response, response = open_(request)
        responses.append(http_response)
        return response

    try:
        response = chained_calls(middleware, call)(request)
        return _only(responses, request), response
    except BaseException:
        for http_response in responses:
            http_response.close()
        raise


async def opened_async(
    middleware: Sequence[Any], open_: Callable[[BaseRequest], Awaitable[Opened]], request: BaseRequest
) -> Opened:
    """Return what a call through middleware opened, its body still to be read."""
    responses: list[HTTPResponse] = []

    async def call(request: BaseRequest) -> Response[Any]:
        while responses:
            await responses.pop().aclose()
        http_response, response = await open_(request)
        responses.append(http_response)
        return response

    try:
        response = await chained_calls_async(middleware, call)(request)
        return _only(responses, request), response
    except BaseException:
        for http_response in responses:
            await http_response.aclose()
        raise


def _only(responses: list[HTTPResponse], request: BaseRequest) -> HTTPResponse:
    if not responses:
        raise TypeError(
            f"{request.operation.id}: middleware answered in the server's place, which it cannot for a stream or a "
            "download: return what `call(request)` gives"
        )
    return responses[0]
