"""What users put around each try of a call, or around each call: to watch it, change it, or answer in its place.

Around a try, a middleware is a function of what is about to be sent and of what sends it; `outgoing.headers` holds the
credentials, so do not log them::

    def timed(outgoing: Outgoing, send: Send) -> Answer:
        started = time.monotonic()
        answer = send(outgoing)
        print(outgoing.method, answer.status_code, time.monotonic() - started)
        return answer

    client = Client(middleware=[timed])

Around a call with all its attempts, it is a function of the request value and of what makes the call; it sees the
exception that the caller would see::

    def counted(request: BaseRequest, call: Call) -> Response[Any]:
        try:
            return call(request)
        except APIError as error:
            failures[request.operation.id, type(error)] += 1
            raise

    client = Client(call_middleware=[counted])

The first of several is the outermost. Middleware of asynchronous clients is written with `async def` and `await`. Each
page of a list is a call, and so is each question of a `wait`, and each time that a stream or a download is resumed. The
call of a stream or a download is over when its answer begins: `response.content` is empty then, and only the server's
own answer can be given back.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from specwire._http.request import PreparedRequest
from specwire._http.response import HTTPResponse
from specwire._network.transport_errors import TransportError
from specwire._operations.request import BaseRequest
from specwire._operations.response import Response

__all__ = [
    "HTTPResponse",
    "AsyncCall",
    "AsyncCallMiddleware",
    "AsyncMiddleware",
    "AsyncSend",
    "BaseRequest",
    "Call",
    "CallMiddleware",
    "Middleware",
    "PreparedRequest",
    "Response",
    "Send",
    "TransportError",
]

Send: TypeAlias = Callable[[PreparedRequest], HTTPResponse]
"""Sends one try; raises `TransportError` when no answer comes."""
AsyncSend: TypeAlias = Callable[[PreparedRequest], Awaitable[HTTPResponse]]
"""Sends one try; raises `TransportError` when no answer comes."""
Middleware: TypeAlias = Callable[[PreparedRequest, Send], HTTPResponse]
AsyncMiddleware: TypeAlias = Callable[[PreparedRequest, AsyncSend], Awaitable[HTTPResponse]]

Call: TypeAlias = Callable[[BaseRequest], Response[Any]]
"""Makes a call with all its attempts; raises `APIError` and the like."""
AsyncCall: TypeAlias = Callable[[BaseRequest], Awaitable[Response[Any]]]
"""Makes a call with all its attempts; raises `APIError` and the like."""
CallMiddleware: TypeAlias = Callable[[BaseRequest, Call], Response[Any]]
AsyncCallMiddleware: TypeAlias = Callable[[BaseRequest, AsyncCall], Awaitable[Response[Any]]]

In = TypeVar("In")
Out = TypeVar("Out")


def chained(middleware: Sequence[Any], send: Send) -> Send:
    """Return what sends a try through all of the middleware."""
    for each in reversed(middleware):
        send = _around(each, send, HTTPResponse)
    return send


def chained_async(middleware: Sequence[Any], send: AsyncSend) -> AsyncSend:
    """Return what sends a try through all of the middleware."""
    for each in reversed(middleware):
        send = _around_async(each, send, HTTPResponse)
    return send


def chained_calls(middleware: Sequence[Any], call: Call) -> Call:
    """Return what makes a call through all of the middleware."""
    for each in reversed(middleware):
        call = _around(each, call, Response)
    return call


def chained_calls_async(middleware: Sequence[Any], call: AsyncCall) -> AsyncCall:
    """Return what makes a call through all of the middleware."""
    for each in reversed(middleware):
        call = _around_async(each, call, Response)
    return call


def _around(
    middleware: Callable[[In, Callable[[In], Out]], Any], inner: Callable[[In], Out], kind: type[Out]
) -> Callable[[In], Out]:
    def outer(value: In) -> Out:
        result = middleware(value, inner)
        if isinstance(result, kind):
            return result
        if inspect.iscoroutine(result):
            result.close()
            raise TypeError(f"middleware {_name(middleware)} is asynchronous: give this client a plain function")
        raise _wrong(middleware, result, kind)

    return outer


def _around_async(
    middleware: Callable[[In, Callable[[In], Awaitable[Out]]], Any],
    inner: Callable[[In], Awaitable[Out]],
    kind: type[Out],
) -> Callable[[In], Awaitable[Out]]:
    async def outer(value: In) -> Out:
        awaited = middleware(value, inner)
        if not isinstance(awaited, Awaitable):
            raise TypeError(f"middleware {_name(middleware)} is synchronous: give this client an `async def`")
        result = await awaited
        if isinstance(result, kind):
            return result
        raise _wrong(middleware, result, kind)

    return outer


def _wrong(middleware: object, result: object, kind: type) -> TypeError:
    source = "send(outgoing)" if kind is HTTPResponse else "call(request)"
    text = f"middleware {_name(middleware)} returned {type(result).__name__}: return what `{source}` gives"
    return TypeError(text)


def _name(middleware: object) -> str:
    return getattr(middleware, "__qualname__", type(middleware).__qualname__)
