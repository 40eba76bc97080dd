"""Connections that let no read and no write last longer than the call may.

The HTTP library bounds each wait, but a server that sends a byte now and then can prolong an answer without end. So its
network backend is wrapped, in clients that users hand in too: a wait is as long as is left, and none begins when
nothing is. Nothing changes for calls without such a bound.
"""

from __future__ import annotations

import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

from specwire._network.dialing import dial, look_up
from specwire._network.timeouts import ReadTimeout
from specwire._network.transport_errors import CLOSED_HERE, TransportError

_PIECE = 64 * 1024
"""Bytes to write between two looks at the time."""


_KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4))
"""Seconds of silence before the first question and between two, and how many may stay without an answer."""
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


def install_deadlines(client: Any, *, alive: bool = False) -> None:
    """Let the connections that an HTTP client will make heed `within` and `ReadTimeout`.

    `alive` lets the system look whether the other side is still there: routers forget connections that are silent.
    """
    kind = _AsyncBackend if hasattr(client, "aclose") else _Backend
    for pool, backend in _backends(client):
        if not isinstance(backend, kind):
            pool._network_backend = kind(backend, alive)


def interrupt(client: Any) -> None:
    """End what other threads wait for on the connections of a synchronous HTTP client that is about to be closed."""
    for _, backend in _backends(client):
        if isinstance(backend, _Backend):
            backend.interrupt()


def _backends(client: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each pool of an HTTP client with the source of its connections."""
    mounts = getattr(client, "_mounts", None) or {}
    for transport in (getattr(client, "_transport", None), *mounts.values()):
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if backend is not None:
            yield pool, backend


class Stream:
    """A connection, as the HTTP library has it, that heeds `within` and `ReadTimeout`."""

    def __init__(self, stream: Any, siblings: WeakSet[Stream]) -> None:
        self._stream = stream
        self._siblings = siblings
        self._interrupted = False
        siblings.add(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._stream.read(max_bytes, _bounded(timeout))
        if not data and self._interrupted:
            raise TransportError(CLOSED_HERE, sent=True, timeout=False, hopeless=True)
        return data

    def interrupt(self) -> None:
        """Let a thread that waits for bytes see the end of them; closing the socket would not wake it."""
        self._interrupted = True
        connection = self.get_extra_info("socket")
        if connection is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which would take the encryption from under the other thread.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

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
        return Stream(self._stream.start_tls(ssl_context, server_hostname, _bounded(timeout)), self._siblings)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class AsyncStream:
    """A connection of an asynchronous client that heeds `ReadTimeout`: whatever else is bounded, its task is."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = await self._stream.read(max_bytes, _left(timeout))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncStream:
        return AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _AsyncBackend:
    """The source of an asynchronous client's connections; other calls go to the HTTP library's own."""

    def __init__(self, backend: Any, alive: bool = False) -> None:
        self._backend = backend
        self._alive = alive

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> AsyncStream:
        stream = await self._backend.connect_tcp(*args, **kwargs)
        if self._alive:
            _keep_alive(stream)
        return AsyncStream(stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


class _Backend:
    """The source of a synchronous client's connections; other calls go to the HTTP library's own."""

    def __init__(self, backend: Any, alive: bool = False) -> None:
        self._backend = backend
        self._alive = alive
        self._streams: WeakSet[Stream] = WeakSet()

    def interrupt(self) -> None:
        """End what other threads wait for."""
        for stream in list(self._streams):
            stream.interrupt()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> Stream:
        # The module that the method was written in: the class calls itself part of the package.
        library = sys.modules.get(type(self._backend).connect_tcp.__module__)
        if library is None or not hasattr(library, "SyncStream") or _ADDRESS.fullmatch(host):
            stream = self._backend.connect_tcp(host, port, _bounded(timeout), local_address, socket_options)
        else:
            try:
                places = look_up(host, port, _bounded(None))
                stream = library.SyncStream(dial(places, port, _bounded(timeout), local_address, socket_options or ()))
            except TimeoutError as error:
                raise library.ConnectTimeout(str(error)) from error
            except OSError as error:
                raise library.ConnectError(str(error)) from error
        if self._alive:
            _keep_alive(stream)
        return Stream(stream, self._streams)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


def _keep_alive(stream: Any) -> None:
    """Let the system ask the other side now and then whether it is there, where the system can."""
    connection = stream.get_extra_info("socket")
    if connection is None:
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)


def _left(timeout: float | None) -> float | None:
    """Return how long a read may wait; raises `TransportError` when there is no time left."""
    if type(timeout) is not ReadTimeout:
        return timeout
    left = timeout.left
    if left <= 0:
        raise TransportError("nothing came in time", sent=True, timeout=True)
    return left


def _bounded(timeout: float | None) -> float | None:
    """Return how long a wait may be; raises `TransportError` when there is no time left."""
    timeout, until = _left(timeout), _limit.until
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise TransportError("nothing came in time", sent=True, timeout=True)
    return left if timeout is None else min(timeout, left)
