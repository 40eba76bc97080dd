"""One try of a request, as it goes to the HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import msgspec


class Outgoing(msgspec.Struct, frozen=True):
    """One try of a request, ready for the wire."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None

    def __repr__(self) -> str:
        return f"Outgoing({self.method})"
