"""Prepared request: one attempt, as passed to the HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TypeAlias

import msgspec

Pairs: TypeAlias = list[tuple[bytes, bytes]]
"""Headers in the form of the HTTP library."""


OBSERVERS: list[object] = []
"""Middleware of the runtime's own that changes no request."""


def is_observer(middleware: object) -> bool:
    """Return True for middleware of the runtime's own that changes no request."""
    return any(middleware is own for own in OBSERVERS)


class PreparedRequest(msgspec.Struct, frozen=True):
    """One attempt of a request, ready to send."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None
    encoded: Pairs | None = None
    """Headers as bytes if they are the same for every call; None if middleware may change them."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.method})"


def encoded(headers: Mapping[str, str]) -> Pairs:
    """Encode headers as bytes: the HTTP library would encode text as ASCII, but values may hold Latin-1."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
