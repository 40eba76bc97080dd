"""From one page to the next, without I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from specwire.errors import InvalidRequestError
from specwire.operation import Cursor, Offset, PageNumber, Pagination
from specwire.request import PagedRequest
from specwire.unset import UNSET

T = TypeVar("T")
ItemT = TypeVar("ItemT")


def items(request: PagedRequest[T, ItemT], page: T) -> Sequence[ItemT]:
    """Return the items of a page."""
    found = at(page, _pagination(request).items)
    return found if isinstance(found, list) else ()


def following(request: PagedRequest[T, ItemT], page: T) -> PagedRequest[T, ItemT] | None:
    """Return the request for the page after this one; None after the last."""
    found = items(request, page)
    if not found:
        return None
    match _pagination(request):
        case PageNumber(parameter, _, size, first, total):
            number = _number(request, parameter, first)
            per_page = _number(request, size, len(found)) if size is not None else len(found)
            if _reached(page, total, (number - first + 1) * per_page) or len(found) < per_page:
                return None
            return _with(request, parameter, number + 1)
        case Offset(parameter, _, size, total):
            seen = _number(request, parameter, 0) + len(found)
            if _reached(page, total, seen) or (size in request.query and len(found) < _number(request, size or "", 0)):
                return None
            return _with(request, parameter, seen)
        case Cursor(parameter, _, next_, last, more):
            cursor = at(page, next_) if next_ is not None else at(found[-1], last or ())
            if (more is not None and at(page, more) is False) or not cursor or cursor == request.query.get(parameter):
                return None
            return _with(request, parameter, cursor)


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


def _reached(page: Any, total: tuple[str, ...] | None, seen: int) -> bool:
    known = at(page, total) if total is not None else None
    return isinstance(known, int) and seen >= known


def _with(request: PagedRequest[T, ItemT], parameter: str, value: Any) -> PagedRequest[T, ItemT]:
    return request.replace(query={**request.query, parameter: value})
