"""Common parts of the pages of both clients: their classes by item, and how they are requested."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec

from specwire._compat.model import BaseModel
from specwire._operations.request import BaseRequest


class PageInfo(msgspec.Struct, frozen=True):
    """Request of the next page: query parameters, or its URL."""

    params: dict[str, Any] | None = None
    url: str | None = None


class PageModel(BaseModel):
    """Methods of pydantic's models, for the response that a page is."""

    _value: Any

    def __iter__(self) -> Iterator[Any]:
        yield from self._value

    @property
    def model_fields_set(self) -> set[str]:
        """Names of the fields that are set."""
        return self._value.model_fields_set if isinstance(self._value, BaseModel) else set()

    @property
    def model_extra(self) -> dict[str, Any]:
        """Fields that the server sent and the document does not declare."""
        return self._value.model_extra if isinstance(self._value, BaseModel) else {}

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """Return the page as a dictionary; that of an array has `items`."""
        if isinstance(self._value, BaseModel):
            return self._value.model_dump(**options)
        return {"items": [each.model_dump(**options) if isinstance(each, BaseModel) else each for each in self._value]}


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
