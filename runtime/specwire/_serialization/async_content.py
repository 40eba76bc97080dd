"""Content of a streamed request body, for asynchronous clients."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from specwire._serialization.chunking import Gather, Meter
from specwire._serialization.file import Source


async def content_of(
    pieces: Iterable[bytes | Source], size: int, gather: Gather, meter: Meter
) -> AsyncGenerator[bytes, None]:
    """Yield byte pieces and files in chunks of some size."""
    for piece in pieces:
        async with aclosing(piece.achunks(size) if isinstance(piece, Source) else slices(piece, size)) as chunks:
            async for chunk in chunks:
                for ready in gather.add(chunk):
                    yield ready
                    meter.count(ready)
    for ready in gather.rest():
        yield ready
        meter.count(ready)


async def slices(data: bytes, size: int) -> AsyncGenerator[bytes, None]:
    """Yield bytes in chunks of some size."""
    if len(data) <= size:
        yield data
        return
    for start in range(0, len(data), size):
        yield data[start : start + size]
