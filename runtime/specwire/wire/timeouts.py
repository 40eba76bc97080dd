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

    def restart(self) -> None:
        """Let the whole time pass again from now on."""
        self.until = time.monotonic() + self
