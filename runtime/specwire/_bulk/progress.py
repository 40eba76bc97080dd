"""Progress of a run: a snapshot for callbacks, and a line at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

import msgspec

_WEIGHT = 0.2
"""Weight of the last half second in the rate."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """State of a run."""

    finished: int
    """Rows with an outcome, of this run and of earlier ones."""
    total: int | None
    """Number of rows of the input, if it is known."""
    succeeded: int
    failed: int
    in_flight: int
    limit: int
    """Requests that may be in flight at present; 0 on a cluster, where each worker has its own limit."""
    per_second: float
    """Rows per second of late."""
    cost: float | None = None

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds to the end, if the number of rows is known."""
        if self.total is None or self.per_second <= 0:
            return None
        return max(0, self.total - self.finished) / self.per_second

    def __str__(self) -> str:
        of = "" if self.total is None else f" of {self.total:,}"
        parts = [f"{self.finished:,}{of} rows", f"{self.per_second:,.1f}/s"]
        if self.limit:
            parts.append(f"{self.in_flight} in flight")
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        if (left := self.seconds_left) is not None:
            parts.append(f"{_clock(left)} left")
        if self.cost is not None:
            parts.append(f"cost {self.cost:,.2f}")
        return ", ".join(parts)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


class Speed:
    """Rows per second of late."""

    def __init__(self, now: float) -> None:
        self._at = now
        self._count = 0
        self.per_second = 0.0

    def update(self, count: int, now: float) -> None:
        """Record the number of finished rows."""
        if now <= self._at:
            return
        latest = (count - self._count) / (now - self._at)
        self.per_second += (latest - self.per_second) * (_WEIGHT if self.per_second else 1)
        self._at, self._count = now, count


class Line:
    """Progress as one line that is rewritten in place."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        text = str(progress)
        self._stream.write(f"\r{text.ljust(self._width)}")
        self._stream.flush()
        self._width = len(text)

    def end(self) -> None:
        """Leave the line."""
        if self._width:
            self._stream.write("\n")
            self._stream.flush()


def shown(progress: bool | Callable[[Progress], object] | None) -> Callable[[Progress], object] | None:
    """Return the progress callback; by default, it shows a line at the terminal."""
    if progress is None:
        progress = sys.stderr.isatty()
    if isinstance(progress, bool):
        return Line(sys.stderr) if progress else None
    return progress
