"""Bodies of requests and responses, for HTTP libraries of asynchronous clients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from math import inf
from typing import TYPE_CHECKING, Any

from specwire._network.transport_errors import BodyTooLargeError
from specwire._transports.messages import BaseResponse

if TYPE_CHECKING:
    from typing import Self

_BEGINNING = 1024 * 1024
"""Maximum bytes read from the body of an error or a redirect."""


async def read_body(response: Any, limit: int | None = None) -> None:
    """Read the body of a success, or the available beginning of any other body: there, only the status matters.

    Raises `BodyTooLargeError` for a success above `limit` bytes, and `TransportError` if it breaks off.
    """
    if "content" in response.__dict__:
        return
    raw = response.raw
    chunks: list[bytes] = []
    good, size = response.status_code < 300, 0
    most = limit if good else _BEGINNING
    try:
        if raw.is_stream_consumed:
            chunks.append(raw.content)  # already loaded by the caller's own transport
        elif (decoder := response.decoder()) is None and good and isinstance(raw, AsyncRawResponse):
            raw.is_stream_consumed = True
            chunks.append(await raw.take(inf if most is None else most))
            size = len(chunks[0])
            if most is not None and size > most:
                raise BodyTooLargeError(most, response.status_code, response.headers)
        else:
            async for chunk in response.raw_chunks_async():
                for piece in (chunk,) if decoder is None else decoder.decode(chunk):
                    chunks.append(piece)
                    size += len(piece)
                    if most is not None and size > most:
                        raise BodyTooLargeError(most, response.status_code, response.headers)
            if decoder is not None:
                decoder.finish()
    except Exception as error:
        response.broke(error, forgiving=not good)
    response.content = b"".join(chunks) if good else b"".join(chunks)[:_BEGINNING]


class AsyncRawResponse(BaseResponse):
    """Asynchronous response, which is the iterator of its body: a generator costs more than the rest of a read."""

    __slots__ = ()

    def aiter_raw(self) -> Self:
        """Return an iterator of the body as it arrives."""
        self.is_stream_consumed = True
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        data = await self.take(0)
        if not data:
            raise StopAsyncIteration
        return data

    async def take(self, enough: float) -> bytes:
        """Return the next bytes of the body: more than `enough`, or all that are left; none at its end."""
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
