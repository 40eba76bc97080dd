"""Network backend that enforces deadlines on every read and write.

The HTTP library limits each single wait, but a server that sends a byte now and then can extend a response forever.
So the network backend of each client is wrapped, including those of users: no wait exceeds the remaining time, and
none begins after the deadline. Calls without a deadline behave as before.
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
"""Number of bytes to write between two checks of the time."""


_KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4))
"""TCP keep-alive: seconds of silence before the first probe and between probes, and the number of unanswered probes."""
_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
"""Pattern of an IP address, which needs no DNS lookup."""


class _Limit(threading.local):
    until: float | None = None
    """Monotonic time at which the operations of this thread must end."""


_limit = _Limit()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limit all reads and writes of the block on these connections to `seconds` in total."""
    before, _limit.until = _limit.until, time.monotonic() + seconds
    try:
        yield
    finally:
        _limit.until = before


def install_deadlines(client: Any, *, alive: bool = False) -> None:
    """Make future connections of an HTTP client obey `within` and `ReadTimeout`.

    `alive` enables TCP keep-alive: routers forget silent connections.
    """
    kind = _AsyncBackend if hasattr(client, "aclose") else _Backend
    for pool, backend in _backends(client):
        if not isinstance(backend, kind):
            pool._network_backend = kind(backend, alive)


def interrupt(client: Any) -> None:
    """Interrupt waiting threads on the connections of a synchronous HTTP client that is about to be closed."""
    for _, backend in _backends(client):
        if isinstance(backend, _Backend):
            backend.interrupt()


def _backends(client: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each connection pool of an HTTP client with its network backend."""
    mounts = getattr(client, "_mounts", None) or {}
    for transport in (getattr(client, "_transport", None), *mounts.values()):
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if backend is not None:
            yield pool, backend


class Stream:
    """Connection that obeys `within` and `ReadTimeout`."""

    def __init__(self, stream: Any, siblings: WeakSet[Stream]) -> None:
        self._stream = stream
        self._siblings = siblings
        self._interrupted = False
        siblings.add(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._stream.read(max_bytes, _bounded(timeout))
        if not data and self._interrupted:
            raise TransportError(CLOSED_HERE, sent=True, timeout=False, retryable=False)
        return data

    def interrupt(self) -> None:
        """Wake a thread that waits for bytes, with an end of file; closing the socket wouldn't wake it."""
        self._interrupted = True
        connection = self.get_extra_info("socket")
        if connection is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which would remove the encryption while the other thread uses it.
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
    """Connection of an asynchronous client that obeys `ReadTimeout`; all other limits apply to its task."""

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
    """Network backend of an asynchronous client; delegates all other calls to the library's own."""

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
    """Network backend of a synchronous client; delegates all other calls to the library's own."""

    def __init__(self, backend: Any, alive: bool = False) -> None:
        self._backend = backend
        self._alive = alive
        self._streams: WeakSet[Stream] = WeakSet()

    def interrupt(self) -> None:
        """Interrupt waiting threads."""
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
        # The module that defines the method: `__module__` of the class names the package.
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
    """Enable TCP keep-alive if the system supports it."""
    connection = stream.get_extra_info("socket")
    if connection is None:
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)


def _left(timeout: float | None) -> float | None:
    """Return the maximum seconds for a read; raise `TransportError` after the deadline."""
    if type(timeout) is not ReadTimeout:
        return timeout
    left = timeout.left
    if left <= 0:
        raise TransportError("no data arrived in time", sent=True, timeout=True)
    return left


def _bounded(timeout: float | None) -> float | None:
    """Return the maximum seconds for a wait; raise `TransportError` after the deadline."""
    timeout, until = _left(timeout), _limit.until
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise TransportError("no data arrived in time", sent=True, timeout=True)
    return left if timeout is None else min(timeout, left)
