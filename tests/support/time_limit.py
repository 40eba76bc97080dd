"""Time limit of a test, so that one that hangs does not stop the others."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Hung(BaseException):
    """Test that exceeds its time limit; no `except Exception` can catch it."""


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise `Hung` in the main thread if the block takes longer; an outer limit continues afterwards."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hung(f"not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    left = signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        signal.alarm(left)
