"""Timeouts that end at a fixed time, even if the other side keeps sending a little."""

from __future__ import annotations

import time


class ReadTimeout(float):
    """Timeout of the HTTP library in seconds that also ends at a fixed time.

    The HTTP library sees a number, which limits each single wait. The connections of
    `specwire._network.deadline_backend` read `left` before each wait, so that a server gains no time by sending
    useless bytes.
    """

    until: float | None = None
    """Monotonic end of the timeout; None until the first wait begins."""

    @property
    def left(self) -> float:
        """Return the seconds that remain; the first access starts the timeout."""
        now = time.monotonic()
        if self.until is None:
            self.until = now + self
        return self.until - now


class Silence:
    """Time limits of a stream: the maximum silence between two events, and the end of the whole stream."""

    __slots__ = ("_end", "_idle", "timeout")

    def __init__(self, idle: float | None, end: float | None) -> None:
        self._idle = idle
        self._end = end
        left = None if end is None else max(end - time.monotonic(), 0.001)
        seconds = min((each for each in (idle, left) if each is not None), default=None)
        self.timeout = None if seconds is None else ReadTimeout(seconds)
        """Timeout for the HTTP library; None for no limit."""
        self.restart()

    def restart(self) -> None:
        """Begin the wait for an event."""
        if self.timeout is not None:
            self.timeout.until = self._until(time.monotonic())

    def check(self, *, arrived: bool = False) -> str | None:
        """Return a description of the exceeded limit, or None; an event that `arrived` ends the silence, even late."""
        if self.timeout is None or (arrived and self._end is None):
            return None
        now = time.monotonic()
        if self._end is not None and now >= self._end:
            return "took too long: the deadline passed"
        if arrived or self.timeout.until is None or self.timeout.until > now:
            return None
        return f"was silent for too long: no event came in {self._idle:g} s"

    def _until(self, now: float) -> float | None:
        if self._idle is None:
            return self._end
        until = now + self._idle
        return until if self._end is None or until < self._end else self._end
