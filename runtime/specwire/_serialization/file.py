"""What can be uploaded, and how it is read: bytes, a path, a binary file (asynchronous too), an iterator of bytes."""

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
"""Name of a file that has none."""
_COROUTINE = 0x80
"""`inspect.CO_COROUTINE`, without the import of `inspect`."""


class NotReplayableError(RuntimeError):
    """Say that an upload cannot be sent again, because its file cannot be read again."""


class FileChangedError(RuntimeError):
    """Say that a file grew or shrank while it was being uploaded."""


class UnreadableFileError(InvalidRequestError, TypeError):
    """Say that a client cannot read a file: it gives no bytes, or only asynchronously."""


class Readable(Protocol):
    """A binary file, or anything else that gives bytes by `read(size)` and `b""` at its end."""

    def read(self, size: int, /) -> bytes: ...


class AsyncReadable(Protocol):
    """An asynchronous binary file, as of anyio, trio or aiofiles."""

    def read(self, size: int, /) -> Awaitable[bytes]: ...


class Seekable(Readable, Protocol):
    """A file that can be read again."""

    def seek(self, offset: int, whence: int = 0, /) -> object: ...

    def tell(self) -> int: ...


class Uploaded(Protocol):
    """A file that a web framework received, such as an `UploadFile` of Starlette."""

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
"""A file to upload: its content, or `(filename, content)`, followed by the content type and the headers of its part.

A path is a `Path`. Give a name where the server goes by it: bytes, and files without a name, are sent as "upload".
"""


class File(NamedTuple):
    """A file to upload, and what is known of it."""

    content: Openable
    filename: str | None
    stated_type: str | None = None
    """The content type that the caller gave."""
    own_type: str | None = None
    """The content type that the file itself has."""
    headers: Mapping[str, str] = {}


class Source:
    """A path or file as a source of bytes: its length where it can be known, and its bytes in chunks."""

    __slots__ = ("_content", "_label", "_start", "replayable", "size")

    def __init__(self, content: os.PathLike[str] | Streamed, label: str) -> None:
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
        elif _is_seekable(content):
            self._measure(content)

    def check_replayable(self) -> None:
        """Raise `NotReplayableError` if the bytes cannot be read again."""
        if not self.replayable:
            raise NotReplayableError(
                f"{self._label} cannot be sent again, because its file cannot be read again; "
                "give a path, bytes or a seekable file, so that the request can be repeated"
            )

    def chunks(self, size: int) -> Generator[bytes, None, None]:
        """Yield the content in chunks of at most `size` bytes; raises `FileChangedError` if its length changed."""
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
                cast(Seekable, content).seek(self._start)
            yield from self._read(content, size)
        else:
            for chunk in cast(Iterator[bytes], content):
                yield self._bytes(chunk)

    async def achunks(self, size: int) -> AsyncGenerator[bytes, None]:
        """Yield the content in chunks; a file that is not asynchronous is read in place, a chunk at a time."""
        content = self._content
        if not isinstance(content, os.PathLike) and _is_async(content):
            if _is_file(content):
                file = cast(AsyncReadable, content)
                while chunk := self._bytes(await file.read(size)):
                    yield chunk
            else:
                async for chunk in cast(AsyncIterator[bytes], content):
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
        raise UnreadableFileError(
            f"{self._label} reads {type(chunk).__name__}, not bytes; open the file in binary mode ('rb')"
        )

    def _changed(self, how: str, read: int) -> FileChangedError:
        return FileChangedError(
            f"{self._label} {how} while it was being uploaded: it had {self.size:,} bytes, and {read:,} were read; "
            "upload a file that nothing writes to"
        )


def file_of(given: FileInput, label: str) -> File:
    """Return a file input with what is known of it; `label` names it in errors."""
    if not isinstance(given, tuple):
        return File(_opened(given), _filename(given), None, _own_type(given))
    if not 2 <= len(given) <= 4:
        raise TypeError(f"{label} has {len(given)} members: give (filename, content, content_type, headers)")
    parts: tuple[Any, ...] = (*given, None, None)
    name, content, content_type, headers = parts[:4]
    if isinstance(name, os.PathLike):
        name = os.path.basename(os.fspath(name))
    if not isinstance(name, str | None):
        raise TypeError(f"the name of {label} is {type(name).__name__}: give a str")
    if content_type is not None and not (isinstance(content_type, str) and "/" in content_type):
        raise TypeError(f"the third member of {label} is no content type, such as 'text/plain'")
    if not isinstance(headers, Mapping | None):
        raise TypeError(f"the headers of {label} are {type(headers).__name__}: give a mapping")
    return File(_opened(content), name, content_type, _own_type(content), headers or {})


def checked(content: Openable, label: str) -> Openable:
    """Check a file when it is given, so that the mistake shows where it was made."""
    if isinstance(content, os.PathLike):
        path_size(content)
    elif isinstance(content, (bytearray, memoryview)):
        return bytes(content)
    elif isinstance(content, str):
        raise TypeError(f"{label} is a str: give `Path(...)` if it is a path, `.encode()` it if it is the content")
    elif isinstance(content, TextIOBase):
        raise TypeError(f"{label} is a text file; open it in binary mode ('rb')")
    elif not isinstance(content, bytes) and not (_is_file(content) or _is_iterator(content)):
        raise TypeError(
            f"{label} is {type(content).__name__}: give a `Path`, bytes, an open binary file or an iterator of bytes"
        )
    return content


def _opened(content: Any) -> Any:
    """Return the binary file inside of one that a web framework received; anything else as it is."""
    if hasattr(content, "filename"):
        for inner in (getattr(content, "file", None), getattr(content, "stream", None)):
            if hasattr(inner, "read"):
                return inner
    return content


def _filename(content: Any) -> str:
    """Return the name that a file has of itself, without its directories."""
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
    """Return a file's size in bytes, None for a pipe or device; raises `OSError` if it is missing or a directory."""
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
