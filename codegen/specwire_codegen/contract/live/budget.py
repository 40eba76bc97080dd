"""Limits of a live run, and their use so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from specwire_codegen.contract.live.plan import Limits

Clock = Callable[[], float]


class Budget:
    """Counter of requests, cost and time; `stopped` is the reason why no more requests are allowed."""

    def __init__(
        self, limits: Limits, spend: float, prices: Mapping[str, float], clock: Clock = time.monotonic
    ) -> None:
        """Start the clock."""
        self.limits = limits
        self.requests = 0
        self.cost = 0.0
        self.stopped = ""
        self._spend = spend
        self._prices = prices
        self._clock = clock
        self._until = clock() + limits.seconds
        self._free_at = clock()

    def refusal(self, operation_id: str, size: int) -> str:
        """Count a request and return an empty text, or return the reason for not sending it."""
        price = self._prices.get(operation_id, 0.0)
        if self.requests >= self.limits.requests:
            self.stopped = f"the limit of {self.limits.requests:,} requests is reached (--max-requests)"
        elif self._clock() > self._until:
            self.stopped = f"the limit of {self.limits.seconds:g} s is reached (--max-time)"
        elif price and self.cost + price > self._spend + 1e-9:
            return f"another request would cost more than {self._spend:g} (--spend)"
        elif size > self.limits.upload:
            return f"the body has {size:,} bytes, more than {self.limits.upload:,} (--max-upload)"
        if self.stopped:
            return self.stopped
        self.requests += 1
        self.cost += price
        return ""

    def again(self) -> bool:
        """Count another attempt of a request, and return True if there may be one."""
        if self.requests >= self.limits.requests:
            return False
        self.requests += 1
        return True

    def wait(self) -> float:
        """Reserve the next moment for a request, and return the seconds until then."""
        now = self._clock()
        moment = max(now, self._free_at)
        self._free_at = moment + 1 / self.limits.per_second
        return moment - now

    def pause(self, seconds: float) -> bool:
        """Send nothing for some time, and return True if the run may last so long."""
        now = self._clock()
        self._free_at = max(self._free_at, now + seconds)
        return now + seconds <= self._until
