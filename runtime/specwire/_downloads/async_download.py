"""Downloads of an asynchronous client: into memory, into a file, or in chunks."""

from __future__ import annotations

import os
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from specwire._downloads.download import AsyncOpening, emptied, source_of, unfinished
from specwire._http.response import HTTPResponse
from specwire._network.event_loop import sleep
from specwire._network.transport_errors import TransportError
from specwire._operations.operation import BinaryPayload
from specwire._operations.request import MixedRequest
from specwire._responses.async_reads import AsyncReads
from specwire.errors import APIError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire._downloads.download import AsyncDownloadSession
    from specwire._downloads.state import StartOver

T = TypeVar("T")


class AsyncDownload(AsyncOpening):
    """Download of an asynchronous client; opened on first use, closed when it is read or by `async with`."""

    _session: AsyncDownloadSession

    async def _open(self) -> HTTPResponse:
        if self._http_response is None:
            self._used = True
            self._http_response, self._response = await self._session.open(self._request, self._options)
            self._state.check.masked = self._http_response.masked
            self._state.begin(self._response, self._http_response.url)
        return self._http_response

    async def _reopen(self, pause: float, start_over: StartOver | None) -> HTTPResponse:
        """Request the missing bytes after some seconds; raise `APIError` after the last attempt."""
        while True:
            await self.aclose()
            await sleep(pause)
            try:
                http_response, response = await self._session.open(self._state.request, self._state.options)
                self._http_response, self._response = http_response, self._response or response
                self._state.resumed(response, http_response.url, start_over)
            except APIError as error:
                pause = self._state.resume_failed(error)
            except TransportError as failure:
                await self.aclose()
                pause = self._state.broke(failure)
            else:
                return http_response

    def _pieces(self, start_over: StartOver | None) -> AsyncReads:
        return AsyncReads(self._chunks(start_over), partial(unfinished, self._request))

    def iter_bytes(self) -> AsyncReads:
        """Iterate over the bytes as they arrive."""
        return self._pieces(None)

    async def read(self) -> bytes:
        """Return all bytes; raise `ResponseTooLargeError` above `max_response_size`."""
        from specwire._downloads.state import Held

        held = Held(self._request, self._options)
        async with aclosing(self._pieces(held.clear)) as pieces:
            async for piece in pieces:
                held.add(piece, self.response)
        return held.whole

    async def text(self) -> str:
        """Return the content as text, in the charset that the server names, else UTF-8."""
        http_response = await self._open()
        content = await self.read()
        return content.decode(http_response.charset, "replace")

    async def save(self, path: str | os.PathLike[str], *, resume: bool = False) -> Path:
        """Save the content to a file, which appears under its name only when it is complete; return the path.

        Args:
            path: File to write; an existing one is replaced.
            resume: Keep a partial download next to the file, as `.NAME.part`, if this fails; the next call with
                `resume` continues there, also in another process, if the server still has the same bytes.

        """
        from specwire._downloads.partfile import kept_file, whole_file

        target = Path(path)
        self._used = True  # a caller that cannot save it sees the reason
        if not resume:
            with whole_file(target) as file:
                await self._write(file, emptied(file))
            return target
        with kept_file(target, source_of(self._session, self._request)) as part:
            if part.version is not None and self._http_response is None:
                self._state.continue_from(part.version, part.size)
                await self._reopen(0.0, part.start_over)
            else:
                await self._open()
                part.start_over(self._state.version)
            await self._write(part.file, part.start_over)
        return target

    async def save_to(self, file: IO[bytes]) -> int:
        """Write the content to an open binary file; return the number of bytes."""
        return await self._write(file, None)

    async def _write(self, file: IO[bytes], start_over: StartOver | None) -> int:
        written = 0
        try:
            async with aclosing(self._pieces(start_over)) as pieces:
                async for piece in pieces:
                    written += file.write(piece)
        finally:
            await self.aclose()
        return written

    async def aclose(self) -> None:
        """Release the connection. Idempotent."""
        self._used = True
        if self._http_response is not None:
            await self._http_response.aclose()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @classmethod
    async def mixed(cls, session: AsyncDownloadSession, request: MixedRequest[T]) -> AsyncDownload | T:
        """Send a call and return its download, or its parsed body if the status is not that of a download."""
        download = cls(session, request)
        http_response = await download._open()
        if http_response.parse is None or isinstance(
            request.operation.payload_of(http_response.status_code), BinaryPayload
        ):
            return download
        value: T = http_response.parse(http_response, await download.read()).parsed
        return value
