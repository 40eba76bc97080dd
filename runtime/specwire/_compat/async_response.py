"""Responses with their metadata, and events, of an asynchronous client."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from specwire._compat.errors import translated
from specwire._compat.response import BaseAPIResponse, created
from specwire._network.deadline import Deadline
from specwire._operations.request import StreamRequest
from specwire._streaming.async_streaming import AsyncEventStream

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import httpx2

    from specwire._client.async_session import AsyncSession
    from specwire._operations.response import Response

T = TypeVar("T")
R = TypeVar("R")
ResponseT = TypeVar("ResponseT", bound="AsyncAPIResponse[Any]")


class AsyncAPIResponse(BaseAPIResponse, Generic[R]):
    """A response with its metadata; `parse` returns what the method returns."""

    @overload
    async def parse(self, *, to: type[T]) -> T: ...

    @overload
    async def parse(self) -> R: ...

    async def parse(self, *, to: Any = None) -> Any:
        """Return the body as the method does, or as another type."""
        if to is not None:
            return self._as(to, await self.read())
        if not self._parsed:
            if isinstance(self._request, StreamRequest):
                self._parsed.append(AsyncStream(self))
            else:
                whole = await self.whole()
                value = whole.parsed
                if self._page is not None:
                    value = self._page(self)
                    value._begin(whole)
                self._parsed.append(value)
        return self._parsed[0]

    async def whole(self) -> Response[Any]:
        """Return the parsed response."""
        content = await self.read()
        with translated(self._session.base_url):
            assert self._opened.parse is not None
            return self._opened.parse(self._opened, content)

    async def read(self) -> bytes:
        """Read the body and return it."""
        with translated(self._session.base_url, self._request):
            try:
                await self._opened.aread(self._limit)
            finally:
                self._closed = True
                if not self._opened.raw.is_closed:
                    await self._opened.aclose()
        return self._opened.content

    async def text(self) -> str:
        """Read the body and return it as text."""
        return self._text(await self.read())

    async def json(self) -> Any:
        """Read the body and return it as JSON."""
        return self._json(await self.read())

    async def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """Yield the body as it arrives."""
        ready = b""
        if "content" in self._opened.__dict__:
            ready = self._opened.content
        else:
            chunks = self._opened.aiter_bytes()
            while True:
                with translated(self._session.base_url, self._request):
                    try:
                        ready += await anext(chunks)
                    except StopAsyncIteration:
                        break
                while chunk_size is not None and len(ready) >= chunk_size:
                    yield ready[:chunk_size]
                    ready = ready[chunk_size:]
                if chunk_size is None:
                    yield ready
                    ready = b""
        while ready:
            yield ready[: chunk_size or len(ready)]
            ready = ready[chunk_size or len(ready) :]

    async def iter_text(self, chunk_size: int | None = None) -> AsyncIterator[str]:
        """Yield the body as text, as it arrives."""
        import codecs

        decode = codecs.getincrementaldecoder(self._opened.charset)("replace").decode
        async for chunk in self.iter_bytes(chunk_size):
            if text := decode(chunk):
                yield text
        if text := decode(b"", True):
            yield text

    async def iter_lines(self) -> AsyncIterator[str]:
        """Yield the lines of the body, as they arrive."""
        rest = ""
        async for text in self.iter_text():
            *lines, rest = f"{rest}{text}".split("\n")
            for line in lines:
                yield line.removesuffix("\r")
        if rest:
            yield rest

    async def close(self) -> None:
        """Release the connection."""
        self._closed = True
        await self._opened.aclose()


class AsyncBinaryAPIResponse(AsyncAPIResponse[bytes]):
    """A response whose body is a file."""

    @property
    def content(self) -> bytes:
        """The body that was read."""
        return self._opened.content

    async def write_to_file(self, file: str | os.PathLike[str]) -> None:
        """Write the body to a file."""
        await self.stream_to_file(file)

    async def stream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """Write the body to a file as it arrives."""
        with created(file) as target:
            async for chunk in self.iter_bytes(chunk_size):
                target.write(chunk)


class AsyncStream(Generic[T]):
    """Events as they come; closed at its end, on errors, and by `async with`."""

    response: httpx2.Response
    """The response of the HTTP library."""

    def __init__(self, response: BaseAPIResponse) -> None:
        session = cast("AsyncSession", response._session)
        self.response = response._opened.raw
        self._base_url = session.base_url
        self._events: AsyncEventStream[T] = AsyncEventStream(session, cast("StreamRequest[T]", response._request))
        self._events.begin(response._opened, response._head, Deadline(session.options.deadline))

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        with translated(self._base_url):
            return await self._events.__anext__()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Release the connection. Idempotent."""
        await self._events.aclose()


class AsyncResponseContextManager(Generic[ResponseT]):
    """A call whose response is open inside `async with`."""

    def __init__(self, send: Callable[[], Awaitable[ResponseT]]) -> None:
        self._send = send
        self._response: ResponseT | None = None

    async def __aenter__(self) -> ResponseT:
        self._response = await self._send()
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            await self._response.close()
