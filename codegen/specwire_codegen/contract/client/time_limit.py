"""Time limit for code that cannot be cancelled."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import TypeAlias

_CALLBACK = "gc_callback"
"""Function of hypothesis that the garbage collector calls; Python drops exceptions in it."""
_AGAIN = 0.01
"""Seconds until the next attempt to end a block."""

Limit: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Block that raises `TimeLimitExceeded` when it takes too long, as `partial(within, 10)`."""


class TimeLimitExceeded(BaseException):
    """Time limit exceeded. Not an `Exception`, because hypothesis would report it as a failure and shrink it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `TimeLimitExceeded` in a block that takes more processor time, so that other processes change nothing.

    The limit applies only in the main thread, which receives signals, and not on Windows, which lacks the timer.
    """
    if not hasattr(signal, "SIGPROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_name == _CALLBACK:
            signal.setitimer(signal.ITIMER_PROF, _AGAIN)
            return
        raise TimeLimitExceeded(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
