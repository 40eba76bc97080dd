"""Part files of downloads, renamed to their target only when complete."""

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
"""Maximum file name length in bytes that leaves room for an affix within the 255 of file systems."""


class _Note(msgspec.Struct, frozen=True):
    """Metadata file of a part: the version that it belongs to."""

    source: str
    version: Version


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file in the folder of the target.

    Rename it to the target on success, and delete it otherwise.
    """
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
    """Open the part `.NAME.part` in the folder of the target; rename it to the target on success, else keep it.

    It is deleted if its rest can't be requested. `source` is a digest of the origin: a part from elsewhere is
    dropped. Raises `SpecwireError` if another download is writing to it.
    """
    _check(target)
    path = target.with_name(f".{_short(target.name)}.part")
    note = path.with_name(f"{path.name}.json")
    file = _open(path)
    try:
        with file:
            part = Part(file, note, source)
            yield part
            # Windows can't rename an open file; elsewhere the lock must outlast the renaming.
            if sys.platform != "win32":
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
    """Beginning of a file, locked against other downloads, with its version in a metadata file."""

    def __init__(self, file: IO[bytes], note: Path, source: str) -> None:
        self.file = file
        self._note = note
        self._source = source
        self.version = self._noted()
        """Version of the part; None if unknown."""
        self.size = 0
        """Number of bytes that needn't be downloaded."""
        if self.version is not None:
            size = file.seek(0, os.SEEK_END)
            # A server rejects a request for an empty range.
            self.size = size if self.version.total is None else max(min(size, self.version.total - 1), 0)
            file.seek(self.size)
            file.truncate()

    def start_over(self, version: Version | None) -> None:
        """Drop the bytes and record the new version."""
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
    """Open and lock a file, creating it if necessary, and make sure that its name still refers to it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)  # for a FIFO, which is rejected
    while True:
        descriptor = os.open(path, flags, 0o666)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise SpecwireError(f"{os.fspath(path)!r}, the part file of the download, is not a regular file: remove it")
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
    """Lock a file until it is closed; raise `BlockingIOError` if it is locked."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
