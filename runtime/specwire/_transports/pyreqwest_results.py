"""Headers, exceptions and cancellations of pyreqwest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from ssl import SSLCertVerificationError
from typing import Any

from pyreqwest import exceptions

from specwire._transports import library
from specwire._transports.messages import RawHeaders

_CONNECTING_FAILED = "client error (Connect)"
"""Cause of a failure before the request was sent.

pyreqwest raises `ConnectError` and `ConnectTimeoutError` also for a request that the server may have received.
"""
_DISTRUST = "invalid peer certificate"
_KINDS: tuple[tuple[type[Exception], type[Exception]], ...] = (
    (exceptions.ClientClosedError, library.ClosedResourceError),
    (exceptions.PoolTimeoutError, library.PoolTimeout),
    (TimeoutError, library.ReadTimeout),
    (exceptions.BuilderError, library.InvalidURL),
)


class ReadHeaders(RawHeaders):
    """Headers of a response; those beyond ASCII are left out, since pyreqwest does not return them."""

    __slots__ = ("_response",)

    def __init__(self, response: Any) -> None:
        self._response = response

    @property
    def _mapping(self) -> Any:
        """Return the mapping of all headers, which costs more than the value of one."""
        return self._response.headers

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header."""
        try:
            value = self._response.get_header(name)
        except ValueError:
            return default
        return default if value is None else value

    @property
    def multi_items(self) -> Callable[[], Iterable[tuple[str, str]]]:
        return self._pairs

    def _pairs(self) -> Iterable[tuple[str, str]]:
        try:
            return list(self._mapping.items())
        except ValueError:
            return list(self._readable_pairs())

    def _readable_pairs(self) -> Iterator[tuple[str, str]]:
        for name in dict.fromkeys(self._mapping.keys()):
            try:
                values = self._mapping.getall(name)
            except ValueError:
                continue
            for value in values:
                yield name, value


def translated(error: Exception) -> Exception:
    """Return an exception of pyreqwest as one of the names that the transports know.

    It does not refer to the original, whose text has the URL of the request with any credentials in it.
    """
    kind = next((ours for theirs, ours in _KINDS if isinstance(error, theirs)), library.ReadError)
    causes = [str(cause.get("message")) for cause in (getattr(error, "details", None) or {}).get("causes") or []]
    if _CONNECTING_FAILED in causes:
        kind = library.ConnectTimeout if isinstance(error, TimeoutError) else library.ConnectError
    text = causes[-1] if causes else type(error).__name__
    made = kind("" if kind is library.ReadTimeout else text)
    if text.startswith(_DISTRUST):
        made.__cause__ = SSLCertVerificationError(text)
    return made


async def delivered_again() -> None:
    """Give anyio an opportunity to cancel: pyreqwest ends with a cancellation of its own, which anyio does not know.

    anyio delivers its own again at the next suspension.
    """
    await asyncio.sleep(0)


async def unless_cancelled(failure: Exception) -> None:
    """Raise the cancellation of the task, if it is cancelled, in place of the failure that its client was closed.

    A program that ends cancels its tasks and closes its clients, and asyncio reports tasks that end with an exception.
    """
    if isinstance(failure, library.ClosedResourceError):
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            await delivered_again()
            raise asyncio.CancelledError
