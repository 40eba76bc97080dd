"""Time limits of waits on an asyncio event loop, with one timer for all of them.

A timer of its own for each wait, as `asyncio.timeout` has, costs more than all else that a transport does for a call.
"""

from __future__ import annotations

import asyncio
from math import inf
from types import TracebackType


class WaitLimits:
    """Limited waits of the tasks of the current event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.now = self.loop.time
        self.open: set[WaitLimit] = set()
        self._rings = inf
        """Time at which the timer rings."""

    def ring_at(self, time: float) -> None:
        """Let the timer ring at a time, or earlier."""
        if time < self._rings:
            self._rings = time
            self.loop.call_at(time, self._ring, time)

    def _ring(self, time: float) -> None:
        """End the waits whose time is over, and set the timer for the next one."""
        if time != self._rings:
            return  # an earlier timer has replaced this one
        self._rings = inf
        following = inf
        for wait in tuple(self.open):
            if wait.until <= time:
                self.open.discard(wait)
                wait.end()
            elif wait.until < following:
                following = wait.until
        self.ring_at(following)


class WaitLimit:
    """Context manager that raises `TimeoutError` if its block takes longer than some seconds; None for no limit."""

    __slots__ = ("_cancelling", "_limits", "_seconds", "_task", "is_over", "until")

    def __init__(self, limits: WaitLimits, seconds: float | None) -> None:
        self._limits = limits
        self._seconds = seconds
        self._task: asyncio.Task[object] | None = None
        self.is_over = False

    def __enter__(self) -> None:
        task = self._task = asyncio.current_task(self._limits.loop)
        assert task is not None
        self._cancelling = task.cancelling()
        if self._seconds is not None:
            self.begin(self._seconds)

    def begin(self, seconds: float | None) -> None:
        """Limit the rest of the block; do nothing for None, or after the block."""
        if seconds is None or self._task is None:
            return
        limits = self._limits
        self.until = limits.now() + seconds
        limits.open.add(self)
        limits.ring_at(self.until)

    def pause(self) -> None:
        """Let the block take any time until `begin`."""
        self._limits.open.discard(self)

    def end(self) -> None:
        """Interrupt the block."""
        assert self._task is not None
        self.is_over = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        assert task is not None
        self.pause()
        if self.is_over and task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
