"""Sinks: where the lines of rows that succeeded go, each exactly once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import accumulate
from typing import Any, Protocol, TypeAlias

import msgspec

from specwire._bulk.append_file import AppendFile
from specwire._bulk.outcomes import Outcome
from specwire.errors import ConfigurationError, SpecwireError

Position: TypeAlias = tuple[int, int]
"""End of what was written: number of the part, and bytes in it."""
PART_ROWS = 10_000
"""Rows in one part of a Parquet folder."""


class Result(msgspec.Struct):
    """Line of a row that succeeded."""

    index: int
    id: str
    response: msgspec.Raw


class Sink(Protocol):
    """Interface of a sink of lines; what was written is known by its position."""

    def reaches(self, position: Position) -> bool:
        """Return True if everything up to a position is there."""
        ...

    def recover(self, position: Position) -> list[int]:
        """Return the numbers of the rows that are there after a position."""
        ...

    def write(self, lines: list[bytes]) -> list[Position]:
        """Append lines, and return the position after each."""
        ...

    def sync(self) -> None:
        """Wait until everything is on the disk."""
        ...

    def finish(self) -> None:
        """Complete the output; all rows are in it."""
        ...

    def close(self) -> None: ...


class JsonLinesSink:
    """JSON Lines file with one line for each row that succeeded."""

    def __init__(self, path: str) -> None:
        self._file = AppendFile(path)

    def reaches(self, position: Position) -> bool:
        return position[1] <= self._file.size

    def recover(self, position: Position) -> list[int]:
        return _numbers(self._file, position[1])

    def write(self, lines: list[bytes]) -> list[Position]:
        return [(0, end) for end in _appended(self._file, lines)]

    def sync(self) -> None:
        self._file.sync()

    def finish(self) -> None:
        self._file.sync()

    def close(self) -> None:
        self._file.close()


class ParquetSink:
    """Folder of Parquet files with the columns `index`, `id` and `response` (JSON), as clusters write them.

    The rows of the next file are in a JSON Lines file until there are enough. Several processes may write to a folder
    if each has a partition of its own.
    """

    def __init__(self, folder: str, partition: str = "") -> None:
        pyarrow()
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise SpecwireError(f"the folder {folder!r} cannot be made: {error.strerror or error}") from error
        self._folder = folder
        self._partition = f"{partition}-" if partition else ""
        self._part = 0
        while os.path.exists(self._part_path(self._part)):
            remove(self._spool_path(self._part))
            self._part += 1
        self._open()

    def _open(self) -> None:
        self._spool = AppendFile(self._spool_path(self._part))
        self._count = sum(1 for _ in self._spool.lines())

    def _part_path(self, part: int) -> str:
        return os.path.join(self._folder, f"part-{self._partition}{part:05}.parquet")

    def _spool_path(self, part: int) -> str:
        return os.path.join(self._folder, f"_part-{self._partition}{part:05}.jsonl")

    def reaches(self, position: Position) -> bool:
        return position[0] < self._part or (position[0] == self._part and position[1] <= self._spool.size)

    def recover(self, position: Position) -> list[int]:
        part, end = position
        read = pyarrow("pyarrow.parquet").read_table
        found = [
            number
            for whole in range(part, self._part)
            for number in read(self._part_path(whole), columns=["index"])["index"].to_pylist()
        ]
        return found + _numbers(self._spool, end if part == self._part else 0)

    def write(self, lines: list[bytes]) -> list[Position]:
        positions: list[Position] = []
        while lines:
            if self._count >= PART_ROWS:
                self._convert()
            room = PART_ROWS - self._count
            fitting, lines = lines[:room], lines[room:]
            positions += [(self._part, end) for end in _appended(self._spool, fitting)]
            self._count += len(fitting)
        return positions

    def _convert(self) -> None:
        """Replace the JSON Lines file by a Parquet file; each moment of this can be continued from."""
        arrow = pyarrow()
        results = [msgspec.json.decode(line, type=Result) for _, line in self._spool.lines()]
        table = arrow.table(
            {
                "index": arrow.array([each.index for each in results], arrow.int64()),
                "id": arrow.array([each.id for each in results], arrow.string()),
                "response": arrow.array([bytes(each.response).decode() for each in results], arrow.string()),
            }
        )
        path = self._part_path(self._part)
        try:
            pyarrow("pyarrow.parquet").write_table(table, f"{path}.incomplete", compression="zstd")
            _sync(f"{path}.incomplete")
            os.replace(f"{path}.incomplete", path)
        except OSError as error:
            remove(f"{path}.incomplete")
            raise SpecwireError(f"{path!r} cannot be written: {error}") from error
        self._spool.close()
        remove(self._spool.path)
        self._part += 1
        self._open()

    def sync(self) -> None:
        self._spool.sync()

    def finish(self) -> None:
        if self._count:
            self._convert()
        self._spool.close()
        remove(self._spool.path)

    def close(self) -> None:
        self._spool.close()


class CallbackSink:
    """Function that is called with each outcome, before the row counts as finished."""

    def __init__(self, function: Callable[[Outcome[Any]], object]) -> None:
        self.function = function

    def reaches(self, position: Position) -> bool:
        return True

    def recover(self, position: Position) -> list[int]:
        return []

    def write(self, lines: list[bytes]) -> list[Position]:
        return [(0, 0)] * len(lines)

    def sync(self) -> None:
        """Do nothing: what the function did is its own."""

    def finish(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def file_sink(path: str) -> Sink:
    """Return the sink for a path, by its ending."""
    check_ending(path)
    return ParquetSink(path) if path.endswith(".parquet") else JsonLinesSink(path)


def check_ending(path: str) -> None:
    """Raise `ConfigurationError` unless there is a sink for a path."""
    if not path.endswith((".jsonl", ".ndjson", ".parquet")):
        raise ConfigurationError(f"the output {path!r} has an unknown ending: name it .jsonl or .parquet")
    if path.endswith(".parquet"):
        pyarrow()


def pyarrow(module: str = "pyarrow") -> Any:
    """Return pyarrow, or a module of it; raise `ConfigurationError` if it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigurationError("Parquet files and data frames need pyarrow: pip install 'specwire[bulk]'") from error


def remove(path: str) -> None:
    """Remove a file if it exists."""
    if os.path.exists(path):
        os.remove(path)


def _appended(file: AppendFile, lines: list[bytes]) -> list[int]:
    """Append lines at once, and return the size of the file after each."""
    start = file.size
    file.append(b"".join(lines))
    return list(accumulate(map(len, lines), initial=start))[1:]


def _sync(path: str) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _numbers(file: AppendFile, start: int) -> list[int]:
    return list(_each_number(file, start))


def _each_number(file: AppendFile, start: int) -> Iterator[int]:
    for _, line in file.lines(start):
        yield msgspec.json.decode(line, type=Result).index
