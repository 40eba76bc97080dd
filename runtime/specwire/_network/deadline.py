"""Deadline of a call: its start and its time limit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from specwire._http.options import Options


class Deadline(msgspec.Struct, eq=False, gc=False):
    """Deadline that runs from the first attempt of a call to its response."""

    limit: float | None
    """Time limit of the call in seconds; None for no limit."""
    started: float = msgspec.field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Return the seconds since the call began."""
        return time.monotonic() - self.started

    @property
    def expired(self) -> bool:
        """Return True once the deadline has passed."""
        return self.limit is not None and self.elapsed >= self.limit

    @property
    def end(self) -> float | None:
        """Return the monotonic time of the deadline; None without one."""
        return None if self.limit is None else self.started + self.limit

    @property
    def remaining(self) -> float | None:
        """Return the seconds to the deadline, or a minimal number once it has passed; None without a deadline."""
        return None if self.limit is None else max(self.limit - self.elapsed, 0.001)

    def allows(self, seconds: float) -> bool:
        """Return True if more than `seconds` remain."""
        return self.limit is None or self.elapsed + seconds < self.limit

    def bounded(self, options: Options) -> Options:
        """Return options with the remaining time as the deadline and as the maximum of every timeout."""
        remaining = self.remaining
        if remaining is None:
            return options
        return msgspec.structs.replace(
            options,
            deadline=remaining,
            timeout=_least(options.timeout, remaining),
            connect_timeout=_least(options.connect_timeout, remaining),
        )


def _least(timeout: float | None, remaining: float) -> float:
    return remaining if timeout is None else min(timeout, remaining)
