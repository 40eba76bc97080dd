"""The method of a list on an asynchronous client, which is awaited or iterated."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from specwire._compat_client.async_method import AsyncMethod
from specwire._compat_client.bound import Bound

if TYPE_CHECKING:
    from specwire._compat.async_page import AsyncPage
    from specwire._compat.call import Call

P = ParamSpec("P")
ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound="AsyncPage[Any]")


class AsyncPaginator(Generic[ItemT, PageT]):
    """A list of an asynchronous client: awaited, its first page; iterated, the items of all pages."""

    def __init__(self, send: Coroutine[Any, Any, PageT]) -> None:
        self._send = send

    def __await__(self) -> Generator[Any, Any, PageT]:
        return self._send.__await__()

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        async for item in await self:
            yield item


class AsyncPagedMethod(Bound[P], Generic[P, ItemT, PageT]):
    """A method that returns the pages of a list."""

    def __init__(self, build: Callable[P, Call[Any]], resource: Any, page: Any) -> None:
        super().__init__(build, resource, page)
        self._call: AsyncMethod[P, PageT] = AsyncMethod(build, resource, page)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncPaginator[ItemT, PageT]:
        return AsyncPaginator(self._call(*args, **kwargs))
