# Derived from async_messages.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Bodies of requests and responses, for HTTP libraries of synchronous clients."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Any

from specwire._network.transport_errors import BodyTooLargeError
from specwire._transports.messages import BaseResponse

if TYPE_CHECKING:
    from typing import Self

_BEGINNING = 1024 * 1024
"""Maximum bytes read from the body of an error or a redirect."""


def read_body(response: Any, limit: int | None = None) -> None:
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
        elif (decoder := response.decoder()) is None and good and isinstance(raw, RawResponse):
            raw.is_stream_consumed = True
            chunks.append(raw.take(inf if most is None else most))
            size = len(chunks[0])
            if most is not None and size > most:
                raise BodyTooLargeError(most, response.status_code, response.headers)
        else:
            for chunk in response.raw_chunks():
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
        data = self.take(0)
        if not data:
            raise StopIteration
        return data

    def take(self, enough: float) -> bytes:
        """Return the next bytes of the body: more than `enough`, or all that are left; none at its end."""
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
