"""Ledger of a run: takes outcomes and puts each into the sink and the journal, once and in the chosen order."""

from __future__ import annotations

import os
from collections import deque
from typing import Any

import msgspec

from specwire._bulk.journal import Journal
from specwire._bulk.outcomes import Outcome, Row, failure_of, fingerprint, result_line
from specwire._bulk.sinks import CallbackSink, Position, Sink, remove
from specwire.errors import SpecwireError

_MARK = 1024
"""Rows between two checksums of the input."""


class Ledger:
    """Order of the outcomes, and what the run has read and finished."""

    def __init__(self, sink: Sink, journal: Journal | None, *, ordered: bool, retry_failed: bool) -> None:
        self.sink = sink
        self.journal = journal
        self._ordered = ordered
        self._again = journal.failed.copy() if journal is not None and retry_failed else None
        self._position: Position = (0, 0)
        self._turns: deque[int] = deque()
        """Rows that were begun and are not in the sink yet, in order of the input."""
        self._waiting: dict[int, Outcome[Any] | bytes] = {}
        """Finished rows that wait for earlier ones."""
        self._held = journal.held if journal is not None else {}
        self._read = self._checksum = 0
        self._unsynced = False
        self._lines: list[bytes] = []
        """Lines for the output."""
        self._indexes: list[int] = []
        """Rows of these lines."""

    @property
    def total(self) -> int | None:
        """Number of rows of the input, if an earlier run has read all of them."""
        return self.journal.total if self.journal is not None else None

    @property
    def open_rows(self) -> int:
        """Rows that were begun and are not in the sink yet."""
        return len(self._turns) if self._ordered else 0

    def begin(self, row: Row) -> bool:
        """Return True if a row that was just read is to be called; raise `SpecwireError` if the input is another."""
        journal = self.journal
        if journal is not None:
            self._read += 1
            self._checksum = fingerprint(row, self._checksum)
            self._mark(journal)
            done = row.index in journal.finished and (self._again is None or row.index not in self._again)
            if done:
                return False
        if self._ordered:
            self._turns.append(row.index)
        if row.index in self._held:
            self._put(row.index, self._held.pop(row.index))
            return False
        return True

    def _mark(self, journal: Journal) -> None:
        count = self._read
        if count % _MARK and count & (count - 1):
            return
        known = journal.checksums.get(count)
        if known is None:
            journal.add_read(count, self._checksum)
        elif known != self._checksum:
            raise SpecwireError(
                f"the first {count:,} rows of the input are not those of the journal {journal.path!r}: give the same "
                "input in the same order, or another output"
            )

    def end_of_input(self) -> None:
        """Record the end of the input."""
        journal = self.journal
        if journal is None:
            return
        if self._read < max(journal.checksums, default=0):
            raise SpecwireError(
                f"the input has only {self._read:,} rows, fewer than the journal {journal.path!r} records: give the "
                "same input, or another output"
            )
        if journal.total is None:
            journal.add_read(self._read, self._checksum, is_all=True)
            journal.total = self._read

    def add(self, outcome: Outcome[Any]) -> None:
        """Take the outcome of a row."""
        if not self._ordered:
            self._write(outcome.index, outcome)
            return
        held = outcome.succeeded and self._turns[0] != outcome.index
        if held and self.journal is not None and not isinstance(self.sink, CallbackSink):
            line = result_line(outcome)
            self.journal.hold(outcome.index, line)
            self._put(outcome.index, line)
        else:
            self._put(outcome.index, outcome)

    def _put(self, index: int, finished: Outcome[Any] | bytes) -> None:
        if not self._ordered:
            self._write(index, finished)
            return
        self._waiting[index] = finished
        while self._turns and self._turns[0] in self._waiting:
            turn = self._turns.popleft()
            self._write(turn, self._waiting.pop(turn))

    def _write(self, index: int, finished: Outcome[Any] | bytes) -> None:
        if isinstance(finished, Outcome):
            if isinstance(self.sink, CallbackSink):
                self.sink.function(finished)
            if not finished.succeeded:
                if self.journal is not None:
                    self.journal.add_failure(failure_of(finished))
                return
        self._unsynced = True
        if isinstance(self.sink, CallbackSink):
            if self.journal is not None:
                self.journal.succeeded([index], [self._position])
                self.journal.write()
            return
        self._lines.append(finished if isinstance(finished, bytes) else result_line(finished))
        self._indexes.append(index)

    @property
    def has_lines(self) -> bool:
        """Return True if there are lines to write."""
        return bool(self._lines)

    def write(self) -> None:
        """Write the lines of all rows that finished since the last time."""
        lines, indexes = self._lines, self._indexes
        if not lines:
            return
        self._lines, self._indexes = [], []
        positions = self.sink.write(lines)
        self._position = positions[-1]
        if self.journal is not None:
            self.journal.succeeded(indexes, positions)

    def sync(self) -> None:
        """Put everything on the disk, so that even a power failure repeats only what follows."""
        self.write()
        if self._unsynced and self.journal is not None:
            self._unsynced, position = False, self._position
            self.sink.sync()
            self.journal.sync(position)

    def finish(self) -> None:
        """Complete the output."""
        self.sync()
        self.sink.finish()

    def write_failures(self, path: str) -> None:
        """Write the rows whose last outcome is a failure as JSON Lines; remove the file if there are none."""
        assert self.journal is not None
        if not len(self.journal.failed):
            remove(path)
            return
        with open(f"{path}.incomplete", "wb") as file:
            file.writelines(msgspec.json.encode(failure) + b"\n" for failure in self.journal.failures())
        os.replace(f"{path}.incomplete", path)

    def close(self) -> None:
        self.sink.close()
        if self.journal is not None:
            self.journal.close()
