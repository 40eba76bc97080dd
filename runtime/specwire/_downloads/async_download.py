"""Bytes of a response of an asynchronous client: into memory, into a file, or as they come."""

from __future__ import annotations

import os
from contextlib import aclosing
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from specwire._downloads.download import AsyncOpening, AsyncPieces, emptied, source_of
from specwire._http.response import HTTPResponse
from specwire._network.event_loop import sleep
from specwire._network.transport_errors import TransportError
from specwire._operations.operation import BinaryPayload
from specwire._operations.request import MixedRequest
from specwire.errors import APIError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire._client.async_session import AsyncSession
    from specwire._downloads.state import StartOver

T = TypeVar("T")


class AsyncDownload(AsyncOpening):
    """A download of an asynchronous client; opened by the first use, closed when it is read or by `async with`."""

    _connection: AsyncSession

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

    def iter_bytes(self) -> AsyncPieces:
        """Go through the bytes as they come."""
        return self._pieces(None)

    async def read(self) -> bytes:
        """Return the whole of it; raises `ResponseTooLargeError` beyond `max_response_size`."""
        from specwire._downloads.state import Held

        held = Held(self._request, self._options)
        async with aclosing(self._pieces(held.clear)) as pieces:
            async for piece in pieces:
                held.add(piece, self.response)
        return held.whole

    async def text(self) -> str:
        """Return the whole of it as text, by the charset that the server names (UTF-8 where it names none)."""
        answer = await self._open()
        content = await self.read()
        return content.decode(answer.charset, "replace")

    async def save(self, path: str | os.PathLike[str], *, resume: bool = False) -> Path:
        """Write it to a file, which appears under its name only when it is whole; returns the path.

        Args:
            path: The file; one that is there is replaced.
            resume: Keep a partial download next to the file, as `.NAME.part`, if this fails; the next call with
                `resume` continues there, also in another process, if the server still has the same bytes.
        """
        from specwire._downloads.partfile import kept_file, whole_file

        target = Path(path)
        self._asked = True  # a caller who cannot save it sees the reason
        if not resume:
            with whole_file(target) as file:
                await self._write(file, emptied(file))
            return target
        with kept_file(target, source_of(self._connection, self._request)) as part:
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
        try:
            async with aclosing(self._pieces(start_over)) as pieces:
                async for piece in pieces:
                    written += file.write(piece)
        finally:
            await self.aclose()
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
