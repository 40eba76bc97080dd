"""Chunks of a streamed request body, and the progress of sending them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int | None], object]
"""Called after each chunk with the bytes passed to the transport so far, and the total (None if unknown)."""


class Gather:
    """Buffer that combines small chunks, so that a small body is sent in one piece; large chunks aren't copied."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[bytes] = []
        self._bytes = 0

    def add(self, chunk: bytes) -> list[bytes]:
        """Return the chunks that are ready to be sent."""
        ready = self.rest() if self._bytes + len(chunk) > self._size else []
        if len(chunk) >= self._size:
            ready.append(chunk)
        else:
            self._held.append(chunk)
            self._bytes += len(chunk)
        return ready

    def rest(self) -> list[bytes]:
        """Return the buffered rest."""
        ready = [b"".join(self._held)] if self._bytes else []
        self._held.clear()
        self._bytes = 0
        return ready


class Meter:
    """Counter of the bytes sent, which reports progress."""

    def __init__(self, total: int | None, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._sent = 0

    def count(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        if self._progress is not None:
            self._progress(self._sent, self._total)
