"""Base exceptions, in a module below requests because those raise them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LIMIT = 300
"""Maximum length of a message, in characters."""


def cut(text: str, limit: int = LIMIT) -> str:
    """Return text as one line of at most `limit` characters."""
    line = " ".join(text[: 10 * limit].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class SpecwireError(Exception):
    """Base class of all exceptions of a client."""

    def __init__(self, message: str, **details: Any) -> None:
        message = cut(message)
        super().__init__(message)
        self.message = message
        self.__dict__.update(details)

    def __reduce__(self) -> tuple[Callable[..., SpecwireError], tuple[Any, ...]]:
        details = {name: value for name, value in self.__dict__.items() if name not in ("message", "__notes__")}
        return _rebuild, (type(self), self.message, details)


def _rebuild(kind: type[SpecwireError], message: str, details: dict[str, Any]) -> SpecwireError:
    return kind(message, **details)


class InvalidRequestError(SpecwireError, ValueError):
    """Request that can't be sent; nothing was sent."""


# Users know these classes by the module that they import.
SpecwireError.__module__ = InvalidRequestError.__module__ = "specwire.errors"
