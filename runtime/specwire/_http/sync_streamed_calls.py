# Derived from async_streamed_calls.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Synchronous middleware around calls whose response is read as it arrives; see `specwire.Middleware`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from specwire._http.middleware import chained_calls

if TYPE_CHECKING:
    from specwire._http.response import HTTPResponse
    from specwire._operations.request import BaseRequest
    from specwire._operations.response import Response

    Opened: TypeAlias = tuple[HTTPResponse, Response[None]]


def opened(middleware: Sequence[Any], open_: Callable[[BaseRequest], Opened], request: BaseRequest) -> Opened:
    """Return the open response of a call through middleware, its body unread."""
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


def _only(responses: list[HTTPResponse], request: BaseRequest) -> HTTPResponse:
    if not responses:
        raise TypeError(
            f"{request.operation.id}: middleware cannot replace the response of a stream or a download: return the "
            "result of `call(request)`"
        )
    return responses[0]
