"""Streamed request bodies, read as they are sent, in constant memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from typing import TypeAlias

from specwire._serialization import async_content, sync_content
from specwire._serialization.chunking import Gather, Meter, Progress
from specwire._serialization.file import FileInput, Openable, Source, checked, file_of

CHUNK_SIZE = 256 * 1024

Chunks: TypeAlias = Generator[bytes, None, None]
AsyncChunks: TypeAlias = AsyncGenerator[bytes, None]


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
        return sync_content.content_of(
            self._begun(), chunk_size, Gather(chunk_size), Meter(self.content_length(), progress)
        )

    def aiter(self, chunk_size: int = CHUNK_SIZE, progress: Progress | None = None) -> AsyncChunks:
        """Yield the body in chunks; read synchronous files in place, one chunk at a time."""
        return async_content.content_of(
            self._begun(), chunk_size, Gather(chunk_size), Meter(self.content_length(), progress)
        )

    def _begun(self) -> Iterator[bytes | Source]:
        """Yield the pieces, as soon as the body is iterated over."""
        if self._started:
            self.rewind()
        self._started = True
        yield from self._pieces


class Upload(StreamedBody):
    """Body that consists of one file."""

    def __init__(self, file: FileInput, content_type: str = "application/octet-stream") -> None:
        label = "the request body"
        content = checked(file_of(file, label).content, label)
        super().__init__([piece_of(content, label)], content_type)


def piece_of(content: Openable, label: str) -> bytes | Source:
    """Return content as a piece of a body; `label` names it in errors."""
    return bytes(content) if isinstance(content, (bytes, bytearray, memoryview)) else Source(content, label)
