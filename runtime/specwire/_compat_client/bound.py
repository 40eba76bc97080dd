"""An operation bound to a resource of a client."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec

if TYPE_CHECKING:
    from specwire._compat.call import Call

P = ParamSpec("P")


class Bound(Generic[P]):
    """A function that builds a call, bound to a resource."""

    def __init__(self, build: Callable[P, Call[Any]], resource: Any, page: Any = None) -> None:
        self._build = build
        self._session: Any = resource._session
        self._owner = type(resource).__name__
        self._page = page
        self.__wrapped__ = build
        self.__doc__ = build.__doc__
        self.__name__ = build.__name__.rstrip("_")

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._build)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._owner}.{self.__name__}>"
