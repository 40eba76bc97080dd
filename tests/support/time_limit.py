"""Time limit of a test, so that one that hangs does not stop the others, and the patience of one that waits."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

PATIENCE: Final = 120.0
"""Seconds until a test gives up waiting: many, so that no result depends on the speed of the machine."""


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


def eventually(holds: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"it did not come true in {PATIENCE:g} s"
        time.sleep(0.01)
