# Derived from async_response.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Responses with their metadata, and events, of a synchronous client."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from specwire._compat.errors import translated
from specwire._compat.response import BaseAPIResponse, created
from specwire._network.deadline import Deadline
from specwire._operations.request import StreamRequest
from specwire._streaming.sync_streaming import EventStream

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import httpx2

    from specwire._client.sync_session import Session
    from specwire._operations.response import Response

T = TypeVar("T")
R = TypeVar("R")
ResponseT = TypeVar("ResponseT", bound="APIResponse[Any]")


class APIResponse(BaseAPIResponse, Generic[R]):
    """A response with its metadata; `parse` returns what the method returns."""

    @overload
    def parse(self, *, to: type[T]) -> T: ...

    @overload
    def parse(self) -> R: ...

    def parse(self, *, to: Any = None) -> Any:
        """Return the body as the method does, or as another type."""
        if to is not None:
            return self._as(to, self.read())
        if not self._parsed:
            if isinstance(self._request, StreamRequest):
                self._parsed.append(Stream(self))
            else:
                whole = self.whole()
                value = whole.parsed
                if self._page is not None:
                    value = self._page(self)
                    value._begin(whole)
                self._parsed.append(value)
        return self._parsed[0]

    def whole(self) -> Response[Any]:
        """Return the parsed response."""
        content = self.read()
        with translated(self._session.base_url):
            assert self._opened.parse is not None
            return self._opened.parse(self._opened, content)

    def read(self) -> bytes:
        """Read the body and return it."""
        with translated(self._session.base_url, self._request):
            try:
                self._opened.read(self._limit)
            finally:
                self._closed = True
                if not self._opened.raw.is_closed:
                    self._opened.close()
        return self._opened.content

    def text(self) -> str:
        """Read the body and return it as text."""
        return self._text(self.read())

    def json(self) -> Any:
        """Read the body and return it as JSON."""
        return self._json(self.read())

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        ready = b""
        if "content" in self._opened.__dict__:
            ready = self._opened.content
        else:
            chunks = self._opened.iter_bytes()
            while True:
                with translated(self._session.base_url, self._request):
                    try:
                        ready += next(chunks)
                    except StopIteration:
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

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """Yield the body as text, as it arrives."""
        import codecs

        decode = codecs.getincrementaldecoder(self._opened.charset)("replace").decode
        for chunk in self.iter_bytes(chunk_size):
            if text := decode(chunk):
                yield text
        if text := decode(b"", True):
            yield text

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of the body, as they arrive."""
        rest = ""
        for text in self.iter_text():
            *lines, rest = f"{rest}{text}".split("\n")
            for line in lines:
                yield line.removesuffix("\r")
        if rest:
            yield rest

    def close(self) -> None:
        """Release the connection."""
        self._closed = True
        self._opened.close()


class BinaryAPIResponse(APIResponse[bytes]):
    """A response whose body is a file."""

    @property
    def content(self) -> bytes:
        """The body that was read."""
        return self._opened.content

    def write_to_file(self, file: str | os.PathLike[str]) -> None:
        """Write the body to a file."""
        self.stream_to_file(file)

    def stream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """Write the body to a file as it arrives."""
        with created(file) as target:
            for chunk in self.iter_bytes(chunk_size):
                target.write(chunk)


class Stream(Generic[T]):
    """Events as they come; closed at its end, on errors, and by `with`."""

    response: httpx2.Response
    """The response of the HTTP library."""

    def __init__(self, response: BaseAPIResponse) -> None:
        session = cast("Session", response._session)
        self.response = response._opened.raw
        self._base_url = session.base_url
        self._events: EventStream[T] = EventStream(session, cast("StreamRequest[T]", response._request))
        self._events.begin(response._opened, response._head, Deadline(session.options.deadline))

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        with translated(self._base_url):
            return self._events.__next__()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the connection. Idempotent."""
        self._events.close()


class ResponseContextManager(Generic[ResponseT]):
    """A call whose response is open inside `with`."""

    def __init__(self, send: Callable[[], ResponseT]) -> None:
        self._send = send
        self._response: ResponseT | None = None

    def __enter__(self) -> ResponseT:
        self._response = self._send()
        return self._response

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            self._response.close()
