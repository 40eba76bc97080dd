"""Connections of the synchronous client that let no read and no write last longer than the call may.

The HTTP library bounds each wait, but a server that sends a byte now and then can prolong an answer without end. So its
network backend is wrapped: every wait is as long as is left, and none begins when nothing is.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from specwire.failure import TransportFailure

_PIECE = 64 * 1024
"""Bytes to write between two looks at the time."""


_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
"""An address, for which no resolver is asked."""


class _Limit(threading.local):
    until: float | None = None
    """When what this thread does has to be over, by the monotonic clock."""


_limit = _Limit()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what the block reads and writes on connections of this module last so long."""
    before, _limit.until = _limit.until, time.monotonic() + seconds
    try:
        yield
    finally:
        _limit.until = before


def make_punctual(client: Any) -> None:
    """Let the connections that an HTTP client will make heed `within`."""
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)


class Stream:
    """A connection, as the HTTP library has it, that heeds `within`."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._stream.read(max_bytes, _bounded(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if _limit.until is None:
            self._stream.write(buffer, timeout)
            return
        view = memoryview(buffer)
        for start in range(0, len(view), _PIECE):
            self._stream.write(view[start : start + _PIECE], _bounded(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Stream:
        return Stream(self._stream.start_tls(ssl_context, server_hostname, _bounded(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend:
    """What makes connections, as the HTTP library has it; all that is asked of it but they is the library's own."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, host: str, *args: Any, timeout: float | None = None, **kwargs: Any) -> Stream:
        *others, last = _addresses(host) if _limit.until is not None else (host,)
        for address in others:
            with suppress(Exception):  # the next address may do; what is wrong with the last one is told
                return Stream(self._backend.connect_tcp(address, *args, timeout=_bounded(timeout), **kwargs))
        return Stream(self._backend.connect_tcp(last, *args, timeout=_bounded(timeout), **kwargs))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


def _addresses(host: str) -> Sequence[str]:
    """Return the addresses of a host, or the host itself if it has none: connecting tells what is wrong with it.

    The system's resolver knows no time of ours, so it is asked on a thread that may be left behind. Raises
    `TransportFailure` when there is no time left.
    """
    if _ADDRESS.fullmatch(host):
        return (host,)
    found: list[str] = []
    known = threading.Event()

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        known.set()

    threading.Thread(target=ask, name="specwire: name look-up", daemon=True).start()
    if not known.wait(_bounded(None)):
        raise TransportFailure("the address of the host was not found in time", sent=False, timeout=True)
    return found or (host,)


def _bounded(timeout: float | None) -> float | None:
    """Return how long a wait may be; raises `TransportFailure` when there is no time left."""
    until = _limit.until
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise TransportFailure("nothing came in time", sent=True, timeout=True)
    return left if timeout is None else min(timeout, left)
