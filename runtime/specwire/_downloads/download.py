"""Bytes of a response: into memory, into a file, or as they come. Nothing is fetched before it is asked for.

Where a connection breaks in the middle, the rest is asked for if the server takes ranges and says which bytes it has
(`Accept-Ranges: bytes` with a strong `ETag`, or a `Last-Modified` that is older than the answer); see
`specwire.transfer`.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import aclosing, closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from specwire._http.response import HTTPResponse
from specwire._network.event_loop import sleep
from specwire._network.transport_errors import TransportError
from specwire._operations.operation import BinaryPayload
from specwire._operations.request import FileRequest, MixedRequest
from specwire._serialization.parameters import encode_query, expand_path
from specwire.errors import APIError, SpecwireError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire._client.session import AsyncSession, BaseSession, Session
    from specwire._downloads.ranges import Version
    from specwire._downloads.state import StartOver
    from specwire._network.async_body import Chunks
    from specwire._operations.response import Response

T = TypeVar("T")

_LAZY = frozenset({"GET", "HEAD"})
"""Methods that change nothing on the server, so that they are sent when their answer is read."""


class Download:
    """A download of a synchronous client; opened by the first use, closed when it is read or by `with`.

    One that changes something on the server, which is any method but GET and HEAD, is sent when it is called.
    """

    def __init__(self, connection: Session, request: FileRequest) -> None:
        from specwire._downloads.state import DownloadState  # not every client downloads

        self._connection = connection
        self._request = request
        self._options = connection.options
        self._transfer = DownloadState(request, self._options)
        self._asked = False
        self._answer: HTTPResponse | None = None
        self._response: Response[None] | None = None

    @classmethod
    def called(cls, connection: Session, request: FileRequest) -> Download:
        """Return the download of a call, sent already where it changes something."""
        download = cls(connection, request)
        if request.operation.method not in _LAZY:
            download._open()
        return download

    @classmethod
    def mixed(cls, connection: Session, request: MixedRequest[T]) -> Download | T:
        """Return the download of a call that was sent, or what it answers where its status is not that of bytes."""
        download = cls(connection, request)
        answer = download._open()
        if answer.parse is None or isinstance(request.operation.payload_of(answer.status_code), BinaryPayload):
            return download
        value: T = answer.parse(answer, download.read()).parsed
        return value

    def _open(self) -> HTTPResponse:
        if self._answer is None:
            self._asked = True
            self._answer, self._response = self._connection.open(self._request, self._options)
            self._transfer.check.masked = self._answer.masked
            self._transfer.begin(self._response, self._answer.url)
        return self._answer

    def _open_again(self, pause: float, start_over: StartOver | None) -> HTTPResponse:
        """Ask for what is missing, after some seconds; raises `APIError` when that is hopeless."""
        while True:
            self.close()
            time.sleep(pause)
            try:
                answer, response = self._connection.open(self._transfer.request, self._transfer.options)
                self._answer, self._response = answer, self._response or response
                self._transfer.go_on(response, answer.url, start_over)
            except APIError as error:
                pause = self._transfer.refused(error)
            except TransportError as failure:
                self.close()
                pause = self._transfer.broke(failure)
            else:
                return answer

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id; opens the download if it is not open yet."""
        self._open()
        assert self._response is not None
        return self._response

    def iter_bytes(self) -> Generator[bytes, None, None]:
        """Go through the bytes as they come."""
        return self._pieces(None)

    def _pieces(self, start_over: StartOver | None) -> Generator[bytes, None, None]:
        answer = self._open()
        if answer.is_consumed:
            raise _spent(self._request)
        take = self._transfer.take
        try:
            while True:
                try:
                    for chunk in answer.iter_bytes():
                        if new := take(chunk):
                            yield new
                    if rest := self._transfer.end():
                        yield rest
                    break
                except TransportError as failure:
                    pause = self._transfer.broke(failure)
                answer = self._open_again(pause, start_over)
        except GeneratorExit:
            answer.abandon()  # the garbage collector may be about it
            raise
        except BaseException:
            self.close()
            raise
        self.close()

    def read(self) -> bytes:
        """Return the whole of it; raises `ResponseTooLargeError` beyond `max_response_size`."""
        from specwire._downloads.state import Held

        held = Held(self._request, self._options)
        with closing(self._pieces(held.clear)) as pieces:
            for piece in pieces:
                held.add(piece, self.response)
        return held.whole

    def text(self) -> str:
        """Return the whole of it as text, by the charset that the server names (UTF-8 where it names none)."""
        charset = self._open().charset
        return self.read().decode(charset, "replace")

    def save(self, path: str | os.PathLike[str], *, resume: bool = False) -> Path:
        """Write it to a file, which appears under its name only when it is whole; returns the path.

        Args:
            path: The file; one that is there is replaced.
            resume: Whether what came is kept when this fails, beside the file as `.NAME.part`, and the next call that
                is given this goes on from there, in another process too, if the server still has the same bytes.
        """
        from specwire._downloads.partfile import kept_file, whole_file

        target = Path(path)
        self._asked = True  # whoever cannot save it here sees why
        if not resume:
            with whole_file(target) as file:
                self._write(file, _emptied(file))
            return target
        with kept_file(target, _source(self._connection, self._request)) as part:
            if part.version is not None and self._answer is None:
                self._transfer.continue_from(part.version, part.size)
                self._open_again(0.0, part.start_over)
            else:
                self._open()
                part.start_over(self._transfer.version)
            self._write(part.file, part.start_over)
        return target

    def save_to(self, file: IO[bytes]) -> int:
        """Write it to an open binary file; returns the number of bytes."""
        return self._write(file, None)

    def _write(self, file: IO[bytes], start_over: StartOver | None) -> int:
        try:
            return sum(file.write(chunk) for chunk in self._pieces(start_over))
        finally:
            self.close()

    def close(self) -> None:
        """Give the connection back; closing twice is nothing."""
        self._asked = True
        if self._answer is not None:
            self._answer.close()

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self, warn: Callable[..., object] = warnings.warn) -> None:
        _warn_of_unread(self, getattr(self, "_asked", True), warn)

    def __repr__(self) -> str:
        return f"<Download of {self._request.operation.id}>"


class AsyncDownload:
    """A download of an asynchronous client; opened by the first use, closed when it is read or by `async with`.

    `await` sends it and gives it back open, as is needed where the answer is not read: `await client.orders.delete(7)`.
    """

    def __init__(self, connection: AsyncSession, request: FileRequest) -> None:
        from specwire._downloads.state import DownloadState  # not every client downloads

        self._connection = connection
        self._request = request
        self._options = connection.options
        self._transfer = DownloadState(request, self._options)
        self._asked = False
        self._answer: HTTPResponse | None = None
        self._response: Response[None] | None = None

    async def _open(self) -> HTTPResponse:
        if self._answer is None:
            self._asked = True
            self._answer, self._response = await self._connection.open(self._request, self._options)
            self._transfer.check.masked = self._answer.masked
            self._transfer.begin(self._response, self._answer.url)
        return self._answer

    async def _open_again(self, pause: float, start_over: StartOver | None) -> HTTPResponse:
        """Ask for what is missing, after some seconds; raises `APIError` when that is hopeless."""
        while True:
            await self.aclose()
            await sleep(pause)
            try:
                answer, response = await self._connection.open(self._transfer.request, self._transfer.options)
                self._answer, self._response = answer, self._response or response
                self._transfer.go_on(response, answer.url, start_over)
            except APIError as error:
                pause = self._transfer.refused(error)
            except TransportError as failure:
                await self.aclose()
                pause = self._transfer.broke(failure)
            else:
                return answer

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id of the answer; only once the download is open."""
        if self._response is None:
            raise RuntimeError("the download is not open yet: use `async with`, or read from it first")
        return self._response

    def iter_bytes(self) -> AsyncPieces:
        """Go through the bytes as they come."""
        return AsyncPieces(self, None)

    async def read(self) -> bytes:
        """Return the whole of it; raises `ResponseTooLargeError` beyond `max_response_size`."""
        from specwire._downloads.state import Held

        held = Held(self._request, self._options)
        async with aclosing(AsyncPieces(self, held.clear)) as pieces:
            async for piece in pieces:
                held.add(piece, self.response)
        return held.whole

    async def text(self) -> str:
        """Return the whole of it as text, by the charset that the server names (UTF-8 where it names none)."""
        charset = (await self._open()).charset
        return (await self.read()).decode(charset, "replace")

    async def save(self, path: str | os.PathLike[str], *, resume: bool = False) -> Path:
        """Write it to a file, which appears under its name only when it is whole; returns the path.

        Args:
            path: The file; one that is there is replaced.
            resume: Whether what came is kept when this fails, beside the file as `.NAME.part`, and the next call that
                is given this goes on from there, in another process too, if the server still has the same bytes.
        """
        from specwire._downloads.partfile import kept_file, whole_file

        target = Path(path)
        self._asked = True  # whoever cannot save it here sees why
        if not resume:
            with whole_file(target) as file:
                await self._write(file, _emptied(file))
            return target
        with kept_file(target, _source(self._connection, self._request)) as part:
            if part.version is not None and self._answer is None:
                self._transfer.continue_from(part.version, part.size)
                await self._open_again(0.0, part.start_over)
            else:
                await self._open()
                part.start_over(self._transfer.version)
            await self._write(part.file, part.start_over)
        return target

    async def save_to(self, file: IO[bytes]) -> int:
        """Write it to an open binary file; returns the number of bytes."""
        return await self._write(file, None)

    async def _write(self, file: IO[bytes], start_over: StartOver | None) -> int:
        written = 0
        async with aclosing(AsyncPieces(self, start_over)) as chunks:
            async for chunk in chunks:
                written += file.write(chunk)
        return written

    async def aclose(self) -> None:
        """Give the connection back; closing twice is nothing."""
        self._asked = True
        if self._answer is not None:
            await self._answer.aclose()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @classmethod
    async def mixed(cls, connection: AsyncSession, request: MixedRequest[T]) -> AsyncDownload | T:
        """Return the download of a call that was sent, or what it answers where its status is not that of bytes."""
        download = cls(connection, request)
        answer = await download._open()
        if answer.parse is None or isinstance(request.operation.payload_of(answer.status_code), BinaryPayload):
            return download
        value: T = answer.parse(answer, await download.read()).parsed
        return value

    def __await__(self) -> Generator[Any, Any, Self]:
        return self._opened().__await__()

    async def _opened(self) -> Self:
        await self._open()
        return self

    def __del__(self, warn: Callable[..., object] = warnings.warn) -> None:
        _warn_of_unread(self, getattr(self, "_asked", True), warn)

    def __repr__(self) -> str:
        return f"<AsyncDownload of {self._request.operation.id}>"


class AsyncPieces:
    """The bytes of an asynchronous download as they come; closed at their end, on errors, and when they are dropped."""

    def __init__(self, download: AsyncDownload, start_over: StartOver | None) -> None:
        self._download = download
        self._start_over = start_over
        self._chunks: Chunks | None = None
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._over:
            raise StopAsyncIteration
        chunks = self._chunks or await self._begin()
        try:
            piece = await self._read(chunks)
        except BaseException:
            await self.aclose()
            raise
        if not piece:
            await self.aclose()
            raise StopAsyncIteration
        return piece

    async def _begin(self) -> Chunks:
        answer = await self._download._open()
        if answer.is_consumed:
            raise _spent(self._download._request)
        self._chunks = answer.aiter_bytes()
        return self._chunks

    async def _read(self, chunks: Chunks) -> bytes:
        """Return the next bytes that are new, none at the end."""
        transfer = self._download._transfer
        while True:
            try:
                async for chunk in chunks:
                    if new := transfer.take(chunk):
                        return new
                return transfer.end()
            except TransportError as failure:
                pause = transfer.broke(failure)
            answer = await self._download._open_again(pause, self._start_over)
            self._chunks = chunks = answer.aiter_bytes()

    async def aclose(self) -> None:
        """Close the download; closing twice is nothing."""
        self._over = True
        await self._download.aclose()


def _warn_of_unread(download: Download | AsyncDownload, asked: bool, warn: Callable[..., object]) -> None:
    """Warn of a download that goes without having been sent, as of a file that was not closed."""
    if not asked:
        text = f"{download!r} was never sent: read or save it, or close it if it is not needed"
        warn(text, ResourceWarning, stacklevel=3, source=download)


def _spent(request: FileRequest) -> SpecwireError:
    return SpecwireError(f"{request.operation.id}: it was read or closed already: call the method again")


def _source(connection: BaseSession, request: FileRequest) -> str:
    """Return a digest of where a download comes from, which tells nothing of a key that may stand in it."""
    from hashlib import sha256

    operation = request.operation
    path = expand_path(operation.path, request.path, operation.styles)
    text = "\n".join((connection.base_url, operation.id, path, encode_query(request.query, operation.styles)))
    return sha256(text.encode()).hexdigest()


def _emptied(file: IO[bytes]) -> StartOver:
    """Return what empties a file that is being written."""

    def start_over(_version: Version | None) -> None:
        file.seek(0)
        file.truncate()

    return start_over
