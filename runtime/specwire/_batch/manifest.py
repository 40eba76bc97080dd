"""Manifest of a batch: what was done so far, in a file that is only appended to."""

from __future__ import annotations

import os
import secrets
from typing import TypeAlias

import msgspec

from specwire._bulk.append_file import AppendFile
from specwire.errors import SpecwireError

VERSION = 1


class Part(msgspec.Struct):
    """One input file and its job."""

    number: int
    path: str
    """Path of the operation."""
    model: str | None
    count: int
    """Number of requests."""
    file_id: str = ""
    asked: bool = False
    """True if a job was requested; it may exist even if there was no response."""
    job_id: str = ""
    status: str = ""
    """Final status of the job."""
    reason: str = ""
    outputs: list[str] = []
    """Ids of the output files."""
    saved: bool = False
    """True if the output files are in the folder."""


class Prepared(msgspec.Struct, tag="prepared", frozen=True):
    """Input files are complete."""

    version: int
    key: str
    """Random text that marks the jobs of this batch."""
    rows: int
    checksum: int
    parts: list[Part]


class Changed(msgspec.Struct, tag="changed", frozen=True):
    """New state of a part."""

    part: Part


Record: TypeAlias = Prepared | Changed


_NAME = "manifest.jsonl"


def is_begun(folder: str) -> bool:
    """Return whether a folder has a batch."""
    return os.path.exists(os.path.join(folder, _NAME))


class Manifest:
    """State of a batch in a folder, which one process at a time uses."""

    def __init__(self, folder: str) -> None:
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise SpecwireError(f"the folder {folder!r} cannot be made: {error.strerror or error}") from error
        self.folder = folder
        self.key = ""
        self.rows = self.checksum = 0
        self.parts: list[Part] = []
        self._file = AppendFile(os.path.join(folder, _NAME))
        try:
            for _, line in self._file.lines():
                self._restore(line)
        except BaseException:
            self._file.close()
            raise

    def _restore(self, line: bytes) -> None:
        try:
            record = msgspec.json.decode(line, type=Record)
        except msgspec.DecodeError as error:
            raise SpecwireError(
                f"the manifest {self._file.path!r} is damaged: restore it, or use another folder"
            ) from error
        if isinstance(record, Changed):
            self.parts[record.part.number] = record.part
            return
        if record.version != VERSION:
            raise SpecwireError(f"the manifest {self._file.path!r} has version {record.version}, known is {VERSION}")
        self.key, self.rows, self.checksum, self.parts = record.key, record.rows, record.checksum, record.parts

    @property
    def is_prepared(self) -> bool:
        """Return True if the input files are complete."""
        return bool(self.key)

    def prepared(self, rows: int, checksum: int, parts: list[Part]) -> None:
        """Record complete input files."""
        self.key, self.rows, self.checksum, self.parts = secrets.token_hex(8), rows, checksum, parts
        self._append(Prepared(VERSION, self.key, rows, checksum, parts))

    def changed(self, part: Part) -> None:
        """Record the new state of a part, before anything else happens."""
        self._append(Changed(part))

    def _append(self, record: Record) -> None:
        self._file.append(msgspec.json.encode(record) + b"\n")
        self._file.sync()

    def mark(self, part: Part) -> str:
        """Return the text that marks the job of a part."""
        return f"{self.key}-{part.number}"

    def input_path(self, part: Part) -> str:
        """Return the path of an input file."""
        return os.path.join(self.folder, f"input-{part.number:05}.jsonl")

    def rows_path(self, part: Part) -> str:
        """Return the path of the file with the position and id of each row of a part."""
        return os.path.join(self.folder, f"rows-{part.number:05}.jsonl")

    def output_paths(self, part: Part) -> list[str]:
        """Return the paths of the output files of a part."""
        return [
            os.path.join(self.folder, f"output-{part.number:05}-{place}.jsonl") for place in range(len(part.outputs))
        ]

    def close(self) -> None:
        self._file.close()
