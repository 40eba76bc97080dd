"""From one page to the next, without I/O: where the next one is, and where a list ends.

A server may put fewer items on a page than it was asked for, count the page where it says the list, ignore the number
that it was sent, or name the same page again. So the end of a list is never guessed from one sign alone, and what comes
twice is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from specwire._models.model import Unknown
from specwire._models.unset import UNSET
from specwire._operations.operation import Cursor, NextURL, Offset, PageNumber, Pagination
from specwire._operations.request import PagedRequest
from specwire.errors import DecodeError, InvalidRequestError, PaginationError

if TYPE_CHECKING:
    from specwire._operations.response import Response

T = TypeVar("T")
ItemT = TypeVar("ItemT")

EMPTY_PAGES = 100
"""Pages without items, one after the other, that are followed where the caller sets no `max_pages`."""
_NO_SUCH_PAGE = (400, 404, 410, 416, 422)
"""How servers answer a request for a page after the last one."""
_NOT_FOUND = (404, 410, 416)
"""Those of them that mean nothing else."""


def items(request: PagedRequest[T, ItemT], page: T) -> Sequence[ItemT]:
    """Return the items of a page."""
    found = at(page, _pagination(request).items)
    return found if isinstance(found, list) else ()


def _check_page(request: PagedRequest[T, ItemT], response: Response[T]) -> None:
    """Raise `DecodeError` for an answer that is no page at all, so that it does not pass for one without items."""
    page, path = response.parsed, _pagination(request).items
    if (
        path
        and (page is None or isinstance(page, Unknown | str | bytes | list))
        and not isinstance(at(page, path), list)
    ):
        text = f"{request.operation.id}: the answer is no page of the document: it holds no {path[0]!r}"
        raise DecodeError(text, request=request, response=response)


class Trail(Generic[T, ItemT]):
    """One list on its way: what came so far, and what to ask for next."""

    def __init__(self, request: PagedRequest[T, ItemT], max_pages: int | None = None) -> None:
        if max_pages is not None and max_pages < 1:
            raise InvalidRequestError(f"max_pages is {max_pages}: give a number above 0, or None")
        self._pagination = _pagination(request)
        self._request = request
        self._ahead = True
        """Whether the request is still to be made."""
        self._response: Response[T] | None = None
        self._found: Sequence[ItemT] = ()
        self._max_pages = max_pages
        self._pages = 0
        self._empty = 0
        self._longest = 0
        self._number = self._start()
        """Number of the last page, or how many items precede it."""
        self._probing = False
        self._doubtful = False
        """Whether what the server states has been reached."""
        self._unsaid = False
        """Whether the server states nothing of the length of the list."""
        self._seen = 0
        """Items of the list up to here, if the pages before the first one were as long as was asked for."""
        self._exact = True
        """Whether that is certain."""
        self._asked = {hash(cursor) for cursor in self._cursors(request)}
        self._shown: set[int] = set()

    def following(self) -> PagedRequest[T, ItemT] | None:
        """Return the request for the next page, None after the last; raises where the list goes round in circles."""
        if self._ahead or self._response is None:
            return self._request
        following = self._next(self._response)
        if following is None:
            return None
        if self._max_pages is not None and self._pages >= self._max_pages:
            raise self._error(f"more follows after {self._pages} pages, which is all that `max_pages` allows")
        if self._max_pages is None and self._empty >= EMPTY_PAGES:
            raise self._error(f"{self._empty} pages in a row are empty, and more is said to follow; set `max_pages`")
        self._request, self._ahead = following, True
        return following

    def take(self, response: Response[T]) -> bool:
        """Take the answer to the last request, and tell whether it is a page of the list; raises for a repeated one."""
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
            raise self._error("the server gave the same page again; it may ignore what page it is asked for")
        self._pages += 1
        self._empty = 0 if found else self._empty + 1
        self._shown.add(mark)
        self._response, self._found = response, found
        self._count(found)
        return True

    def ends_with(self, status: int) -> bool:
        """Tell whether an error is the answer to a request after the last page, made to be sure."""
        if self._doubtful or self._probing:
            return status in _NO_SUCH_PAGE
        return self._unsaid and status in _NOT_FOUND

    def _count(self, found: Sequence[ItemT]) -> None:
        if self._pages == 1:
            self._seen, self._exact = self._before(found)
        self._seen += len(found)

    def _start(self) -> int | None:
        match self._pagination:
            case PageNumber(parameter, _, _, first):
                return _number(self._request, parameter, first)
            case Offset(parameter):
                return _number(self._request, parameter, 0)
            case _:
                return None

    def _before(self, found: Sequence[ItemT]) -> tuple[int, bool]:
        """Return how many items precede the first page that was asked for, and whether that is certain."""
        match self._pagination:
            case Offset():
                return self._number or 0, True
            case PageNumber(_, _, size, first):
                ahead = 0 if self._number is None else self._number - (first or 0)
                asked = _number(self._request, size, None) if size is not None else None
                # A server that puts fewer items on a page than it was asked for may have done so before.
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
                    # Nothing says whether pages are counted from 0 or from 1: page 1 is the first page again, or new.
                    self._probing = True
                    self._number = 1
                else:
                    self._number += 1
                return _with(self._request, parameter, self._number)
            case Offset(parameter, _, _, total, more):
                if self._has_ended(page, total, None, more):
                    return None
                if not self._found:
                    raise self._error("the server says that more items follow, but gave none")
                self._number = (self._number or 0) + len(self._found)
                return _with(self._request, parameter, self._number)
            case Cursor(parameter, _, next_, last, more):
                return self._after_cursor(page, parameter, next_, last, more)
            case NextURL(_, next_):
                url = at(page, next_) if next_ is not None else _linked(response)
                if not isinstance(url, str) or not url or self._is_end(url):
                    return None
                return self._request.replace(url=url)

    def _after_cursor(
        self,
        page: T,
        parameter: str,
        next_: tuple[str, ...] | None,
        last: tuple[str, ...] | None,
        more: tuple[str, ...] | None,
    ) -> PagedRequest[T, ItemT] | None:
        follows = at(page, more) if more is not None else None
        if next_ is not None:
            cursor = at(page, next_)
        else:
            cursor = at(self._found[-1], last or ()) if self._found else None
        if follows is False:
            return None
        if cursor in (None, "", False):
            if follows is True and (next_ is not None or self._found):
                raise self._error("the server says that more items follow, but not where")
            return None
        if not isinstance(cursor, str | int):
            raise self._error(f"the cursor of the next page is {type(cursor).__name__}, not text")
        return None if self._is_end(cursor) else _with(self._request, parameter, cursor)

    def _is_end(self, cursor: str | int) -> bool:
        """Tell whether a cursor or URL means the end: one that was used before, named by a page without items."""
        if hash(cursor) not in self._asked:
            self._asked.add(hash(cursor))
            return False
        if self._found:
            raise self._error("the server names a page again that was read already")
        return True

    def _cursors(self, request: PagedRequest[T, ItemT]) -> list[Any]:
        match self._pagination:
            case Cursor(parameter):
                cursor = request.query.get(parameter)
                return [] if cursor is None or cursor is UNSET else [cursor]
            case _:
                return [] if request.url is None else [request.url]

    def _has_ended(
        self,
        page: T,
        total: tuple[str, ...] | None,
        pages: tuple[str, ...] | None,
        more: tuple[str, ...] | None,
    ) -> bool:
        found, longest = len(self._found), self._longest
        self._longest = max(longest, found)
        self._doubtful = self._unsaid = False
        follows = at(page, more) if more is not None else None
        if isinstance(follows, bool):
            return not follows
        if not found:
            return True
        said, last = _counted(page, total), _counted(page, pages)
        if said is not None and self._exact and found != said > self._seen:
            return False
        if last is not None and self._ordinal < last:
            return False
        # A total may be that of the page, or wrong: unless this page is shorter than others, one more request is proof.
        self._doubtful = said == self._seen or last == self._ordinal
        self._unsaid = said is None and last is None
        return found < longest

    @property
    def _ordinal(self) -> int:
        """How many pages there are up to here."""
        match self._pagination:
            case PageNumber(first=first) if self._number is not None:
                return self._number - (1 if first is None else first) + 1
            case _:
                return self._pages

    def _error(self, what: str) -> PaginationError:
        message = f"{self._request.operation.id}: {what}"
        return PaginationError(message, request=self._request, response=self._response)


def _linked(response: Response[Any]) -> str | None:
    from specwire._pagination.link import next_link  # few use it

    return next_link(response.headers.get("link", ""))


def _mark(path: Sequence[str], response: Response[Any]) -> int:
    """Return what tells one page from another: its items as they came, also those of fields that no model has.

    The rest of a page may hold the time, or the number that was asked for.
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
    """Return a number that a page states, also as text; None where it states none."""
    value = at(page, path) if path is not None else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def at(value: Any, path: Sequence[str]) -> Any:
    """Return what a path of attribute names (or keys) leads to; None where it leads nowhere."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return None if value is UNSET else value


def _pagination(request: PagedRequest[Any, Any]) -> Pagination:
    found = request.operation.pagination
    if found is None:
        raise InvalidRequestError(f"{request.operation.id} has no pages")
    return found


def _number(request: PagedRequest[Any, Any], parameter: str, default: int | None) -> int | None:
    value = request.query.get(parameter)
    if value is None or value is UNSET:
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        message = f"{request.operation.id}: query parameter {parameter!r}: pages are counted in whole numbers"
        raise InvalidRequestError(message) from None


def _with(request: PagedRequest[T, ItemT], parameter: str, value: Any) -> PagedRequest[T, ItemT]:
    return request.replace(query={**request.query, parameter: value})
