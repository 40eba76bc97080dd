"""Responses of SDKs of the older generation: read before they are returned, also by an asynchronous client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from specwire._compat.errors import translated
from specwire._compat.response import BaseAPIResponse
from specwire._operations.request import StreamRequest

T = TypeVar("T")
R = TypeVar("R")


class LegacyAPIResponse(BaseAPIResponse, Generic[R]):
    """A response with its metadata, of which nothing is awaited; `parse` returns what the method returns."""

    def __init__(self, response: BaseAPIResponse, stream: Callable[[BaseAPIResponse], Any]) -> None:
        super().__init__(response._session, response._request, response._opened, response._head, response._page)
        self._closed = response._closed
        self._stream = stream

    @overload
    def parse(self, *, to: type[T]) -> T: ...

    @overload
    def parse(self) -> R: ...

    def parse(self, *, to: Any = None) -> Any:
        """Return the body as the method does, or as another type."""
        if to is not None:
            return self._as(to, self.content)
        if not self._parsed:
            self._parsed.append(self._made())
        return self._parsed[0]

    def _made(self) -> Any:
        if isinstance(self._request, StreamRequest):
            return self._stream(self)
        with translated(self._session.base_url):
            assert self._opened.parse is not None
            whole = self._opened.parse(self._opened, self.content)
        if self._page is None:
            return whole.parsed
        page = self._page(self)
        page._begin(whole)
        return page

    @property
    def content(self) -> bytes:
        """The body."""
        return self._opened.content

    @property
    def text(self) -> str:
        """The body as text."""
        return self._text(self.content)
