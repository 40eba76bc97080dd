"""Bodies of requests and responses, for HTTP libraries of asynchronous clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import TYPE_CHECKING

from specwire._transports.messages import BaseResponse

if TYPE_CHECKING:
    from typing import Self


class AsyncRawResponse(BaseResponse):
    """Asynchronous response, which is the iterator of its body: a generator costs more than the rest of a read."""

    __slots__ = ()

    def aiter_raw(self) -> Self:
        """Return an iterator of the body as it arrives."""
        self.is_stream_consumed = True
        return self

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[bytes]:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError


async def recorded(content: AsyncIterator[bytes], failures: list[Exception]) -> AsyncIterator[bytes]:
    """Yield a request body; record its exception, which the HTTP library would replace by one of its own."""
    try:
        async for piece in content:
            yield piece
    except Exception as error:
        failures.append(error)
        raise


async def ahead(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield a body of known length one piece late: what it does after its last piece runs before that is sent.

    A library that counts the bytes does not ask for more than the length.
    """
    last = b""
    async for piece in content:
        if last:
            yield last
        last = piece
    yield last
