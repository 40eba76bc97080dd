"""What can be uploaded, and how it is read: bytes, a path, an open binary file, an asynchronous one."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import AsyncGenerator, Awaitable, Generator
from contextlib import closing
from io import TextIOBase
from typing import Protocol, TypeAlias, TypeGuard, runtime_checkable

_COROUTINE = 0x80
"""`inspect.CO_COROUTINE`, without the import of `inspect`."""


class NotReplayable(RuntimeError):
    """Say that an upload cannot be sent again, because its file cannot be read again."""


class FileChanged(RuntimeError):
    """Say that a file grew or shrank while it was being uploaded."""


class Readable(Protocol):
    """A binary file, or anything else that gives bytes by `read(size)` and `b""` at its end."""

    def read(self, size: int, /) -> bytes: ...


class AsyncReadable(Protocol):
    """An asynchronous binary file, as of anyio, trio or aiofiles."""

    def read(self, size: int, /) -> Awaitable[bytes]: ...


@runtime_checkable
class Seekable(Protocol):
    """A file that can be read again, if `seekable()` says so."""

    def seekable(self) -> bool: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def tell(self) -> int: ...


Content: TypeAlias = bytes | bytearray | memoryview | os.PathLike[str] | Readable | AsyncReadable
FileInput: TypeAlias = Content | tuple[str | None, Content] | tuple[str | None, Content, str | None]
"""A file to upload: its content, `(filename, content)` or `(filename, content, content_type)`; a path is a `Path`."""


class Source:
    """A path or file as a source of bytes: its length where it can be known, and its bytes in chunks."""

    __slots__ = ("_content", "_label", "_start", "replayable", "size")

    def __init__(self, content: os.PathLike[str] | Readable | AsyncReadable, label: str) -> None:
        self._content = content
        self._label = label
        self._start: int | None = None
        self.size: int | None = None
        """Bytes to read, from where the file stood at first; None if that shows only at the end."""
        self.replayable = False
        """Whether the bytes can be read again."""
        if isinstance(content, os.PathLike):
            self.size = path_size(content)
            self.replayable = self.size is not None
        elif _is_sync(content) and isinstance(content, Seekable) and content.seekable():
            self._measure(content)

    def check_replayable(self) -> None:
        """Raise `NotReplayable` if the bytes cannot be read again."""
        if not self.replayable:
            raise NotReplayable(
                f"{self._label} cannot be sent again, because its file cannot be read again; "
                "give a path, bytes or a seekable file, so that the request can be repeated"
            )

    def chunks(self, size: int) -> Generator[bytes, None, None]:
        """Yield the content in chunks of at most `size` bytes; raises `FileChanged` if it has not the length it had."""
        content = self._content
        if isinstance(content, os.PathLike):
            with open(content, "rb", buffering=0) as file:
                yield from self._read(file, size)
        elif _is_sync(content):
            if self._start is not None and isinstance(content, Seekable):
                content.seek(self._start)
            yield from self._read(content, size)
        else:
            raise TypeError(f"{self._label} is an asynchronous file; use an asynchronous client, or give a path")

    async def achunks(self, size: int) -> AsyncGenerator[bytes, None]:
        """Yield the content in chunks; a file that is not asynchronous is read in place, a chunk at a time."""
        content = self._content
        if not isinstance(content, os.PathLike) and _is_async(content):
            while chunk := self._bytes(await content.read(size)):
                yield chunk
            return
        with closing(self.chunks(size)) as chunks:
            for chunk in chunks:
                yield chunk

    def _measure(self, content: Seekable) -> None:
        self._start = content.tell()
        end = content.seek(0, os.SEEK_END)
        content.seek(self._start)
        if 0 < end == self._start:
            raise ValueError(f"{self._label} stands at its end, so nothing of it would be sent; `seek(0)` first")
        self.size = max(0, end - self._start)
        self.replayable = True

    def _read(self, file: Readable, size: int) -> Generator[bytes, None, None]:
        read = 0
        while chunk := self._bytes(file.read(size)):
            read += len(chunk)
            if self.size is not None and read > self.size:
                raise self._changed("grew", read)
            yield chunk
        if self.size is not None and read < self.size:
            raise self._changed("shrank", read)

    def _bytes(self, chunk: object) -> bytes:
        if isinstance(chunk, bytes):
            return chunk
        raise TypeError(f"{self._label} reads {type(chunk).__name__}, not bytes; open the file in binary mode ('rb')")

    def _changed(self, how: str, read: int) -> FileChanged:
        return FileChanged(
            f"{self._label} {how} while it was being uploaded: it had {self.size:,} bytes, and {read:,} were read; "
            "upload a file that nothing writes to"
        )


def content_of(file: FileInput) -> Content:
    """Return the content of a file input."""
    return file[1] if isinstance(file, tuple) else file


def checked(content: Content, label: str) -> Content:
    """Check a file when it is given, so that the mistake shows where it was made."""
    if isinstance(content, os.PathLike):
        path_size(content)
    elif isinstance(content, (bytearray, memoryview)):
        return bytes(content)
    elif isinstance(content, str):
        raise TypeError(f"{label} is a str: give `Path(...)` if it is a path, `.encode()` it if it is the content")
    elif isinstance(content, TextIOBase):
        raise TypeError(f"{label} is a text file; open it in binary mode ('rb')")
    elif not isinstance(content, bytes) and not callable(getattr(content, "read", None)):
        raise TypeError(f"{label} is {type(content).__name__}: give a `Path`, bytes or an open binary file")
    return content


def filename_of(content: Content) -> str:
    """Return the name that a file has of itself, without its directories; "upload" if it has none."""
    name = os.fspath(content) if isinstance(content, os.PathLike) else getattr(content, "name", None)
    return (os.path.basename(name) if isinstance(name, str) else "") or "upload"


def path_size(path: os.PathLike[str]) -> int | None:
    """Return a file's size in bytes, None for a pipe or device; raises `OSError` if it is missing or a directory."""
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "a directory cannot be uploaded; give a file", os.fspath(path))
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _is_sync(content: Readable | AsyncReadable) -> TypeGuard[Readable]:
    return not _is_async(content)


def _is_async(content: Readable | AsyncReadable) -> TypeGuard[AsyncReadable]:
    if hasattr(content, "__aiter__"):
        return True
    code = getattr(getattr(content.read, "__func__", content.read), "__code__", None)
    return code is not None and bool(code.co_flags & _COROUTINE)
