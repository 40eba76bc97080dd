"""Files that downloads are written to: under their own name only when they are whole."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import msgspec

from specwire._downloads.ranges import Version
from specwire.errors import SpecwireError

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 200
"""Bytes of a file name that leave room for more in what file systems take, which is 255."""


class _Note(msgspec.Struct, frozen=True):
    """What stands beside a part: what it is a part of."""

    source: str
    version: Version


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside the target that takes the target's name when the block succeeds, and else goes."""
    _check(target)
    part = target.with_name(f".{os.urandom(8).hex()}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def kept_file(target: Path, source: str) -> Iterator[Part]:
    """Open the part `.NAME.part` beside the target; it takes the target's name when the block succeeds, and else stays.

    It goes if its rest could not be asked for. `source` is a digest of where the bytes come from: a part from elsewhere
    is dropped. Raises `SpecwireError` where another download is writing to it.
    """
    _check(target)
    path = target.with_name(f".{_short(target.name)}.part")
    note = path.with_name(f"{path.name}.json")
    file = _open(path)
    try:
        with file:
            part = Part(file, note, source)
            yield part
            if sys.platform != "win32":  # There an open file cannot be renamed; elsewhere the lock must last as long.
                file.flush()
                path.replace(target)
        if sys.platform == "win32":
            path.replace(target)
        note.unlink(missing_ok=True)
    except BaseException:
        if not note.exists():
            path.unlink(missing_ok=True)
        raise


class Part:
    """The beginning of a file, locked against other downloads, with what it is a part of in a note beside it."""

    def __init__(self, file: IO[bytes], note: Path, source: str) -> None:
        self.file = file
        self._note = note
        self._source = source
        self.version = self._noted()
        """What it is a part of; None where that is unknown."""
        self.size = 0
        """Bytes that are there and need not be fetched."""
        if self.version is not None:
            size = file.seek(0, os.SEEK_END)
            # A server has no answer to a question for no bytes.
            self.size = size if self.version.total is None else max(min(size, self.version.total - 1), 0)
            file.seek(self.size)
            file.truncate()

    def start_over(self, version: Version | None) -> None:
        """Drop what is there and note what comes."""
        self._note.unlink(missing_ok=True)
        self.file.seek(0)
        self.file.truncate()
        if version is not None:
            self._note.write_bytes(msgspec.json.encode(_Note(self._source, version)))

    def _noted(self) -> Version | None:
        try:
            if not self._note.is_file():
                return None
            note = msgspec.json.decode(self._note.read_bytes(), type=_Note)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return note.version if note.source == self._source else None


def _check(target: Path) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a download needs a file name; this is a directory", os.fspath(target))


def _short(name: str) -> str:
    if len(os.fsencode(name)) <= _LONGEST:
        return name
    from hashlib import sha256

    return sha256(os.fsencode(name)).hexdigest()


def _open(path: Path) -> IO[bytes]:
    """Open and lock a file, made if it is not there, whose name nobody takes away meanwhile."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)  # for a FIFO, which is refused
    while True:
        descriptor = os.open(path, flags, 0o666)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise SpecwireError(f"{os.fspath(path)!r}, where the part of the file goes, is no regular file: remove it")
        file = os.fdopen(descriptor, "r+b")
        try:
            _lock(file)
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except BlockingIOError as error:
            file.close()
            raise SpecwireError(f"another download is writing to {os.fspath(path)!r}: wait for it to end") from error
        except BaseException:
            file.close()
            raise
        file.close()


def _lock(file: IO[bytes]) -> None:
    """Lock a file until it is closed; raises `BlockingIOError` if it is locked."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
