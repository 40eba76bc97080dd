"""Journal of a run: which rows are finished, in a file that is only appended to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from specwire._bulk.append_file import AppendFile
from specwire._bulk.bits import Bits
from specwire._bulk.outcomes import Failure
from specwire._bulk.sinks import Position, Sink
from specwire.errors import SpecwireError

VERSION = 1
_MOST = 128
"""Maximum number of records to write at once."""
_ENCODER = msgspec.json.Encoder()


class Begun(msgspec.Struct, array_like=True, tag="begun", frozen=True):
    """First record."""

    version: int


class Succeeded(msgspec.Struct, array_like=True, tag="ok", frozen=True, gc=False):
    """Row whose line is in the sink, which ends at a position."""

    index: int
    part: int
    end: int


class Failed(msgspec.Struct, array_like=True, tag="failed", frozen=True):
    """Row that failed."""

    failure: Failure


class Held(msgspec.Struct, array_like=True, tag="held", frozen=True):
    """Row that succeeded and waits for earlier ones, with the line for the sink."""

    index: int
    line: str


class Read(msgspec.Struct, array_like=True, tag="read", frozen=True):
    """Number of rows that were read of the input, with their checksum."""

    count: int
    checksum: int
    is_all: bool = False


class Synced(msgspec.Struct, array_like=True, tag="synced", frozen=True):
    """Position up to which the sink is on the disk."""

    part: int
    end: int


Record = Begun | Succeeded | Failed | Held | Read | Synced


_OUTCOMES = (b'["ok"', b'["failed"', b'["held"')


def has_outcomes(path: str) -> bool:
    """Return whether a journal exists and has the outcome of a row."""
    try:
        with open(path, "rb") as file:
            return any(line.startswith(_OUTCOMES) for line in file)
    except FileNotFoundError:
        return False


class Journal:
    """State of each row, from the file and from this run.

    A row is finished if the sink has its line, or if it failed. A record about the sink counts only as far as the sink
    reaches; lines that the sink has without a record are recorded now. So a kill at any moment loses no result and
    doubles none.
    """

    def __init__(self, path: str, sink: Sink) -> None:
        self.path = path
        self.finished = Bits()
        """Rows that succeeded or failed."""
        self.failed = Bits()
        """Rows that failed."""
        self.held: dict[int, bytes] = {}
        """Rows that succeeded, whose lines are not in the sink yet."""
        self.checksums: dict[int, int] = {}
        """Number of rows read -> their checksum."""
        self.total: int | None = None
        """Number of rows of the input, once it was read to its end."""
        self._last: Position = (0, 0)
        self._later: list[Succeeded] = []
        """Records to write with the next others: the sink has these rows, and tells so itself after a crash."""
        self._file = AppendFile(path)
        try:
            if self._file.size == 0:
                self._append(Begun(VERSION))
            for record in self._records():
                self._restore(record, sink)
            found = sink.recover(self._last)
            self.succeeded(found, [self._last] * len(found))
            self.write()
        except BaseException:
            self._file.close()
            raise

    def _records(self) -> Iterator[Record]:
        decode = msgspec.json.Decoder(Record).decode
        for end, line in self._file.lines():
            try:
                yield decode(line)
            except msgspec.DecodeError as error:
                raise SpecwireError(
                    f"the journal {self.path!r} is damaged before byte {end:,}: restore it, or remove it together with "
                    "the output to start again"
                ) from error

    def _restore(self, record: Record, sink: Sink) -> None:
        match record:
            case Begun(version) if version != VERSION:
                raise SpecwireError(
                    f"the journal {self.path!r} has version {version}, known is {VERSION}: upgrade specwire"
                )
            case Succeeded(index, part, end) if sink.reaches((part, end)):
                self._last = max(self._last, (part, end))
                self.finished.add(index)
                self.failed.discard(index)
                self.held.pop(index, None)
            case Failed(failure):
                self.finished.add(failure.index)
                self.failed.add(failure.index)
            case Held(index, line):
                self.held[index] = line.encode()
            case Read(count, checksum, is_all):
                self.checksums[count] = checksum
                self.total = count if is_all else self.total
            case Synced(part, end) if not sink.reaches((part, end)):
                raise SpecwireError(
                    f"the output is shorter than the journal {self.path!r} records: restore it, or remove the journal "
                    "to start again"
                )

    def _append(self, *records: Record) -> None:
        self._file.append(_ENCODER.encode_lines((*self._later, *records)))
        self._later.clear()

    def succeeded(self, indexes: list[int], positions: list[Position]) -> None:
        """Record rows whose lines end at positions of the sink, in the file at the latest with the next `write`."""
        for index, (part, end) in zip(indexes, positions, strict=True):
            self._later.append(Succeeded(index, part, end))
            self.finished.add(index)
            if self.failed:
                self.failed.discard(index)
            if self.held:
                self.held.pop(index, None)
        if len(self._later) >= _MOST:
            self.write()

    def write(self) -> None:
        """Write the records of rows that the sink has."""
        if self._later:
            self._append()

    def add_failure(self, failure: Failure) -> None:
        """Record a row that failed."""
        self._append(Failed(failure))
        self.finished.add(failure.index)
        self.failed.add(failure.index)

    def hold(self, index: int, line: bytes) -> None:
        """Record the line of a row that waits for earlier ones."""
        self._append(Held(index, line.decode()))

    def add_read(self, count: int, checksum: int, *, is_all: bool = False) -> None:
        """Record how much of the input was read."""
        self._append(Read(count, checksum, is_all))

    def sync(self, position: Position) -> None:
        """Record a position of the sink that is on the disk, and put the journal there too."""
        self._append(Synced(*position))
        self._file.sync()

    def failures(self) -> Iterator[Failure]:
        """Yield the rows whose last outcome is a failure, the latest first."""
        left = self.failed.copy()
        decode = msgspec.json.Decoder(Record).decode
        for line in self._file.lines_backwards():
            if not len(left):
                return
            record: Any = decode(line)
            if isinstance(record, Failed) and record.failure.index in left:
                left.discard(record.failure.index)
                yield record.failure

    def close(self) -> None:
        """Write what is left, and close the file."""
        try:
            self.write()
        finally:
            self._file.close()
