"""A limit of time for what cannot be asked to stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeLimitExceeded(BaseException):
    """Something took too long. No `Exception`: hypothesis would take that for a finding and look for a smaller one."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `TimeLimitExceeded` in a block that takes longer; only in the main thread, which gets the signals."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeLimitExceeded

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
