"""Connections to a host with several addresses: attempts start one after another, and the first success wins.

As in RFC 8305: if the IPv6 address of a host is unreachable, IPv4 follows at once.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from math import inf
from typing import Any, Self, TypeAlias

Place: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]
"""Family, type, protocol, canonical name and address, as from `socket.getaddrinfo`."""
_HEAD_START = 0.25
"""Seconds before the next address is attempted too."""
_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, errno.EINTR})
"""System error codes of a connection in progress."""


def look_up(host: str, port: int, seconds: float | None) -> list[Place]:
    """Return the addresses of a host, alternating families; raise `OSError`, or `UnicodeError` for an invalid name.

    The system's resolver has no time limit. With a limit, the lookup runs on a thread that may be left behind.
    """
    if seconds is None:
        return _in_turn(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    found: list[Place] = []
    errors: list[Exception] = []
    known = threading.Event()

    def resolve() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            errors.append(error)
        known.set()

    threading.Thread(target=resolve, name="specwire: DNS lookup", daemon=True).start()
    if not known.wait(seconds):
        raise TimeoutError("the address of the host was not found in time")
    for error in errors:
        raise error
    return _in_turn(found)


def _in_turn(places: Sequence[Place]) -> list[Place]:
    families = dict.fromkeys(each[0] for each in places)
    rows = zip_longest(*([each for each in places if each[0] == family] for family in families))
    return [each for each in chain.from_iterable(rows) if each is not None]


def dial(
    places: Sequence[Place],
    port: int,
    seconds: float | None,
    source: str | None = None,
    options: Iterable[Sequence[Any]] = (),
) -> socket.socket:
    """Return a connection to the first address that accepts one; raise `OSError`."""
    now = time.monotonic()
    end = inf if seconds is None else now + seconds
    left, turn, given = deque(places), now, tuple(options)
    with _Attempts() as attempts:
        while left or attempts:
            now = time.monotonic()
            if now >= end:
                raise TimeoutError("no connection in time")
            if left and (now >= turn or not attempts):
                attempts.begin(left.popleft(), port, source, given)
                turn = now + _HEAD_START
            if (made := attempts.made(min(end, turn if left else inf) - now)) is not None:
                return made
        raise attempts.error


class _Attempts:
    """Connection attempts in progress; unused ones are closed."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self.error = OSError("the host has no address")
        """Error of the last failed attempt."""

    def __len__(self) -> int:
        return len(self._selector.get_map())

    def begin(self, place: Place, port: int, source: str | None, options: Sequence[Sequence[Any]]) -> None:
        """Start to connect to an address."""
        family, kind, protocol, _, address = place
        try:
            connection = socket.socket(family, kind, protocol)
        except OSError as error:
            self.error = error
            return
        try:
            for option in options:
                connection.setsockopt(*option)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if source is not None:
                connection.bind((source, 0))
            connection.setblocking(False)
            code = connection.connect_ex((address[0], address[1] or port, *address[2:]))
            if code not in _UNDER_WAY:
                raise OSError(code, os.strerror(code))
        except OSError as error:
            self.error = error
            connection.close()
        else:
            self._selector.register(connection, selectors.EVENT_WRITE)

    def made(self, seconds: float) -> socket.socket | None:
        """Wait for an attempt to end, and return its connection; None on failure or timeout."""
        if not self:
            return None
        for key, _ in self._selector.select(None if seconds == inf else max(seconds, 0)):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            self._selector.unregister(connection)
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not code:
                return connection
            self.error = OSError(code, os.strerror(code))
            connection.close()
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()
