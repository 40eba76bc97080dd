"""Streamed request bodies, read as they are sent, in constant memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, closing
from typing import TypeAlias

from specwire._serialization.file import FileInput, Openable, Source, checked, file_of

CHUNK_SIZE = 256 * 1024

Chunks: TypeAlias = Generator[bytes, None, None]
AsyncChunks: TypeAlias = AsyncGenerator[bytes, None]
Progress: TypeAlias = Callable[[int, int | None], object]
"""Called after each chunk with the bytes passed to the transport so far, and the total (None if unknown)."""


class StreamedBody:
    """Streamed body of byte pieces and files, which can be sent again if its files can be read again."""

    def __init__(self, pieces: Sequence[bytes | Source], content_type: str) -> None:
        self._pieces = tuple(pieces)
        self._started = False
        self.content_type = content_type

    @property
    def replayable(self) -> bool:
        """Return True if the body can be sent again."""
        return all(piece.replayable for piece in self._pieces if isinstance(piece, Source))

    def content_length(self) -> int | None:
        """Return the length in bytes at the creation of the upload; None if a file doesn't report its size."""
        total = 0
        for piece in self._pieces:
            size = piece.size if isinstance(piece, Source) else len(piece)
            if size is None:
                return None
            total += size
        return total

    def rewind(self) -> None:
        """Rewind for the next iteration; raise `NotReplayableError` naming a file that can't be read again."""
        for piece in self._pieces:
            if isinstance(piece, Source):
                piece.check_replayable()

    def iter(self, chunk_size: int = CHUNK_SIZE, progress: Progress | None = None) -> Chunks:
        """Yield the body in chunks; a second iteration rewinds by itself."""
        gather = _Gather(chunk_size)
        meter = _Meter(self.content_length(), progress)
        self._begin()
        for piece in self._pieces:
            source = piece.chunks(chunk_size) if isinstance(piece, Source) else _slices(piece, chunk_size)
            with closing(source) as chunks:
                for chunk in chunks:
                    for ready in gather.add(chunk):
                        yield ready
                        meter.count(ready)
        for ready in gather.rest():
            yield ready
            meter.count(ready)

    async def aiter(self, chunk_size: int = CHUNK_SIZE, progress: Progress | None = None) -> AsyncChunks:
        """Yield the body in chunks; read synchronous files in place, one chunk at a time."""
        gather = _Gather(chunk_size)
        meter = _Meter(self.content_length(), progress)
        self._begin()
        for piece in self._pieces:
            source = piece.achunks(chunk_size) if isinstance(piece, Source) else _aslices(piece, chunk_size)
            async with aclosing(source) as chunks:
                async for chunk in chunks:
                    for ready in gather.add(chunk):
                        yield ready
                        meter.count(ready)
        for ready in gather.rest():
            yield ready
            meter.count(ready)

    def _begin(self) -> None:
        if self._started:
            self.rewind()
        self._started = True


class Upload(StreamedBody):
    """Body that consists of one file."""

    def __init__(self, file: FileInput, content_type: str = "application/octet-stream") -> None:
        label = "the request body"
        content = checked(file_of(file, label).content, label)
        super().__init__([piece_of(content, label)], content_type)


def piece_of(content: Openable, label: str) -> bytes | Source:
    """Return content as a piece of a body; `label` names it in errors."""
    return bytes(content) if isinstance(content, (bytes, bytearray, memoryview)) else Source(content, label)


class _Gather:
    """Buffer that combines small chunks, so that a small body is sent in one piece; large chunks aren't copied."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[bytes] = []
        self._bytes = 0

    def add(self, chunk: bytes) -> list[bytes]:
        """Return the chunks that are ready to be sent."""
        ready = self.rest() if self._bytes + len(chunk) > self._size else []
        if len(chunk) >= self._size:
            ready.append(chunk)
        else:
            self._held.append(chunk)
            self._bytes += len(chunk)
        return ready

    def rest(self) -> list[bytes]:
        """Return the buffered rest."""
        ready = [b"".join(self._held)] if self._bytes else []
        self._held.clear()
        self._bytes = 0
        return ready


class _Meter:
    """Counter of the bytes sent, which reports progress."""

    def __init__(self, total: int | None, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._sent = 0

    def count(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        if self._progress is not None:
            self._progress(self._sent, self._total)


def _slices(data: bytes, size: int) -> Chunks:
    if len(data) <= size:
        yield data
        return
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def _aslices(data: bytes, size: int) -> AsyncChunks:
    for chunk in _slices(data, size):
        yield chunk
