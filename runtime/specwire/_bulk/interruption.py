"""Signals that end a run early: Ctrl-C, and the SIGTERM of a service manager, a container or a cluster."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """The first signal that ended a run, if one did."""

    def __init__(self) -> None:
        self._received: int | None = None

    @contextmanager
    def calling(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Call a function for each signal, where that is possible.

        Ignored signals stay ignored, and a program's own handler of SIGTERM stays in place.
        """
        if threading.current_thread() is not threading.main_thread() or os.name != "posix":
            yield
            return

        def receive(number: int) -> None:
            self._received = self._received or number
            interrupt()

        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        taken = [
            number
            for number, handler in before.items()
            if handler == signal.SIG_DFL or (number == signal.SIGINT and handler not in (signal.SIG_IGN, None))
        ]
        for number in taken:
            loop.add_signal_handler(number, receive, number)
        try:
            yield
        finally:
            for number in taken:
                loop.remove_signal_handler(number)
                signal.signal(number, before[number])

    def end(self) -> None:
        """End the program as the signal would have, now that the run is complete: a shell sees 130 or 143."""
        if self._received == signal.SIGTERM:
            raise SystemExit(128 + signal.SIGTERM)
        raise KeyboardInterrupt
