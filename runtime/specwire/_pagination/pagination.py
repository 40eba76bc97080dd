"""Pagination without I/O: the request for the next page, and the end of a list.

Servers may return fewer items than requested, report the size of a page as the total, ignore the page parameter, or
repeat a page. So a single sign never ends a list, and a repeated page is an error.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from specwire._models.model import Unknown
from specwire._models.unset import UNSET
from specwire._operations.operation import Cursor, NextURL, Offset, PageNumber, Pagination
from specwire._operations.request import JsonBody, PagedRequest
from specwire._serialization.style import opened
from specwire.errors import DecodeError, InvalidRequestError, PaginationError

if TYPE_CHECKING:
    from specwire._operations.response import Response

T = TypeVar("T")
ItemT = TypeVar("ItemT")

EMPTY_PAGES = 100
"""Maximum number of consecutive empty pages if the caller sets no `max_pages`."""
_NO_SUCH_PAGE = (400, 404, 410, 416, 422)
"""Statuses of responses to a request beyond the last page."""
_NOT_FOUND = (404, 410, 416)
"""Those of them that have no other meaning."""


def items(request: PagedRequest[T, ItemT], page: T) -> Sequence[ItemT]:
    """Return the items of a page."""
    found = at(page, _pagination(request).items)
    return found if isinstance(found, list) else ()


def _check_page(request: PagedRequest[T, ItemT], response: Response[T]) -> None:
    """Raise `DecodeError` for a response that isn't a page, so that it doesn't count as an empty one."""
    page, path = response.parsed, _pagination(request).items
    if (
        path
        and (page is None or isinstance(page, Unknown | str | bytes | list))
        and not isinstance(at(page, path), list)
    ):
        text = f"{request.operation.id}: the response is not a page: it has no field {path[0]!r}"
        raise DecodeError(text, request=request, response=response)


class Trail(Generic[T, ItemT]):
    """State of one list: its pages so far, and the next request."""

    def __init__(self, request: PagedRequest[T, ItemT], max_pages: int | None = None) -> None:
        if max_pages is not None and max_pages < 1:
            raise InvalidRequestError(f"max_pages is {max_pages}: give a number above 0, or None")
        self._pagination = _pagination(request)
        self._request = request
        self._ahead = True
        """True if the first request is still to be sent."""
        self._response: Response[T] | None = None
        self._found: Sequence[ItemT] = ()
        self._max_pages = max_pages
        self._pages = 0
        self._empty = 0
        self._longest = 0
        self._number = self._start()
        """Number of the last page, or the number of items before it."""
        self._probing = False
        self._doubtful = False
        """True once the end that the server reported is reached."""
        self._uncounted = False
        """True if the server reports nothing about the length of the list."""
        self._seen = 0
        """Number of items so far, if the pages before the first had the requested size."""
        self._exact = True
        """True if that number is certain."""
        self._asked = {hash(cursor) for cursor in self._cursors(request)}
        self._shown: set[int] = set()

    def forked(self) -> Trail[T, ItemT]:
        """Return a copy that goes its own way."""
        made = copy.copy(self)
        made._asked, made._shown = set(self._asked), set(self._shown)
        return made

    def following(self) -> PagedRequest[T, ItemT] | None:
        """Return the request for the next page, or None after the last; raise if pages repeat."""
        if self._ahead or self._response is None:
            return self._request
        following = self._next(self._response)
        if following is None:
            return None
        if self._max_pages is not None and self._pages >= self._max_pages:
            raise self._error(f"more pages follow after {self._pages}, the limit set by `max_pages`")
        if self._max_pages is None and self._empty >= EMPTY_PAGES:
            raise self._error(f"{self._empty} pages in a row are empty, but the server reports more; set `max_pages`")
        self._request, self._ahead = following, True
        return following

    @property
    def is_counted_out(self) -> bool:
        """Return True if, by the server's own count, the next request only confirms the end."""
        return self._doubtful

    def take(self, response: Response[T]) -> bool:
        """Process the last response and return True if it is a page of the list; raise for a repeated page."""
        self._ahead = False
        _check_page(self._request, response)
        found = items(self._request, response.parsed)
        mark = _mark(self._pagination.items, response)
        repeated = bool(found) and mark in self._shown
        if self._probing:
            self._probing = False
            if repeated:  # pages are counted from 1
                return False
        if repeated:
            raise self._error("the server returned the same page again; it may ignore the page parameter")
        self._pages += 1
        self._empty = 0 if found else self._empty + 1
        self._shown.add(mark)
        self._response, self._found = response, found
        self._count(found)
        return True

    def ends_with(self, status: int) -> bool:
        """Return True if an error is the response to a confirming request beyond the last page."""
        if self._doubtful or self._probing:
            return status in _NO_SUCH_PAGE
        return self._uncounted and status in _NOT_FOUND

    def _count(self, found: Sequence[ItemT]) -> None:
        if self._pages == 1:
            self._seen, self._exact = self._before(found)
        self._seen += len(found)

    def _start(self) -> int | None:
        match self._pagination:
            case PageNumber(parameter, _, _, first):
                return self._stated(parameter, first)
            case Offset(parameter):
                return self._stated(parameter, 0)
            case _:
                return None

    def _before(self, found: Sequence[ItemT]) -> tuple[int, bool]:
        """Return the number of items before the first requested page, and whether it is certain."""
        match self._pagination:
            case Offset():
                return self._number or 0, True
            case PageNumber(_, _, size, first):
                ahead = 0 if self._number is None else self._number - (first or 0)
                asked = self._stated(size, None) if size is not None else None
                # A server that returned fewer items than requested may have done so on earlier pages.
                return (0, True) if ahead <= 0 else (ahead * (asked or 0), asked == len(found))
            case _:
                return 0, True

    def _next(self, response: Response[T]) -> PagedRequest[T, ItemT] | None:
        page = response.parsed
        match self._pagination:
            case PageNumber(parameter, _, _, _, total, pages, more):
                if self._has_ended(page, total, pages, more):
                    return None
                if self._number is None:
                    # The document doesn't state whether pages are counted from 0 or 1: page 1 is either the first page
                    # again or a new one.
                    self._probing = True
                    self._number = 1
                else:
                    self._number += 1
                return self._asking(parameter, self._number)
            case Offset(parameter, _, _, total, more):
                if self._has_ended(page, total, None, more):
                    return None
                if not self._found:
                    raise self._error("the server reports more items, but returned none")
                self._number = (self._number or 0) + len(self._found)
                return self._asking(parameter, self._number)
            case Cursor() as pagination:
                return self._after_cursor(page, pagination, response)
            case NextURL(_, next_):
                url = at(page, next_) if next_ is not None else _linked(response)
                if not isinstance(url, str) or not url or self._is_end(url):
                    return None
                return self._request.replace(url=url)

    def _after_cursor(self, page: T, pagination: Cursor, response: Response[T]) -> PagedRequest[T, ItemT] | None:
        follows = at(page, pagination.more) if pagination.more is not None else None
        if pagination.header is not None:
            cursor: Any = response.headers.get(pagination.header)
        elif pagination.next is not None:
            cursor = at(page, pagination.next)
        else:
            cursor = at(self._found[-1], pagination.last or ()) if self._found else None
        if follows is False:
            return None
        if cursor in (None, "", False):
            if follows is True and (pagination.next is not None or self._found):
                raise self._error("the server reports more items, but no next page")
            return None
        if not isinstance(cursor, str | int):
            raise self._error(f"the cursor of the next page is {type(cursor).__name__}, not text")
        return None if self._is_end(cursor) else self._asking(pagination.cursor, cursor)

    def _is_end(self, cursor: str | int) -> bool:
        """Return True if a cursor or URL means the end: it was used before, and comes from an empty page."""
        if hash(cursor) not in self._asked:
            self._asked.add(hash(cursor))
            return False
        if self._found:
            raise self._error("the server links to a page that was already read")
        return True

    def _cursors(self, request: PagedRequest[T, ItemT]) -> list[Any]:
        match self._pagination:
            case Cursor(parameter):
                cursor = self._values(request).get(parameter)
                return [] if cursor is None or cursor is UNSET else [cursor]
            case _:
                return [] if request.url is None else [request.url]

    def _stated(self, parameter: str, default: int | None) -> int | None:
        """Return the number that the request has for a parameter, or the default."""
        value = self._values(self._request).get(parameter)
        if value is None or value is UNSET:
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            place = "field" if _is_in_body(self._pagination) else "query parameter"
            message = f"{self._request.operation.id}: {place} {parameter!r}: must be a whole number"
            raise InvalidRequestError(message) from None

    def _values(self, request: PagedRequest[T, ItemT]) -> Mapping[str, Any]:
        """Return the values that a request asks for its page with."""
        if not _is_in_body(self._pagination):
            return request.query
        body = request.body
        if body is None:
            return {}
        values = opened(body.value) if isinstance(body, JsonBody) else None
        if isinstance(values, Mapping):
            return values
        raise InvalidRequestError(f"{request.operation.id}: pages are requested by a field of the body: give an object")

    def _asking(self, parameter: str, value: Any) -> PagedRequest[T, ItemT]:
        """Return the request with another value for a parameter."""
        values = {**self._values(self._request), parameter: value}
        if not _is_in_body(self._pagination):
            return self._request.replace(query=values)
        body = self._request.body
        content_type = body.content_type if isinstance(body, JsonBody) else "application/json"
        return self._request.replace(body=JsonBody(values, content_type))

    def _has_ended(
        self,
        page: T,
        total: tuple[str, ...] | None,
        pages: tuple[str, ...] | None,
        more: tuple[str, ...] | None,
    ) -> bool:
        found, longest = len(self._found), self._longest
        self._longest = max(longest, found)
        self._doubtful = self._uncounted = False
        follows = at(page, more) if more is not None else None
        if isinstance(follows, bool):
            return not follows
        if not found:
            return True
        stated, last = _counted(page, total), _counted(page, pages)
        if stated is not None and self._exact and found != stated > self._seen:
            return False
        if last is not None and self._ordinal < last:
            return False
        # The total may be that of the page, or wrong: unless this page is shorter than others, one more request
        # confirms it.
        self._doubtful = stated == self._seen or last == self._ordinal
        self._uncounted = stated is None and last is None
        return found < longest

    @property
    def _ordinal(self) -> int:
        """Return the number of pages so far."""
        match self._pagination:
            case PageNumber(first=first) if self._number is not None:
                return self._number - (1 if first is None else first) + 1
            case _:
                return self._pages

    def _error(self, what: str) -> PaginationError:
        message = f"{self._request.operation.id}: {what}"
        return PaginationError(message, request=self._request, response=self._response)


def _linked(response: Response[Any]) -> str | None:
    from specwire._pagination.link import next_link  # few clients use it

    return next_link(response.headers.get("link", ""))


def _mark(path: Sequence[str], response: Response[Any]) -> int:
    """Return a hash that identifies a page: its items as sent, including unknown fields.

    The rest of a page may contain the time, or the requested page number.
    """
    try:
        raw, value = msgspec.json.decode(response.content), response.parsed
        for name in path:
            wire = name
            if isinstance(value, msgspec.Struct):
                wire = value.__struct_encode_fields__[value.__struct_fields__.index(name)]
            raw, value = raw[wire], at(value, (name,))
        return hash(msgspec.json.encode(raw))
    except (msgspec.DecodeError, LookupError, TypeError, ValueError):
        return hash(response.content)


def _counted(page: Any, path: tuple[str, ...] | None) -> int | None:
    """Return a number in a page, also if sent as text; None without one."""
    value = at(page, path) if path is not None else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def at(value: Any, path: Sequence[str]) -> Any:
    """Follow a path of attribute names or keys; return None if it leads nowhere."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return None if value is UNSET else value


def _pagination(request: PagedRequest[Any, Any]) -> Pagination:
    found = request.operation.pagination
    if found is None:
        raise InvalidRequestError(f"{request.operation.id} is not paginated")
    return found


def _is_in_body(pagination: Pagination) -> bool:
    return not isinstance(pagination, NextURL) and pagination.in_body
