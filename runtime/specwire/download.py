"""Bytes of a response: into memory, into a file, or as they come. Nothing is fetched before it is asked for."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from specwire.answer import Answer, TransportFailure
from specwire.errors import APIConnectionError, APITimeoutError, SpecwireError
from specwire.request import DownloadRequest

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire.connection import AsyncConnection, Connection
    from specwire.options import OptionChanges, Options
    from specwire.response import Response


class Download:
    """A download of a synchronous client; opened by the first use, closed when it is read or by `with`."""

    def __init__(self, connection: Connection, request: DownloadRequest, changes: OptionChanges | None = None) -> None:
        self._connection = connection
        self._request = request
        self._changes = changes
        self._options = connection.options_with(changes)
        self._answer: Answer | None = None
        self._response: Response[None] | None = None

    def _open(self) -> Answer:
        if self._answer is None:
            self._answer, self._response = self._connection.open(self._request, self._options)
        return self._answer

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id; opens the download if it is not open yet."""
        self._open()
        assert self._response is not None
        return self._response

    def iter_bytes(self) -> Generator[bytes, None, None]:
        """Go through the bytes as they come."""
        answer = self._open()
        if answer.spent:
            raise _spent(self._request)
        counter = _Counter(self._request, self._options, self.response)
        try:
            for chunk in answer.iter_bytes():
                counter.take(chunk)
                yield chunk
            counter.end()
        except TransportFailure as failure:
            raise counter.failed(failure) from failure
        finally:
            answer.close()

    def read(self) -> bytes:
        """Return the whole of it."""
        return b"".join(self.iter_bytes())

    def text(self) -> str:
        """Return the whole of it as text, by the charset that the server names (UTF-8 where it names none)."""
        return self.read().decode(self._open().charset, "replace")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, which appears under its name only when it is whole; returns the path."""
        target = Path(path)
        with _whole_file(target) as file:
            self.save_to(file)
        return target

    def save_to(self, file: IO[bytes]) -> int:
        """Write it to an open binary file; returns the number of bytes."""
        with closing(self.iter_bytes()) as chunks:
            return sum(file.write(chunk) for chunk in chunks)

    def close(self) -> None:
        """Give the connection back; closing twice is nothing."""
        if self._answer is not None:
            self._answer.close()

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Download of {self._request.operation.id}>"


class AsyncDownload:
    """A download of an asynchronous client; opened by the first use, closed when it is read or by `async with`."""

    def __init__(
        self, connection: AsyncConnection, request: DownloadRequest, changes: OptionChanges | None = None
    ) -> None:
        self._connection = connection
        self._request = request
        self._options = connection.options_with(changes)
        self._answer: Answer | None = None
        self._response: Response[None] | None = None

    async def _open(self) -> Answer:
        if self._answer is None:
            self._answer, self._response = await self._connection.open(self._request, self._options)
        return self._answer

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id of the answer; only once the download is open."""
        if self._response is None:
            raise RuntimeError("the download is not open yet: use `async with`, or read from it first")
        return self._response

    async def iter_bytes(self) -> AsyncGenerator[bytes, None]:
        """Go through the bytes as they come."""
        answer = await self._open()
        if answer.spent:
            raise _spent(self._request)
        counter = _Counter(self._request, self._options, self.response)
        try:
            async with aclosing(answer.aiter_bytes()) as chunks:
                async for chunk in chunks:
                    counter.take(chunk)
                    yield chunk
            counter.end()
        except TransportFailure as failure:
            raise counter.failed(failure) from failure
        finally:
            await answer.aclose()

    async def read(self) -> bytes:
        """Return the whole of it."""
        return b"".join([chunk async for chunk in self.iter_bytes()])

    async def text(self) -> str:
        """Return the whole of it as text, by the charset that the server names (UTF-8 where it names none)."""
        return (await self.read()).decode((await self._open()).charset, "replace")

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, which appears under its name only when it is whole; returns the path."""
        target = Path(path)
        with _whole_file(target) as file:
            await self.save_to(file)
        return target

    async def save_to(self, file: IO[bytes]) -> int:
        """Write it to an open binary file; returns the number of bytes."""
        written = 0
        async with aclosing(self.iter_bytes()) as chunks:
            async for chunk in chunks:
                written += file.write(chunk)
        return written

    async def aclose(self) -> None:
        """Give the connection back; closing twice is nothing."""
        if self._answer is not None:
            await self._answer.aclose()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<AsyncDownload of {self._request.operation.id}>"


def _spent(request: DownloadRequest) -> SpecwireError:
    return SpecwireError(f"{request.operation.id}: it was read or closed already: call the method again")


class _Counter:
    """Counts the bytes of a download, tells of progress, and names what went wrong."""

    def __init__(self, request: DownloadRequest, options: Options, response: Response[None]) -> None:
        self._request = request
        self._response = response
        self._progress = options.on_progress
        length = response.headers.get("content-length", "")
        self._total = int(length) if length.isdigit() and "content-encoding" not in response.headers else None
        self._read = 0

    def take(self, chunk: bytes) -> None:
        self._read += len(chunk)
        if self._progress is not None:
            self._progress(self._read, self._total)

    def end(self) -> None:
        if self._total is not None and self._read < self._total:
            raise TransportFailure("the connection was closed early", sent=True, timeout=False)

    def failed(self, failure: TransportFailure) -> APIConnectionError:
        kind = APITimeoutError if failure.timeout else APIConnectionError
        total = f" of {self._total}" if self._total is not None else ""
        message = f"{self._request.operation.id}: the download broke off after {self._read}{total} bytes: {failure}"
        return kind(message, request=self._request, response=self._response)


@contextmanager
def _whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside the target that takes the target's name when the block succeeds, and else goes."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a download needs a file name; this is a directory", os.fspath(target))
    part = target.with_name(f".{os.urandom(8).hex()}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
