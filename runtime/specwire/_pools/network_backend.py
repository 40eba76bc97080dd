"""Network backends of a client's own connections, which enforce deadlines; for the pools of httpcore2."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar
from weakref import WeakSet

import httpcore2

from specwire._network.deadline_scope import bounded, mark_limited, remaining, write
from specwire._network.dialing import dial, look_up
from specwire._network.event_loop import is_trio
from specwire._network.transport_errors import CLOSED_HERE, TransportError, unsent

T = TypeVar("T")

KEEP_ALIVE: tuple[tuple[int, int, int], ...] = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4))
        if hasattr(socket, name)
    ),
)
"""TCP keep-alive, because routers forget silent connections.

The seconds of silence before the first probe and between probes, and the number of unanswered probes.
"""
_TLS_RECORD = 16 * 1024


class Backend(httpcore2.NetworkBackend):
    """Network backend of a synchronous client; a closed client interrupts its waiting threads."""

    def __init__(self) -> None:
        self._streams: WeakSet[Stream] = WeakSet()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        with _translated(httpcore2.ConnectTimeout, httpcore2.ConnectError):
            places = look_up(host, port, None if _is_address(host) else bounded(None))
            connection = dial(places, port, bounded(timeout), local_address, socket_options or ())
        return Stream(connection, self._streams)

    def interrupt(self) -> None:
        """Interrupt waiting threads."""
        for stream in list(self._streams):
            stream.interrupt()


class Stream(httpcore2.NetworkStream):
    """Connection that obeys `deadline_scope` and `ReadTimeout`."""

    def __init__(self, connection: socket.socket, siblings: WeakSet[Stream]) -> None:
        self._socket = connection
        self._siblings = siblings
        self._interrupted = False
        self._is_head = True
        siblings.add(self)
        mark_limited(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        seconds, self._is_head = bounded(timeout), True
        try:  # not `_translated`, which would cost half a microsecond for each read
            self._socket.settimeout(seconds)
            data = self._receive(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore2.ReadError(str(error)) from error
        if not data and self._interrupted:
            raise TransportError(CLOSED_HERE, sent=True, timeout=False, retryable=False)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            is_head, self._is_head = self._is_head, False
            with _translated(httpcore2.WriteTimeout, httpcore2.WriteError), _unsent(is_head):
                write(self._send_all, buffer, timeout)

    def _receive(self, max_bytes: int) -> bytes:
        return self._socket.recv(max_bytes)

    def _send_all(self, data: Any, timeout: float | None) -> None:
        view = memoryview(data)
        while view:
            self._socket.settimeout(timeout)  # for each wait: `sendall` would count it for all of them
            view = view[self._socket.send(view) :]

    def interrupt(self) -> None:
        """Wake a thread that waits for bytes, with an end of file; closing the socket wouldn't wake it."""
        self._interrupted = True
        with suppress(OSError):
            # Not the method of a TLS socket, which would remove the encryption while the other thread uses it.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        seconds = bounded(timeout)
        try:
            with _translated(httpcore2.ConnectTimeout, httpcore2.ConnectError):
                self._socket.settimeout(seconds)
                if isinstance(self._socket, ssl.SSLSocket):
                    return _TunnelledStream(self._socket, self._siblings, ssl_context, server_hostname)
                return Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._siblings)
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "socket":
                return self._socket
            case "ssl_object":
                return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
            case "client_addr":
                return self._socket.getsockname()
            case "server_addr":
                return self._socket.getpeername()
            case "is_readable":
                return is_readable(self._socket)
        return None


class _TunnelledStream(Stream):
    """TLS connection to a server through the TLS connection to a proxy."""

    def __init__(
        self,
        connection: socket.socket,
        siblings: WeakSet[Stream],
        ssl_context: ssl.SSLContext,
        server_hostname: str | None,
    ) -> None:
        super().__init__(connection, siblings)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = ssl_context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)
        self._exchange(self._tls.do_handshake)

    def _exchange(self, step: Callable[[], T]) -> T:
        """Take a step of TLS, with the records that it sends and receives."""
        while True:
            try:
                value = step()
            except ssl.SSLWantReadError:
                self._socket.sendall(self._outgoing.read())
                if data := self._socket.recv(_TLS_RECORD):
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                self._socket.sendall(self._outgoing.read())
                return value

    def _receive(self, max_bytes: int) -> bytes:
        try:
            return self._exchange(lambda: self._tls.read(max_bytes))
        except ssl.SSLZeroReturnError:
            return b""

    def _send_all(self, data: Any, timeout: float | None) -> None:
        view = memoryview(data)
        while view:
            self._socket.settimeout(timeout)
            view = view[self._exchange(partial(self._tls.write, view)) :]

    def get_extra_info(self, info: str) -> Any:
        return self._tls if info == "ssl_object" else super().get_extra_info(info)


class AsyncBackend(httpcore2.AsyncNetworkBackend):
    """Network backend of an asynchronous client, on asyncio or trio."""

    def __init__(self) -> None:
        # httpcore2 declares a second class of each name, for when anyio or trio is missing.
        self._backend: Any = httpcore2.TrioBackend() if is_trio() else httpcore2.AnyIOBackend()

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> AsyncStream:
        return AsyncStream(await self._backend.connect_tcp(*args, **kwargs))


class AsyncStream(httpcore2.AsyncNetworkStream):
    """Connection of an asynchronous client that obeys `ReadTimeout`; all other limits apply to its task."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self._is_head = True

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._is_head = True
        return await self._stream.read(max_bytes, remaining(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        is_head, self._is_head = self._is_head, False
        with _unsent(is_head):
            await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncStream:
        return AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _translated(late: type[Exception], failed: type[Exception]) -> Iterator[None]:
    """Raise the exceptions of sockets as those of httpcore2."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise failed(str(error)) from error


@contextmanager
def _unsent(is_head: bool) -> Iterator[None]:
    """Raise the failure to write the head of a request as `TransportError`.

    The HTTP library would ignore the failure, and wait for a response.
    """
    try:
        yield
    except (ConnectionError, httpcore2.WriteError) as error:
        if not is_head:
            raise
        raise unsent(error) from None


def _is_address(host: str) -> bool:
    """Return True for an IP address, which needs no DNS lookup."""
    return ":" in host or host.replace(".", "").isdigit()


def is_readable(connection: socket.socket) -> bool:
    """Return True if bytes, or the end, have arrived on an idle connection."""
    try:
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(connection, select.POLLIN)
            return bool(poll.poll(0))
        return bool(select.select([connection], [], [], 0)[0])
    except (OSError, ValueError):
        return True  # closed
