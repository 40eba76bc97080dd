"""Middleware around each attempt, or around each call: it observes, changes or replaces them.

Middleware around an attempt receives the prepared request and a function that sends it. `request.headers` holds the
credentials, so don't log them::

    def timed(request: PreparedRequest, send: Send) -> HTTPResponse:
        started = time.monotonic()
        response = send(request)
        print(request.method, response.status_code, time.monotonic() - started)
        return response

    client = Client(middleware=[timed])

Middleware around a call with all its attempts receives the request value and a function that performs the call. It sees
the exception that the caller would see::

    def counted(request: BaseRequest, call: Call) -> Response[Any]:
        try:
            return call(request)
        except APIError as error:
            failures[request.operation.id, type(error)] += 1
            raise

    client = Client(call_middleware=[counted])

The first middleware of a list is the outermost. Asynchronous clients take `async def` functions. Each page of a list is
a call of its own, and so is each poll of a `wait` and each resumption of a stream or a download. The call of a stream
or a download ends with the response head: `response.content` is empty then, and middleware must return the server's
response.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import CoroutineType
from typing import Any, TypeAlias, TypeVar

from specwire._http.request import PreparedRequest, is_observer
from specwire._http.response import HTTPResponse
from specwire._network.transport_errors import TransportError
from specwire._operations.request import BaseRequest
from specwire._operations.response import Response

__all__ = [
    "AsyncCall",
    "AsyncCallMiddleware",
    "AsyncMiddleware",
    "AsyncSend",
    "BaseRequest",
    "Call",
    "CallMiddleware",
    "HTTPResponse",
    "Middleware",
    "PreparedRequest",
    "Response",
    "Send",
    "TransportError",
]

Send: TypeAlias = Callable[[PreparedRequest], HTTPResponse]
"""Sends one attempt; raises `TransportError` without a response."""
AsyncSend: TypeAlias = Callable[[PreparedRequest], Awaitable[HTTPResponse]]
"""Sends one attempt; raises `TransportError` without a response."""
Middleware: TypeAlias = Callable[[PreparedRequest, Send], HTTPResponse]
AsyncMiddleware: TypeAlias = Callable[[PreparedRequest, AsyncSend], Awaitable[HTTPResponse]]

Call: TypeAlias = Callable[[BaseRequest], Response[Any]]
"""Performs a call with all its attempts; raises `APIError` and its subclasses."""
AsyncCall: TypeAlias = Callable[[BaseRequest], Awaitable[Response[Any]]]
"""Performs a call with all its attempts; raises `APIError` and its subclasses."""
CallMiddleware: TypeAlias = Callable[[BaseRequest, Call], Response[Any]]
AsyncCallMiddleware: TypeAlias = Callable[[BaseRequest, AsyncCall], Awaitable[Response[Any]]]

In = TypeVar("In")
Out = TypeVar("Out")
Inner = TypeVar("Inner", bound=Callable[..., Any])


def chained(middleware: Sequence[Any], send: Send) -> Send:
    """Return a function that sends an attempt through all middleware."""
    return _through(middleware, send, _around, HTTPResponse)


def chained_async(middleware: Sequence[Any], send: AsyncSend) -> AsyncSend:
    """Return a function that sends an attempt through all middleware."""
    return _through(middleware, send, _around_async, HTTPResponse)


def chained_calls(middleware: Sequence[Any], call: Call) -> Call:
    """Return a function that performs a call through all middleware."""
    return _through(middleware, call, _around, Response)


def chained_calls_async(middleware: Sequence[Any], call: AsyncCall) -> AsyncCall:
    """Return a function that performs a call through all middleware."""
    return _through(middleware, call, _around_async, Response)


def _through(middleware: Sequence[Any], inner: Inner, around: Callable[[Any, Inner, Any], Inner], kind: type) -> Inner:
    for each in reversed(middleware):
        inner = _directly(each, inner) if is_observer(each) else around(each, inner, kind)
    return inner


def _directly(observer: Any, inner: Inner) -> Inner:
    """Return a function that calls middleware of the runtime's own, whose results need no check."""
    direct: Any = partial(observer, send=inner)
    made: Inner = direct
    return made


def _around(
    middleware: Callable[[In, Callable[[In], Out]], Any], inner: Callable[[In], Out], kind: type[Out]
) -> Callable[[In], Out]:
    def outer(value: In) -> Out:
        result = middleware(value, inner)
        if isinstance(result, kind):
            return result
        if inspect.iscoroutine(result):
            result.close()
            raise TypeError(f"middleware {_name(middleware)} is asynchronous: pass a plain function to this client")
        raise _wrong(middleware, result, kind)

    return outer


def _around_async(
    middleware: Callable[[In, Callable[[In], Awaitable[Out]]], Any],
    inner: Callable[[In], Awaitable[Out]],
    kind: type[Out],
) -> Callable[[In], Awaitable[Out]]:
    async def outer(value: In) -> Out:
        awaited = middleware(value, inner)
        if not isinstance(awaited, CoroutineType | Awaitable):  # the first is quicker to find out
            raise TypeError(f"middleware {_name(middleware)} is synchronous: pass an `async def` to this client")
        result = await awaited
        if isinstance(result, kind):
            return result
        raise _wrong(middleware, result, kind)

    return outer


def _wrong(middleware: object, result: object, kind: type) -> TypeError:
    source = "send(request)" if kind is HTTPResponse else "call(request)"
    text = f"middleware {_name(middleware)} returned {type(result).__name__}: return the result of `{source}`"
    return TypeError(text)


def _name(middleware: object) -> str:
    return getattr(middleware, "__qualname__", type(middleware).__qualname__)
