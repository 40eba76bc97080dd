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
            moment = self._end if self._idle is None else time.monotonic() + self._idle
            self.timeout.until = moment if self._end is None or moment is None else min(moment, self._end)

    def check(self) -> str | None:
        """Return what bound is passed, None if none is."""
        if self.timeout is None or self.timeout.left > 0:
            return None
        if self._end is not None and time.monotonic() >= self._end:
            return "took too long: the deadline passed"
        return f"was silent for too long: no event came in {self._idle:g} s"
