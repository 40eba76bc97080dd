# Derived from async_pages.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Iterators over pages and items: objects, not generators, so that leaving one early needs no cleanup."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from specwire._operations.request import PagedRequest
from specwire._pagination import pagination
from specwire.errors import APIStatusError

if TYPE_CHECKING:
    from specwire._operations.response import Response

T = TypeVar("T")
ItemT = TypeVar("ItemT")


class Pages(Generic[T, ItemT]):
    """Iterator over a page and all later ones."""

    def __init__(
        self,
        perform: Callable[[PagedRequest[T, ItemT]], Response[T]],
        trail: pagination.Trail[T, ItemT],
    ) -> None:
        self._perform = perform
        self._trail = trail

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        while (following := self._trail.following()) is not None:
            try:
                response = self._perform(following)
            except APIStatusError as error:
                if self._trail.ends_with(error.status_code):
                    break
                raise
            if self._trail.take(response):
                return response.parsed
        raise StopIteration


class Items(Generic[T, ItemT]):
    """Iterator over the items of a page and of all later ones."""

    def __init__(self, request: PagedRequest[T, ItemT], pages: Iterator[T]) -> None:
        self._request = request
        self._pages = pages
        self._ready: deque[ItemT] = deque()

    def __iter__(self) -> Iterator[ItemT]:
        return self

    def __next__(self) -> ItemT:
        while not self._ready:
            page = next(self._pages)
            self._ready.extend(pagination.items(self._request, page))
        return self._ready.popleft()
