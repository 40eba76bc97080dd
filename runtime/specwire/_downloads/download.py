"""Parts that synchronous and asynchronous downloads share, and the parts that differ in kind.

A download fetches nothing before its bytes are requested: into memory, into a file, or chunk by chunk. After an
interruption, it requests the rest if the server accepts ranges and identifies its bytes (`Accept-Ranges: bytes` with a
strong `ETag`, or a `Last-Modified` older than the response); see `specwire._downloads.state`.
"""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable, Generator
from typing import IO, TYPE_CHECKING, Any, Protocol

from specwire._http.options import Options
from specwire._http.response import HTTPResponse
from specwire._network.transport_errors import TransportError
from specwire._operations.request import BaseRequest, FileRequest
from specwire._responses.stream_errors import UNFINISHED
from specwire._serialization.parameters import encode_query, expand_path
from specwire.errors import SpecwireError

if TYPE_CHECKING:
    from typing import Self

    from specwire._downloads.ranges import Version
    from specwire._downloads.state import StartOver
    from specwire._operations.response import Response


_LAZY = frozenset({"GET", "HEAD"})
"""Methods without side effects, which are sent when their response is read."""


class BaseDownloadSession(Protocol):
    """Interface of sessions that downloads need."""

    base_url: str
    options: Options


class DownloadSession(BaseDownloadSession, Protocol):
    """Session of a synchronous client."""

    def open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]: ...


class AsyncDownloadSession(BaseDownloadSession, Protocol):
    """Session of an asynchronous client."""

    async def open(self, request: BaseRequest, options: Options) -> tuple[HTTPResponse, Response[None]]: ...


class BaseDownload:
    """Download, open or not yet open."""

    def __init__(self, session: BaseDownloadSession, request: FileRequest) -> None:
        from specwire._downloads.state import DownloadState  # not every client downloads

        self._session = session
        self._request = request
        self._options = session.options
        self._state = DownloadState(request, self._options)
        self._used = False
        self._http_response: HTTPResponse | None = None
        self._response: Response[None] | None = None

    def __del__(self, warn: Callable[..., object] = warnings.warn) -> None:
        if not getattr(self, "_used", True):
            text = f"{self!r} was never sent: read or save it, or close it if it is not needed"
            warn(text, ResourceWarning, stacklevel=2, source=self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.operation.id}>"


class Opening(BaseDownload):
    """Download of a synchronous client."""

    def _open(self) -> HTTPResponse:
        raise NotImplementedError

    def _reopen(self, pause: float, start_over: StartOver | None) -> HTTPResponse:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    @classmethod
    def called(cls, session: BaseDownloadSession, request: FileRequest) -> Self:
        """Return the download of a call; methods other than GET and HEAD are sent at once."""
        download = cls(session, request)
        if request.operation.method not in _LAZY:
            download._open()
        return download

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id; opens the download if necessary."""
        self._open()
        assert self._response is not None
        return self._response

    def _chunks(self, start_over: StartOver | None) -> Generator[bytes, None, None]:
        http_response = self._open()
        if http_response.is_consumed:
            raise spent(self._request)
        take = self._state.take
        try:
            while True:
                try:
                    for chunk in http_response.iter_bytes():
                        if new := take(chunk):
                            yield new
                    if rest := self._state.end():
                        yield rest
                    break
                except TransportError as failure:
                    pause = self._state.broke(failure)
                http_response = self._reopen(pause, start_over)
        except GeneratorExit:
            http_response.abandon()  # the garbage collector may hold it
            raise
        except BaseException:
            self.close()
            raise
        self.close()


class AsyncOpening(BaseDownload):
    """Download of an asynchronous client.

    `await` sends it and returns it open, for responses whose body is not needed: `await client.orders.delete(7)`.
    """

    async def _open(self) -> HTTPResponse:
        raise NotImplementedError

    async def _reopen(self, pause: float, start_over: StartOver | None) -> HTTPResponse:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError

    @classmethod
    def called(cls, session: BaseDownloadSession, request: FileRequest) -> Self:
        """Return the download of a call."""
        return cls(session, request)

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id of the response, once the download is open."""
        if self._response is None:
            raise RuntimeError("the download is not open yet: use `async with`, or read from it first")
        return self._response

    def _chunks(self, start_over: StartOver | None) -> AsyncChunks:
        return AsyncChunks(self, start_over)

    def __await__(self) -> Generator[Any, Any, Self]:
        return self._sent().__await__()

    async def _sent(self) -> Self:
        await self._open()
        return self


class AsyncChunks:
    """Chunks of an asynchronous download; closed at the end, on errors, and when no longer referenced."""

    def __init__(self, download: AsyncOpening, start_over: StartOver | None) -> None:
        self._download = download
        self._start_over = start_over
        self._chunks: AsyncIterator[bytes] | None = None
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

    async def _begin(self) -> AsyncIterator[bytes]:
        http_response = await self._download._open()
        if http_response.is_consumed:
            raise spent(self._download._request)
        self._chunks = http_response.aiter_bytes()
        return self._chunks

    async def _read(self, chunks: AsyncIterator[bytes]) -> bytes:
        """Return the next new bytes, or none at the end."""
        state = self._download._state
        while True:
            try:
                async for chunk in chunks:
                    if new := state.take(chunk):
                        return new
                return state.end()
            except TransportError as failure:
                pause = state.broke(failure)
            http_response = await self._download._reopen(pause, self._start_over)
            self._chunks = chunks = http_response.aiter_bytes()

    async def aclose(self) -> None:
        """Close the download. Idempotent."""
        self._over = True
        await self._download.aclose()


def unfinished(request: FileRequest) -> SpecwireError:
    """Return the error for reading a download while another read runs, or after one that failed."""
    return SpecwireError(f"{request.operation.id}: {UNFINISHED.format('download')}")


def spent(request: FileRequest) -> SpecwireError:
    return SpecwireError(f"{request.operation.id}: it was read or closed already: call the method again")


def source_of(session: BaseDownloadSession, request: FileRequest) -> str:
    """Return a digest of the URL of a download, which reveals no key that the URL may contain."""
    from hashlib import sha256

    operation = request.operation
    path = expand_path(operation.path, request.path, operation.styles)
    text = "\n".join((session.base_url, operation.id, path, encode_query(request.query, operation.styles)))
    return sha256(text.encode()).hexdigest()


def emptied(file: IO[bytes]) -> StartOver:
    """Return a function that empties a file being written."""

    def start_over(_version: Version | None) -> None:
        file.seek(0)
        file.truncate()

    return start_over
