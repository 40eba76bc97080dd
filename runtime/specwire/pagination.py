"""From one page to the next, without I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from specwire.errors import InvalidRequestError
from specwire.operation import Cursor, NextURL, Offset, PageNumber, Pagination
from specwire.request import PagedRequest
from specwire.unset import UNSET

if TYPE_CHECKING:
    from specwire.response import Response

T = TypeVar("T")
ItemT = TypeVar("ItemT")


def items(request: PagedRequest[T, ItemT], page: T) -> Sequence[ItemT]:
    """Return the items of a page."""
    found = at(page, _pagination(request).items)
    return found if isinstance(found, list) else ()


def before(request: PagedRequest[T, ItemT]) -> int:
    """Return how many items stand before the first page that is asked for, as far as that can be known."""
    match _pagination(request):
        case PageNumber(parameter, _, size, first, _):
            per_page = _number(request, size, 0) if size is not None else 0
            return max(0, _number(request, parameter, first) - first) * per_page
        case Offset(parameter, _, _, _):
            return _number(request, parameter, 0)
        case Cursor() | NextURL():
            return 0


def following(request: PagedRequest[T, ItemT], response: Response[T], seen: int) -> PagedRequest[T, ItemT] | None:
    """Return the request for the page after this one, None after the last; `seen` counts the items up to here."""
    page = response.parsed
    found = items(request, page)
    match _pagination(request):
        case PageNumber(parameter, _, size, first, total):
            ended = _ended(request, found, size, at(page, total) if total is not None else None, seen)
            return None if ended else _with(request, parameter, _number(request, parameter, first) + 1)
        case Offset(parameter, _, size, total):
            ended = _ended(request, found, size, at(page, total) if total is not None else None, seen)
            return None if ended else _with(request, parameter, _number(request, parameter, 0) + len(found))
        case Cursor(parameter, _, next_, last, more):
            if next_ is not None:
                cursor = at(page, next_)
            else:
                cursor = at(found[-1], last or ()) if found else None
            if (more is not None and at(page, more) is False) or cursor in (None, "", request.query.get(parameter)):
                return None
            return _with(request, parameter, cursor)
        case NextURL(_, next_):
            url = at(page, next_) if next_ is not None else _linked(response)
            return request.replace(url=url) if isinstance(url, str) and url not in ("", request.url) else None


def _linked(response: Response[Any]) -> str | None:
    from specwire.link import next_link  # few use it

    return next_link(response.headers.get("link", ""))


def _ended(request: PagedRequest[Any, Any], found: Sequence[Any], size: str | None, total: Any, seen: int) -> bool:
    if not found:
        return True
    if isinstance(total, int):
        # A server may put less on a page than it was asked for, so only the count tells.
        return seen >= total
    return size is not None and len(found) < _number(request, size, 0)


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


def _number(request: PagedRequest[Any, Any], parameter: str, default: int) -> int:
    value = request.query.get(parameter, default)
    return default if value is None else int(value)


def _with(request: PagedRequest[T, ItemT], parameter: str, value: Any) -> PagedRequest[T, ItemT]:
    return request.replace(query={**request.query, parameter: value})
