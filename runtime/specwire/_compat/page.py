"""Common parts of the pages of both clients: their classes by item, and how they are requested."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec

from specwire._operations.request import BaseRequest


class PageInfo(msgspec.Struct, frozen=True):
    """Request of the next page: query parameters, or its URL."""

    params: dict[str, Any] | None = None
    url: str | None = None


def info_of(request: BaseRequest, following: BaseRequest) -> PageInfo:
    """Return the parameters of a request that the previous one lacks."""
    if following.url is not None:
        return PageInfo(url=following.url)
    return PageInfo({name: value for name, value in following.query.items() if request.query.get(name) != value})


def page_class(kind: type, item: Any) -> type:
    """Return the class of pages of an item, below that of all pages; the same one for the same item."""
    return kind if isinstance(item, TypeVar) else _page_class(kind, item)


@cache
def _page_class(kind: type, item: Any) -> type:
    name = getattr(item, "__name__", str(item))
    return type(f"{kind.__name__}[{name}]", (kind,), {"__item__": item, "__module__": kind.__module__})
