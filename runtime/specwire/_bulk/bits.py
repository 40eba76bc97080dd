"""Sets of row numbers at one bit per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


class Bits:
    """Set of numbers from 0; it takes one bit for each number up to the largest."""

    def __init__(self, data: bytearray | None = None, count: int = 0) -> None:
        self._data = bytearray() if data is None else data
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._data) and bool(self._data[place] >> (number & 7) & 1)

    def add(self, number: int) -> None:
        """Add a number; do nothing if it is in the set."""
        place = number >> 3
        if place >= len(self._data):
            self._data.extend(bytes(place + 1024 - len(self._data)))
        bit = 1 << (number & 7)
        if not self._data[place] & bit:
            self._data[place] |= bit
            self._count += 1

    def discard(self, number: int) -> None:
        """Remove a number; do nothing if it is not in the set."""
        if number in self:
            self._data[number >> 3] &= ~(1 << (number & 7))
            self._count -= 1

    def copy(self) -> Self:
        """Return an independent copy."""
        return type(self)(bytearray(self._data), self._count)
