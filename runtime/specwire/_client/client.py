"""Parts that synchronous and asynchronous clients share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

InitT = TypeVar("InitT", bound=Callable[..., None])


def unsendable(request: object) -> TypeError:
    """Return the error for an argument of `send` that is not a request."""
    return TypeError(f"{type(request).__name__} cannot be sent: give a request value or a workflow")


class Environments:
    """The servers of a client's document by name, as an attribute of its class."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return owner._provider.servers


class LazySession:
    """The session of a client, created on first use."""

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        # Concurrent threads get the same session.
        return instance.__dict__.setdefault("_session", instance._make_session())

    def __repr__(self) -> str:
        return "<session>"


def known_keywords(init: InitT) -> InitT:
    """Raise `TypeError` for unknown keywords of a constructor, with the class and the keyword to use instead."""
    known = inspect.signature(init).parameters.keys()

    @wraps(init)
    def checked(self: object, *args: Any, **kwargs: Any) -> None:
        for name in kwargs.keys() - known:
            from specwire._client.habits import unknown_keyword  # only for a mistake

            raise unknown_keyword(type(self).__name__, name, known)
        init(self, *args, **kwargs)

    return cast("InitT", checked)
