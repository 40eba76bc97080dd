# Derived from async_content.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Content of a streamed request body, for synchronous clients."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing

from specwire._serialization.chunking import Gather, Meter
from specwire._serialization.file import Source


def content_of(pieces: Iterable[bytes | Source], size: int, gather: Gather, meter: Meter) -> Generator[bytes, None]:
    """Yield byte pieces and files in chunks of some size."""
    for piece in pieces:
        with closing(piece.chunks(size) if isinstance(piece, Source) else slices(piece, size)) as chunks:
            for chunk in chunks:
                for ready in gather.add(chunk):
                    yield ready
                    meter.count(ready)
    for ready in gather.rest():
        yield ready
        meter.count(ready)


def slices(data: bytes, size: int) -> Generator[bytes, None]:
    """Yield bytes in chunks of some size."""
    if len(data) <= size:
        yield data
        return
    for start in range(0, len(data), size):
        yield data[start : start + size]
