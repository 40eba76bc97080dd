"""Uploadable files and how they are read: bytes, paths, binary files (also asynchronous), iterators of bytes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Generator, Iterator, Mapping
from contextlib import closing
from io import TextIOBase
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeGuard, cast

from specwire._errors.base import InvalidRequestError

UNNAMED = "upload"
"""Name of a file without one."""
_COROUTINE = 0x80
"""`inspect.CO_COROUTINE`, without importing `inspect`."""


class NotReplayableError(RuntimeError):
    """Upload that can't be sent again because its file can't be read again."""


class FileChangedError(RuntimeError):
    """File that changed its size during the upload."""


class UnreadableFileError(InvalidRequestError, TypeError):
    """File that a client can't read: it doesn't return bytes, or only asynchronously."""


class Readable(Protocol):
    """Binary file, or any object whose `read(size)` returns bytes, and `b""` at the end."""

    def read(self, size: int, /) -> bytes: ...


class AsyncReadable(Protocol):
    """Asynchronous binary file, as from anyio, trio or aiofiles."""

    def read(self, size: int, /) -> Awaitable[bytes]: ...


class Seekable(Readable, Protocol):
    """File that can be read again."""

    def seek(self, offset: int, whence: int = 0, /) -> object: ...

    def tell(self) -> int: ...


class Uploaded(Protocol):
    """File that a web framework received, such as an `UploadFile` of Starlette."""

    @property
    def filename(self) -> str | None: ...

    @property
    def content_type(self) -> str | None: ...

    @property
    def file(self) -> Any: ...


Streamed: TypeAlias = Readable | AsyncReadable | Iterator[bytes] | AsyncIterator[bytes]
Openable: TypeAlias = bytes | bytearray | memoryview | os.PathLike[str] | Streamed
Content: TypeAlias = Openable | Uploaded
FileName: TypeAlias = str | os.PathLike[str] | None
FileInput: TypeAlias = (
    Content
    | tuple[FileName, Content]
    | tuple[FileName, Content, str | None]
    | tuple[FileName, Content, str | None, Mapping[str, str]]
)
"""File to upload: content, or a tuple `(filename, content)`, optionally with the content type and the headers of its
part.

A path is a `Path`. Pass a name if the server uses it: bytes, and files without a name, are sent as "upload".
"""


class File(NamedTuple):
    """File to upload, with its known metadata."""

    content: Openable
    filename: str | None
    stated_type: str | None = None
    """Content type that the caller passed."""
    own_type: str | None = None
    """Content type of the file object itself."""
    headers: Mapping[str, str] = {}


class Source:
    """Source of bytes from a path or file: its length if known, and its bytes in chunks."""

    __slots__ = ("_content", "_label", "_start", "replayable", "size")

    def __init__(self, content: os.PathLike[str] | Streamed, label: str) -> None:
        self._content = content
        self._label = label
        self._start: int | None = None
        self.size: int | None = None
        """Number of bytes from the initial position of the file; None if unknown before the end."""
        self.replayable = False
        """True if the bytes can be read again."""
        if isinstance(content, os.PathLike):
            self.size = path_size(content)
            self.replayable = self.size is not None
        elif _is_seekable(content):
            self._measure(content)

    def check_replayable(self) -> None:
        """Raise `NotReplayableError` if the bytes can't be read again."""
        if not self.replayable:
            raise NotReplayableError(
                f"{self._label} cannot be sent again, because its file cannot be read again; "
                "give a path, bytes or a seekable file, so that the request can be repeated"
            )

    def chunks(self, size: int) -> Generator[bytes, None, None]:
        """Yield the content in chunks of at most `size` bytes; raise `FileChangedError` if its length changed."""
        content = self._content
        if isinstance(content, os.PathLike):
            with open(content, "rb", buffering=0) as file:
                yield from self._read(file, size)
        elif _is_async(content):
            raise UnreadableFileError(
                f"{self._label} is an asynchronous file; use an asynchronous client, or give a path"
            )
        elif _is_file(content):
            if self._start is not None:
                cast("Seekable", content).seek(self._start)
            yield from self._read(content, size)
        else:
            for chunk in cast("Iterator[bytes]", content):
                yield self._bytes(chunk)

    async def achunks(self, size: int) -> AsyncGenerator[bytes, None]:
        """Yield the content in chunks; read a synchronous file in place, one chunk at a time."""
        content = self._content
        if not isinstance(content, os.PathLike) and _is_async(content):
            if _is_file(content):
                file = cast("AsyncReadable", content)
                while chunk := self._bytes(await file.read(size)):
                    yield chunk
            else:
                async for chunk in cast("AsyncIterator[bytes]", content):
                    yield self._bytes(chunk)
            return
        with closing(self.chunks(size)) as chunks:
            for chunk in chunks:
                yield chunk

    def _measure(self, content: Seekable) -> None:
        self._start = content.tell()
        content.seek(0, os.SEEK_END)
        end = content.tell()
        content.seek(self._start)
        if 0 < end == self._start:
            raise ValueError(f"{self._label} is at its end, so nothing would be sent; call `seek(0)` first")
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
        raise UnreadableFileError(
            f"{self._label} returned {type(chunk).__name__} instead of bytes; open the file in binary mode ('rb')"
        )

    def _changed(self, how: str, read: int) -> FileChangedError:
        return FileChangedError(
            f"{self._label} {how} during the upload: it had {self.size:,} bytes, and {read:,} were read; "
            "upload a file that no program writes to"
        )


def file_of(given: FileInput, label: str) -> File:
    """Return a file input with its metadata; `label` names it in errors."""
    if not isinstance(given, tuple):
        return File(_opened(given), _filename(given), None, _own_type(given))
    if not 2 <= len(given) <= 4:
        raise TypeError(f"{label} has {len(given)} members: give (filename, content, content_type, headers)")
    parts: tuple[Any, ...] = (*given, None, None)
    name, content, content_type, headers = parts[:4]
    if isinstance(name, os.PathLike):
        name = os.path.basename(os.fspath(name))
    if not isinstance(name, str | None):
        raise TypeError(f"the name of {label} must be a str, got {type(name).__name__}")
    if content_type is not None and not (isinstance(content_type, str) and "/" in content_type):
        raise TypeError(f"the third member of {label} must be a content type such as 'text/plain'")
    if not isinstance(headers, Mapping | None):
        raise TypeError(f"the headers of {label} must be a mapping, got {type(headers).__name__}")
    return File(_opened(content), name, content_type, _own_type(content), headers or {})


def is_file_input(given: object) -> bool:
    """Return whether an argument that may be a file or another value is a file."""
    if isinstance(given, (bytes, bytearray, memoryview, os.PathLike)) or _is_file(given) or _is_iterator(given):
        return True
    return isinstance(given, tuple) or _opened(given) is not given


def checked(content: Openable, label: str) -> Openable:
    """Check a file when it is passed, so that the traceback shows the mistake."""
    if isinstance(content, os.PathLike):
        path_size(content)
    elif isinstance(content, (bytearray, memoryview)):
        return bytes(content)
    elif isinstance(content, str):
        raise TypeError(f"{label} is a str: give `Path(...)` for a path, or `.encode()` the content")
    elif isinstance(content, TextIOBase):
        raise TypeError(f"{label} is a text file; open it in binary mode ('rb')")
    elif not isinstance(content, bytes) and not (_is_file(content) or _is_iterator(content)):
        raise TypeError(
            f"{label} is {type(content).__name__}: give a `Path`, bytes, an open binary file or an iterator of bytes"
        )
    return content


def _opened(content: Any) -> Any:
    """Return the binary file inside an upload of a web framework, and anything else unchanged."""
    if hasattr(content, "filename"):
        for inner in (getattr(content, "file", None), getattr(content, "stream", None)):
            if hasattr(inner, "read"):
                return inner
    return content


def _filename(content: Any) -> str:
    """Return the name of a file object, without directories."""
    name = getattr(content, "filename", None) or getattr(content, "name", None)
    if isinstance(content, os.PathLike):
        name = os.fspath(content)
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    return (os.path.basename(name) if isinstance(name, str) else "") or UNNAMED


def _own_type(content: Any) -> str | None:
    own = getattr(content, "content_type", None)
    return own if isinstance(own, str) and own else None


def path_size(path: os.PathLike[str]) -> int | None:
    """Return the size of a file in bytes, None for a pipe or device; raise `OSError` if missing or a directory."""
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "a directory cannot be uploaded; give a file", os.fspath(path))
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _is_file(content: object) -> TypeGuard[Readable]:
    return callable(getattr(content, "read", None))


def _is_iterator(content: object) -> bool:
    return hasattr(content, "__next__") or hasattr(content, "__anext__")


def _is_seekable(content: Streamed) -> TypeGuard[Seekable]:
    if _is_async(content) or not (hasattr(content, "seek") and hasattr(content, "tell")):
        return False
    seekable = getattr(content, "seekable", None)  # an `mmap` of Python 3.11 has none
    return seekable is None or bool(seekable())


def _is_async(content: Any) -> bool:
    if hasattr(content, "__aiter__"):
        return True
    read = getattr(content, "read", None)
    code = getattr(getattr(read, "__func__", read), "__code__", None)
    return code is not None and bool(code.co_flags & _COROUTINE)
