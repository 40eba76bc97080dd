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

    def add(self, wait: WaitLimit) -> None:
        """End a wait when its time is over."""
        self.open.add(wait)
        if wait.until < self._rings:
            self._ring_at(wait.until)

    def _ring_at(self, time: float) -> None:
        self._rings = time
        self.loop.call_at(time, self._ring, time)

    def _ring(self, time: float) -> None:
        """End the waits whose time is over, and set the timer for the next one."""
        if time != self._rings:
            return  # an earlier timer has replaced this one
        self._rings = inf
        for wait in tuple(self.open):
            if wait.until <= time:
                self.open.discard(wait)
                wait.end()
        if self.open:
            self._ring_at(min(wait.until for wait in self.open))


class WaitLimit:
    """Limit of the waits of one task at a time: a block that takes longer raises `TimeoutError`."""

    __slots__ = ("_cancelling", "_limits", "_task", "is_over", "until")

    def __init__(self, limits: WaitLimits, seconds: float | None) -> None:
        self._limits = limits
        self._task: asyncio.Task[object] | None = None
        self.until = inf if seconds is None else limits.now() + seconds
        """Time at which a block that begins now must end, of the event loop's clock, which is the monotonic one."""
        self.is_over = False

    def __enter__(self) -> None:
        limits = self._limits
        task = self._task = asyncio.current_task(limits.loop)
        assert task is not None
        self._cancelling = task.cancelling()
        if self.until < inf:
            limits.add(self)

    def begin(self, seconds: float | None) -> None:
        """Limit the rest of the block; do nothing for None, or after the block."""
        if seconds is not None and self._task is not None:
            self.until = self._limits.now() + seconds
            self._limits.add(self)

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
        self._limits.open.discard(self)
        if self.is_over:
            self.is_over = False
            assert task is not None
            if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
                raise TimeoutError from error
