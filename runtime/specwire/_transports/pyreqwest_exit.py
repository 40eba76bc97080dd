"""End of the program: clients of pyreqwest close, and its threads leave Python, before the interpreter ends.

pyreqwest delivers results from a thread of its own. It aborts the program if that thread waits for the interpreter while
the interpreter ends, which happens even just after the last response.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from types import FrameType
from typing import Protocol
from weakref import WeakSet

from pyreqwest.client import SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError

_LONGEST = 2.0
"""Seconds to wait for other threads."""
_PACKAGE = "specwire._transports."


class Closable(Protocol):
    """Client that can be closed at any time, from any thread."""

    def close_now(self) -> None: ...


_open: WeakSet[Closable] = WeakSet()
_users: set[int] = set()
"""Processes with clients: the thread of pyreqwest does not survive a fork."""


def close_at_exit(client: Closable) -> None:
    """Close a client at the end of the program, if it still exists."""
    _open.add(client)
    _users.add(os.getpid())


@atexit.register
def _end() -> None:
    for client in tuple(_open):
        client.close_now()
    if os.getpid() not in _users:
        return
    end = time.monotonic() + _LONGEST
    _deliver()
    while _is_busy() and time.monotonic() < end:
        time.sleep(0.001)
        _deliver()


def _deliver() -> None:
    """Wait until the thread of pyreqwest has delivered the results that it has: it works off its tasks in order.

    A thread that waits for the interpreter is in no list of Python's. The last task is a request that fails at once and
    whose result goes another way. It needs no certificates, which take long to load.
    """
    builder = SyncClientBuilder().no_proxy().danger_accept_invalid_certs(True).timeout(timedelta(seconds=_LONGEST))
    with suppress(PyreqwestError), builder.build() as client:
        client.get("http://127.0.0.1:0").build().send()


def _is_busy() -> bool:
    """Return True if a thread of pyreqwest runs Python code, or another thread is inside a call of it."""
    known = {thread.ident for thread in threading.enumerate()}
    here = threading.get_ident()
    return any(
        thread not in known or _is_inside(frame) for thread, frame in sys._current_frames().items() if thread != here
    )


def _is_inside(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(_PACKAGE):
            return True
        frame = frame.f_back
    return False
