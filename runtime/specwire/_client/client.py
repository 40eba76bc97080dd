"""Parts that synchronous and asynchronous clients share."""

from __future__ import annotations

from typing import Any


def unsendable(request: object) -> TypeError:
    """Return the error of sending something else than a request."""
    return TypeError(f"{type(request).__name__} cannot be sent: give a request value or a workflow")


class Connected:
    """The connection of a client, made when it is first asked for."""

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        # Threads that ask at once get the same one.
        return instance.__dict__.setdefault("_connection", instance._connect())

    def __repr__(self) -> str:
        return "<connection>"
