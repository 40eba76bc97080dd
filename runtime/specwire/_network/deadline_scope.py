"""Time limit of the current thread for all reads and writes on its connections.

The HTTP library limits each single wait, but a server that sends a byte now and then can extend a response forever.
So connections ask here before each wait: none exceeds the remaining time, and none begins after the deadline.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any
from weakref import WeakSet

from specwire._network.timeouts import ReadTimeout
from specwire._network.transport_errors import TransportError

_PIECE = 64 * 1024
"""Number of bytes to write between two checks of the time."""


class _Limit(threading.local):
    until: float | None = None
    """Monotonic time at which the operations of this thread must end."""


_limit = _Limit()
_limited: WeakSet[Any] = WeakSet()
"""Streams that obey the limit."""


@contextmanager
def deadline_scope(seconds: float) -> Iterator[None]:
    """Limit all reads and writes of the block to `seconds` in total."""
    before, _limit.until = _limit.until, time.monotonic() + seconds
    try:
        yield
    finally:
        _limit.until = before


def has_deadline() -> bool:
    """Return True inside `deadline_scope`."""
    return _limit.until is not None


def remaining(timeout: float | None) -> float | None:
    """Return the maximum seconds for a read, without the limit; raise `TransportError` if there are none left."""
    if type(timeout) is not ReadTimeout:
        return timeout
    left = timeout.left
    if left <= 0:
        raise TransportError("no data arrived in time", sent=True, timeout=True)
    return left


def end_of(timeout: float | None) -> float:
    """Return the monotonic time at which a read that begins now must end; infinity without a limit."""
    if type(timeout) is ReadTimeout and timeout.until is not None:
        return timeout.until
    return inf if timeout is None else time.monotonic() + timeout


def bounded(timeout: float | None) -> float | None:
    """Return the maximum seconds for a wait; raise `TransportError` after the deadline."""
    timeout, until = remaining(timeout), _limit.until
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise TransportError("no data arrived in time", sent=True, timeout=True)
    return left if timeout is None else min(timeout, left)


def write(send: Callable[[Any, float | None], object], data: bytes, timeout: float | None) -> None:
    """Write bytes in pieces with a check of the time before each; at once without a deadline."""
    if _limit.until is None:
        send(data, timeout)
        return
    view = memoryview(data)
    for start in range(0, len(view), _PIECE):
        send(view[start : start + _PIECE], bounded(timeout))


def is_limited(stream: object) -> bool:
    """Return True if a stream obeys the limit."""
    return stream in _limited


def mark_limited(stream: object) -> None:
    """Declare that a stream asks for the limit before each wait."""
    _limited.add(stream)
