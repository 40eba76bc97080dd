"""One try of a request, as it goes to the HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TypeAlias

import msgspec

Pairs: TypeAlias = list[tuple[bytes, bytes]]
"""Headers as the HTTP library takes them."""


class PreparedRequest(msgspec.Struct, frozen=True):
    """One try of a request, ready for the wire."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None
    encoded: Pairs | None = None
    """The headers as bytes, where they are the same for every call; None where middleware may change them."""

    def __repr__(self) -> str:
        return f"Outgoing({self.method})"


def encoded(headers: Mapping[str, str]) -> Pairs:
    """Return headers as bytes: the HTTP library encodes text as ASCII, and a value may hold Latin-1."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
