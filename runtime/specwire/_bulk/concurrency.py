"""Number of requests in flight: it grows while all goes well, and shrinks as soon as the server is overloaded."""

from __future__ import annotations

_START = 8
_CUT = 0.7
"""Factor after an overload."""
_EASE = 0.9
"""Factor when responses take longer and longer."""
_SLOWER = 3.0
"""Factor between the usual and the best time of a response that means a queue at the server."""
_WEIGHT = 0.05
"""Weight of the last response in the usual time."""
_ENOUGH = 50
"""Responses before their times mean something."""


class Concurrency:
    """Additive increase, multiplicative decrease, as in TCP: doubled per round trip until the first overload."""

    def __init__(self, most: int, *, adaptive: bool = True) -> None:
        self._most = float(most)
        self._adaptive = adaptive
        self.limit = float(min(_START, most)) if adaptive else self._most
        self._slow_start = True
        self._changed = float("-inf")
        """Time of the last decrease: requests sent before it say nothing about the limit after it."""
        self._count = 0
        self._usual = 0.0
        self._best = float("inf")

    def succeeded(self, sent: float, now: float, in_flight: int) -> None:
        """Record a response; `sent` is the time of its request."""
        if not self._adaptive:
            return
        seconds = now - sent
        self._count += 1
        self._usual = seconds if self._count == 1 else self._usual + _WEIGHT * (seconds - self._usual)
        if self._count >= _ENOUGH:
            self._best = min(self._best, self._usual)
            if self._usual > self._best * _SLOWER and sent > self._changed:
                self._decrease(_EASE, now)
                return
        if in_flight >= self.limit - 1:  # more would have been sent
            self.limit = min(self._most, self.limit + (1 if self._slow_start else 1 / self.limit))

    def overloaded(self, sent: float, now: float) -> None:
        """Record a rejection, a failure or a timeout."""
        if self._adaptive and sent > self._changed:
            self._decrease(_CUT, now)

    def _decrease(self, factor: float, now: float) -> None:
        self._slow_start = False
        self._changed = now
        self.limit = max(1.0, self.limit * factor)
