"""What users put around each try of a call: to watch it, change it, or answer in the server's place.

A middleware is a function of what is about to be sent and of what sends it::

    def timed(outgoing: Outgoing, send: Send) -> Answer:
        started = time.monotonic()
        answer = send(outgoing)
        print(outgoing.method, answer.status, time.monotonic() - started)
        return answer

    client = Client(middleware=[timed])

The first of several is the outermost. `outgoing.headers` holds the credentials: do not log them.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from specwire.answer import Answer
from specwire.transport import Outgoing

__all__ = ["Answer", "AsyncMiddleware", "AsyncSend", "Middleware", "Outgoing", "Send"]

Send: TypeAlias = Callable[[Outgoing], Answer]
"""Sends one try; raises `TransportFailure` when no answer comes."""
AsyncSend: TypeAlias = Callable[[Outgoing], Awaitable[Answer]]
"""Sends one try; raises `TransportFailure` when no answer comes."""
Middleware: TypeAlias = Callable[[Outgoing, Send], Answer]
AsyncMiddleware: TypeAlias = Callable[[Outgoing, AsyncSend], Awaitable[Answer]]


def chained(middleware: Sequence[Any], send: Send) -> Send:
    """Return what sends a try through all of the middleware."""
    for each in reversed(middleware):
        send = _around(each, send)
    return send


def chained_async(middleware: Sequence[Any], send: AsyncSend) -> AsyncSend:
    """Return what sends a try through all of the middleware."""
    for each in reversed(middleware):
        send = _around_async(each, send)
    return send


def _around(middleware: Callable[[Outgoing, Send], Any], send: Send) -> Send:
    def sent(outgoing: Outgoing) -> Answer:
        answer = middleware(outgoing, send)
        if isinstance(answer, Answer):
            return answer
        if inspect.iscoroutine(answer):
            answer.close()
            raise TypeError(f"middleware {_name(middleware)} is asynchronous: give this client a plain function")
        raise _no_answer(middleware, answer)

    return sent


def _around_async(middleware: Callable[[Outgoing, AsyncSend], Any], send: AsyncSend) -> AsyncSend:
    async def sent(outgoing: Outgoing) -> Answer:
        awaited = middleware(outgoing, send)
        if not isinstance(awaited, Awaitable):
            raise TypeError(f"middleware {_name(middleware)} is synchronous: give this client an `async def`")
        answer = await awaited
        if isinstance(answer, Answer):
            return answer
        raise _no_answer(middleware, answer)

    return sent


def _no_answer(middleware: object, answer: object) -> TypeError:
    kind = type(answer).__name__
    return TypeError(f"middleware {_name(middleware)} returned {kind}: return what `send(outgoing)` gives")


def _name(middleware: object) -> str:
    return getattr(middleware, "__qualname__", type(middleware).__qualname__)
