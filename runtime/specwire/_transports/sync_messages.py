# Derived from async_messages.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Bodies of requests and responses, for HTTP libraries of synchronous clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from specwire._transports.messages import BaseResponse

if TYPE_CHECKING:
    from typing import Self


class RawResponse(BaseResponse):
    """Synchronous response, which is the iterator of its body: a generator costs more than the rest of a read."""

    __slots__ = ()

    def iter_raw(self) -> Self:
        """Return an iterator of the body as it arrives."""
        self.is_stream_consumed = True
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def recorded(content: Iterator[bytes], failures: list[Exception]) -> Iterator[bytes]:
    """Yield a request body; record its exception, which the HTTP library would replace by one of its own."""
    try:
        yield from content
    except Exception as error:
        failures.append(error)
        raise


def ahead(content: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a body of known length one piece late: what it does after its last piece runs before that is sent.

    A library that counts the bytes does not ask for more than the length.
    """
    last = b""
    for piece in content:
        if last:
            yield last
        last = piece
    yield last
