"""Streams of typed events of an asynchronous client; they always release their connection."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from specwire._http.response import HTTPResponse
from specwire._network.deadline import Deadline
from specwire._network.event_loop import sleep
from specwire._network.timeouts import Silence
from specwire._network.transport_errors import TransportError
from specwire._operations.request import StreamRequest
from specwire._responses.async_reads import AsyncReads
from specwire._responses.stream_errors import already_read_error, closed_error, unfinished_error
from specwire._streaming.accumulator import Accumulator
from specwire._streaming.events import EventReader
from specwire._streaming.streaming import AsyncStream, late_async
from specwire.errors import APIError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire._client.async_session import AsyncSession
    from specwire._operations.response import Response
    from specwire._streaming.reconnection import Reconnection

E = TypeVar("E")
F = TypeVar("F")


class AsyncEventStream(AsyncStream[E]):
    """Stream of events; opened by `async with` or by the first iteration, closed at its end and on errors."""

    _keep: ClassVar[bool] = False

    def __init__(self, session: AsyncSession, request: StreamRequest[E]) -> None:
        self._session = session
        self._request = request
        self._options = session.options
        self._opened: tuple[HTTPResponse, AsyncIterator[bytes], EventReader[E], Response[None]] | None = None
        self._ready: deque[E] = deque()
        self._used = False
        self._silence = Silence(None, None)
        self._closed = False
        self._reading = False
        """True during a read, and after one that was cancelled: the connection is lost, and what it had read."""

    async def _open(self) -> tuple[HTTPResponse, AsyncIterator[bytes], EventReader[E], Response[None]]:
        if self._opened is None:
            if self._closed:
                raise closed_error(self._request, None)
            self._used = True
            deadline = Deadline(self._options.deadline)
            http_response, response = await self._session.open(self._request, self._options)
            return self.begin(http_response, response, deadline)
        return self._opened

    def begin(
        self, http_response: HTTPResponse, response: Response[None], deadline: Deadline
    ) -> tuple[HTTPResponse, AsyncIterator[bytes], EventReader[E], Response[None]]:
        """Take a response whose body is still to be read."""
        self._used = True
        reader = EventReader(self._request, response, self._options, keep=self._keep, deadline=deadline)
        reader.masked = http_response.masked
        self._ready = reader.ready
        self._silence = silence = Silence(self._options.idle_timeout, deadline.end)
        http_response.timeouts["read"] = silence.timeout
        self._opened = http_response, http_response.aiter_bytes(), reader, response
        return self._opened

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[E]:
        return self

    async def __anext__(self) -> E:
        if not self._ready:
            if self._reading:
                raise unfinished_error(self._request)
            self._reading = True
            try:
                await self._read()
            except Exception:
                self._reading = False
                raise
            self._reading = False
        return self._ready.popleft()

    def iter_bytes(self) -> AsyncReads:
        """Iterate over the raw body as it arrives, for servers that send no events. Not together with reading events."""
        return AsyncReads(self._bytes(), partial(unfinished_error, self._request))

    async def _bytes(self) -> AsyncGenerator[bytes, None]:
        _, chunks, reader, response = await self._open()
        if reader.begun:
            raise already_read_error(self._request, response)
        try:
            while True:
                if self._closed:
                    raise closed_error(self._request, response)
                self._silence.restart()
                try:
                    chunk = await anext(chunks)
                    self._watch_bytes()
                except StopAsyncIteration:
                    return
                except TransportError as failure:
                    raise reader.broken_off(failure, self._silence.check()) from failure.origin
                yield chunk
        finally:
            await self.aclose()

    async def _read(self) -> None:
        """Read until an event is ready; raise `StopAsyncIteration` at the end."""
        http_response, chunks, reader, response = self._opened or await self._open()
        self._silence.restart()  # now: the caller may have paused since the last event
        while not reader.ready and not reader.done:
            if self._closed:
                raise closed_error(self._request, response)
            try:
                reader.feed(await (late_async(http_response, chunks) if reader.terminated else anext(chunks)))
                self._watch(reader)
            except StopAsyncIteration:
                reader.end()
            except TransportError as failure:
                reader.broke(failure, self._silence.check())
            if reader.done:
                await http_response.aclose()
                if reader.broken and reader.reconnection is not None:
                    await self._reconnect(reader, reader.reconnection, http_response.url)
                    http_response, chunks, reader, response = await self._open()
        if not reader.ready:
            if reader.failure is not None:
                raise reader.failure
            raise StopAsyncIteration

    async def _reconnect(self, reader: EventReader[E], reconnection: Reconnection[E], url: str) -> None:
        """Request the events after the last one, as often as the policy allows; the reader records the outcome."""
        pause = reconnection.wait(url)
        while pause is not None:
            await sleep(pause)
            if self._closed:
                return
            try:
                http_response, response = await self._session.open(reconnection.request, reconnection.options)
            except APIError as error:
                pause = reconnection.wait(url, error)
                if pause is None:
                    reader.lost(error)
                continue
            self._silence.restart()
            http_response.timeouts["read"] = self._silence.timeout
            self._opened = http_response, http_response.aiter_bytes(), reader, response
            reader.resumed(response)
            if self._closed or reader.done:
                await http_response.aclose()
            return

    async def aclose(self) -> None:
        """Release the connection. Idempotent."""
        self._closed = self._used = True
        if self._opened is not None:
            await self._opened[0].aclose()


class AsyncAccumulatingStream(AsyncEventStream[E], Generic[E, F]):
    """Stream of events, and the response that they are combined into."""

    _keep = True

    def __init__(
        self,
        session: AsyncSession,
        request: StreamRequest[E],
        accumulator: Accumulator[E, F],
    ) -> None:
        super().__init__(session, request)
        self._accumulator = accumulator

    async def final(self) -> F:
        """Read the rest of the stream and return the whole response."""
        async for _ in self:
            pass
        return self.so_far()

    def so_far(self) -> F:
        """Return the response so far: a part of it while the stream is open, or after it broke off."""
        if self._opened is not None:
            self._opened[2].add_up(self._accumulator)
        return self._accumulator.final()
