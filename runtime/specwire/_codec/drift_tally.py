"""Tally of drift: merged by operation, place and kind, in bounded memory, and appended to a file by many processes."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from specwire._codec.drift_reports import Drift, OnDrift, pattern_of, report, takes

_SIZE = re.compile(r"\d+ (?=bytes of )")
_MOST_VALUES = 20
"""Maximum number of received values listed per entry."""


class DriftEntry(msgspec.Struct, kw_only=True):
    """Drift of one kind at one place of an operation's responses."""

    operation: str
    status: int | None = None
    """HTTP status of the response, if known."""
    path: str
    """JSON path with `[]` for every index."""
    kind: str
    expected: str
    got: dict[str, int]
    """Number of times by what was received; the rest of more than 20 is only in `count`."""
    count: int
    example: str
    """First drift of this kind, with its indexes; it holds no values but those of enumerations."""
    first: str
    last: str
    """Times of the first and the last one."""


class DriftReport:
    """Function for `on_drift` that gathers drift::

        report = DriftReport()
        client = Acme(on_drift=report)
        ...
        report.save("drift.jsonl")

    Threads and clients can share one. `specwire drift show` reads the file, and `specwire drift apply` proposes
    corrections of the document.
    """

    def __init__(self, *, limit: int = 1000, also: OnDrift = "ignore") -> None:
        """Create an empty report.

        Args:
            limit: Maximum number of entries; what does not fit is counted in `dropped`.
            also: Further reaction to the drift: "ignore", "warn" or a function.
        """
        if also == "raise":
            raise ValueError(
                'also="raise" would raise before the drift is recorded: give "ignore", "warn" or a function'
            )
        self._limit = limit
        self._also: OnDrift = also
        self._warned: set[str] = set()
        self._entries: dict[tuple[str, int | None, str, str], DriftEntry] = {}
        self._unsaved: dict[tuple[str, int | None, str, str], DriftEntry] = {}
        self._dropped = 0
        self._lock = threading.Lock()
        self._process = os.getpid()

    def __repr__(self) -> str:
        return f"DriftReport({len(self._entries)} entries)"

    def __len__(self) -> int:
        return len(self._entries)

    def __bool__(self) -> bool:
        return True

    @property
    def entries(self) -> tuple[DriftEntry, ...]:
        """Entries so far, the most frequent first."""
        with self._lock:
            found = [_copied(entry) for entry in self._entries.values()]
        return tuple(sorted(found, key=lambda entry: -entry.count))

    @property
    def dropped(self) -> int:
        """Number of drifts that no entry counts, since there are too many different ones."""
        return self._dropped

    def __call__(self, drifts: Sequence[Drift]) -> None:
        """Add drift of an unknown operation."""
        self.record("", drifts)

    def record(self, operation: str, drifts: Sequence[Drift], status: int | None = None) -> None:
        """Add the drift of a response."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._own_lock():
            for drift in drifts:
                key = (operation, status, pattern_of(drift.path), drift.kind)
                if key not in self._entries and len(self._entries) >= self._limit:
                    self._dropped += 1
                    continue
                for entries in (self._entries, self._unsaved):
                    _add(entries, key, drift, now)
        if takes(self._also, drifts):
            report(drifts, self._also, operation, self._warned, status)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Append what was gathered since the last call to a file of JSON Lines; several processes can share the file.

        Raises `OSError` if the file cannot be written; nothing is lost then.
        """
        with self._own_lock():
            if not self._unsaved:
                return
            lines = b"".join(msgspec.json.encode(entry) + b"\n" for entry in self._unsaved.values())
            with Path(path).open("ab", buffering=0) as file:
                _append(file, lines)
            self._unsaved.clear()

    def _own_lock(self) -> threading.Lock:
        """Return the lock; a forked process begins with nothing to save, since its parent saves that."""
        if self._process != os.getpid():
            self._process, self._lock = os.getpid(), threading.Lock()
            self._unsaved = {}
        return self._lock


def _add(
    entries: dict[tuple[str, int | None, str, str], DriftEntry],
    key: tuple[str, int | None, str, str],
    drift: Drift,
    now: str,
) -> None:
    entry = entries.get(key)
    if entry is None:
        operation, status, path, kind = key
        entry = entries[key] = DriftEntry(
            operation=operation,
            status=status,
            path=path,
            kind=kind,
            expected=drift.expected,
            got={},
            count=0,
            example=str(drift),
            first=now,
            last=now,
        )
    entry.count += 1
    entry.last = now
    got = _SIZE.sub("", drift.got)
    if got in entry.got or len(entry.got) < _MOST_VALUES:
        entry.got[got] = entry.got.get(got, 0) + 1


def _copied(entry: DriftEntry) -> DriftEntry:
    return msgspec.structs.replace(entry, got=dict(entry.got))


def _append(file: IO[bytes], data: bytes) -> None:
    """Append whole lines to a file that other processes append to; on failure, remove what was written."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)  # released when the file is closed
    end = file.seek(0, os.SEEK_END)
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError:
        file.truncate(end)
        raise
