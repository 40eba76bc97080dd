"""The time of one call: since when it runs, and how long it may."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from specwire._http.options import Options


class Deadline(msgspec.Struct, eq=False, gc=False):
    """Runs from the first try of a call to its answer."""

    deadline: float | None
    """Seconds that the call may take; None for as long as it takes."""
    started: float = msgspec.field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self.started

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and self.elapsed >= self.deadline

    @property
    def end(self) -> float | None:
        """When the deadline passes, by the monotonic clock; None without one."""
        return None if self.deadline is None else self.started + self.deadline

    @property
    def left(self) -> float | None:
        """Seconds to the deadline, a moment when it has passed; None without one."""
        return None if self.deadline is None else max(self.deadline - self.elapsed, 0.001)

    def leaves(self, seconds: float) -> bool:
        """Tell whether the deadline is further away than so many seconds."""
        return self.deadline is None or self.elapsed + seconds < self.deadline

    def bounded(self, options: Options) -> Options:
        """Return options whose deadline is what is left of it, and none of whose timeouts is longer than that."""
        left = self.left
        if left is None:
            return options
        return msgspec.structs.replace(
            options,
            deadline=left,
            timeout=_least(options.timeout, left),
            connect_timeout=_least(options.connect_timeout, left),
        )


def _least(timeout: float | None, left: float) -> float:
    return left if timeout is None else min(timeout, left)
