"""Append-only file of one process at a time, whose end is always the end of a line."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from io import FileIO

from specwire.errors import SpecwireError

_BLOCK = 1 << 20
"""Bytes to read at once."""


class InUseError(SpecwireError):
    """File that another process, or another task of this one, has open."""


class AppendFile:
    """File that only grows, one whole line after another.

    A process that is killed may leave an incomplete last line; it is removed when the file is opened again.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._file = FileIO(path, "a+")
        except OSError as error:
            raise SpecwireError(f"{path!r} cannot be opened: {error.strerror or error}") from error
        try:
            self._lock()
            self.size = self._end_of_lines()
            self.truncate(self.size)
        except BaseException:
            self._file.close()
            raise

    def _lock(self) -> None:
        """Lock the file: a second process would request, and pay for, every row again."""
        if os.name != "posix":
            return
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUseError(
                f"{self.path!r} is in use by another process: wait for it to end, or choose another output"
            ) from error

    def _end_of_lines(self) -> int:
        end = os.fstat(self._file.fileno()).st_size
        while end:
            start = max(0, end - _BLOCK)
            found = self._read(start, end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
        return 0

    def _read(self, start: int, count: int) -> bytes:
        self._file.seek(start)
        return self._file.read(count)

    def append(self, data: bytes) -> int:
        """Append whole lines and return the new size; after a failure, the file ends as before."""
        try:
            view = memoryview(data)
            while view:
                view = view[write(self._file, view) :]
        except OSError as error:
            self.truncate(self.size)
            raise SpecwireError(f"{self.path!r} cannot be written: {error.strerror or error}") from error
        self.size += len(data)
        return self.size

    def truncate(self, size: int) -> None:
        """Drop everything after `size`."""
        self._file.truncate(size)
        self.size = size

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield each line with the position after it."""
        with open(self.path, "rb") as file:
            file.seek(start)
            for line in file:
                start += len(line)
                if start > self.size:
                    return
                yield start, line

    def lines_backwards(self) -> Iterator[bytes]:
        """Yield the lines, the last first."""
        if self.size == 0:
            return
        with mmap.mmap(self._file.fileno(), self.size, access=mmap.ACCESS_READ) as content:
            end = self.size
            while end:
                start = content.rfind(b"\n", 0, end - 1) + 1
                yield content[start:end]
                end = start

    def sync(self) -> None:
        """Wait until everything is on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def write(file: FileIO, data: memoryview) -> int:
    """Write some of the bytes, and return how many."""
    return file.write(data) or 0
