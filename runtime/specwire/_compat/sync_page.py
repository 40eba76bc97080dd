# Derived from async_page.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Pages of a synchronous client, which iterate over the items of all pages that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from specwire._compat.errors import translated
from specwire._compat.page import PageInfo, PageModel, info_of, page_class
from specwire._operations.request import PagedRequest
from specwire._operations.response import Response
from specwire._pagination.pagination import Trail, items
from specwire.errors import APIStatusError, InvalidRequestError

if TYPE_CHECKING:
    from typing import Self

    from specwire._client.sync_session import Session
    from specwire._compat.response import BaseAPIResponse

ItemT = TypeVar("ItemT")


class Page(PageModel, Generic[ItemT]):
    """A page of a list. Its fields are those of the response."""

    __item__: ClassVar[Any] = Any
    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(page_class)

    def __init__(self, response: BaseAPIResponse) -> None:
        self._response = response
        self._session = cast("Session", response._session)
        self._request: PagedRequest[Any, ItemT] = cast("PagedRequest[Any, ItemT]", response._request)
        self._value: Any = None
        self._trail: Trail[Any, ItemT]
        self._next_request: list[PagedRequest[Any, ItemT] | None] = []

    def _begin(self, whole: Response[Any]) -> None:
        """Make this the first page of a list."""
        trail: Trail[Any, ItemT] = Trail(self._request, self._session.options.max_pages)
        self._take(trail, whole)

    def _take(self, trail: Trail[Any, ItemT], whole: Response[Any]) -> bool:
        """Make this the page of a response; return False if the list ended before it."""
        with translated(self._session.base_url):
            is_page = trail.take(whole)
        self._value, self._trail = whole.parsed, trail
        return is_page

    def _following(self) -> PagedRequest[Any, ItemT] | None:
        """Return the request for the next page, or None after the last."""
        if not self._next_request:
            self._trail = self._trail.forked()
            with translated(self._session.base_url):
                following = self._trail.following()
            self._next_request.append(None if self._trail.is_counted_out else following)
        return self._next_request[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_value":
            raise AttributeError(name)
        return getattr(self._value, name)

    def _get_page_items(self) -> Sequence[ItemT]:
        return items(self._request, self._value)

    def has_next_page(self) -> bool:
        """Return True if another page follows."""
        return self._following() is not None

    def next_page_info(self) -> PageInfo | None:
        """Return the parameters or the URL of the next page, or None after the last."""
        following = self._following()
        return info_of(self._request, following) if following is not None else None

    def get_next_page(self) -> Self:
        """Fetch the next page; raise after the last."""
        page = self._next()
        if page is None:
            raise InvalidRequestError(
                "No next page expected; please check `.has_next_page()` before calling `.get_next_page()`."
            )
        return page

    def _next(self) -> Self | None:
        following = self._following()
        if following is None:
            return None
        page = type(self)(self._response)
        page._request = following
        trail = self._trail.forked()
        with translated(self._session.base_url):
            try:
                whole = self._session.perform(following)
            except APIStatusError as error:
                if trail.ends_with(error.status_code):
                    return None
                raise
        return page if page._take(trail, whole) else None

    def iter_pages(self) -> Iterator[Self]:
        """Yield this page and all that follow."""
        page: Self | None = self
        while page is not None:
            yield page
            page = page._next()

    def __iter__(self) -> Iterator[ItemT]:
        for page in self.iter_pages():
            found = page._get_page_items()
            for index in range(len(found)):
                yield found[index]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._value!r})"
