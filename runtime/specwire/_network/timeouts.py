"""Timeouts that end at a moment, however often the other side sends a little."""

from __future__ import annotations

import time


class ReadTimeout(float):
    """Seconds that the HTTP library may wait for bytes, but not beyond a moment.

    To the HTTP library it is a number, which bounds each wait. The connections of `specwire.punctual` ask it how long
    the next wait may be, so that a server that sends something useless now and then gains no time by it.
    """

    until: float | None = None
    """When the waiting ends, by the monotonic clock; None until the first wait begins."""

    @property
    def left(self) -> float:
        """Seconds to the end; the first question starts the clock."""
        now = time.monotonic()
        if self.until is None:
            self.until = now + self
        return self.until - now


class Silence:
    """The bounds of a stream: the seconds between two events, and the moment at which all of it is over."""

    __slots__ = ("_end", "_idle", "timeout")

    def __init__(self, idle: float | None, end: float | None) -> None:
        self._idle = idle
        self._end = end
        left = None if end is None else max(end - time.monotonic(), 0.001)
        seconds = min((each for each in (idle, left) if each is not None), default=None)
        self.timeout = None if seconds is None else ReadTimeout(seconds)
        """What the HTTP library may wait for; None for as long as it takes."""
        self.restart()

    def restart(self) -> None:
        """Let the time between two events begin anew."""
        if self.timeout is not None:
            self.timeout.until = self._until(time.monotonic())

    def check(self, *, restart: bool = False) -> str | None:
        """Return what bound is passed, None if none is; `restart` says that an event came."""
        if self.timeout is None:
            return None
        now = time.monotonic()
        if restart:
            self.timeout.until = self._until(now)
        if self.timeout.until is None or self.timeout.until > now:
            return None
        if self._end is not None and now >= self._end:
            return "took too long: the deadline passed"
        return f"was silent for too long: no event came in {self._idle:g} s"

    def _until(self, now: float) -> float | None:
        if self._idle is None:
            return self._end
        until = now + self._idle
        return until if self._end is None or until < self._end else self._end
