"""Request bodies read from the wire in constant memory."""

import hashlib
from collections.abc import AsyncIterator
from typing import Final, TypeAlias

import attrs
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

KEEP: Final = 64 * 1024 * 1024
"""Maximum number of body or part bytes to keep; of a larger one, only size and hash are known."""
KEEP_WIRE: Final = 1024 * 1024
"""Maximum number of raw bytes to keep of a multipart body, in addition to its parts."""


@attrs.frozen
class Blob:
    """Number of bytes received."""

    size: int
    sha256: str
    content: bytes | None = attrs.field(repr=False)
    """The bytes, or None if there are more than the limit."""


@attrs.frozen
class Part:
    """One part of a multipart body."""

    name: str
    filename: str | None
    media: str
    """The part's Content-Type, or the empty string."""
    blob: Blob


@attrs.frozen
class Multipart:
    """A body split into its parts."""

    parts: tuple[Part, ...]
    wire: Blob


@attrs.frozen
class Broken:
    """A multipart body that cannot be split."""

    reason: str
    wire: Blob


Received: TypeAlias = Blob | Multipart | Broken


class Gatherer:
    """Collector of bytes: a limited prefix, the size and the hash."""

    def __init__(self, keep: int = KEEP) -> None:
        """Start empty; more than `keep` bytes drop the content."""
        self._keep = keep
        self._hash = hashlib.sha256()
        self._kept = bytearray()
        self._size = 0

    def add(self, data: bytes) -> None:
        """Add the next bytes."""
        self._hash.update(data)
        self._size += len(data)
        if self._size <= self._keep:
            self._kept += data
        else:
            self._kept.clear()

    def blob(self) -> Blob:
        """Return the collected bytes."""
        content = bytes(self._kept) if self._size <= self._keep else None
        return Blob(self._size, self._hash.hexdigest(), content)


async def receive(chunks: AsyncIterator[bytes], content_type: str, *, keep: int = KEEP) -> Received:
    """Read a body to its end and split it into parts if it is multipart."""
    receiver = Receiver(content_type, keep)
    async for chunk in chunks:
        receiver.feed(chunk)
    return receiver.end()


class Receiver:
    """Receiver of a body, chunk by chunk."""

    def __init__(self, content_type: str, keep: int = KEEP) -> None:
        """Expect a body of this type."""
        media, options = parse_options_header(content_type)
        self._is_multipart = media.startswith(b"multipart/")
        self._wire = Gatherer(min(keep, KEEP_WIRE) if self._is_multipart else keep)
        boundary = options.get(b"boundary")
        self._splitter = _Splitter(boundary, keep) if self._is_multipart and boundary else None
        self._reason = None if self._splitter else "the Content-Type header has no boundary"

    def feed(self, chunk: bytes) -> None:
        """Add the next bytes."""
        self._wire.add(chunk)
        if self._splitter is not None and self._reason is None:
            self._reason = self._splitter.feed(chunk)

    def end(self) -> Received:
        """Return the complete body."""
        wire, splitter = self._wire.blob(), self._splitter
        if not self._is_multipart:
            return wire
        if splitter is None or self._reason is not None:
            return Broken(self._reason or "not a multipart body", wire)
        if not splitter.complete:
            return Broken("the closing boundary is missing", wire)
        return Multipart(tuple(splitter.parts), wire)


class _Splitter:
    def __init__(self, boundary: bytes, keep: int) -> None:
        self.parts: list[Part] = []
        self.complete = False
        self._keep = keep
        self._header = [b"", b""]
        self._headers: dict[bytes, bytes] = {}
        self._data = Gatherer(keep)
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._extend(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._extend(1, data[start:end]),
                "on_header_end": self._end_header,
                "on_part_data": lambda data, start, end: self._data.add(data[start:end]),
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> str | None:
        """Add the next bytes and return an error message, if any."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            return str(error)
        return None

    def _begin(self) -> None:
        self._headers = {}
        self._data = Gatherer(self._keep)

    def _extend(self, index: int, data: bytes) -> None:
        self._header[index] += data

    def _end_header(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = [b"", b""]

    def _end_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        filename = options.get(b"filename")
        self.parts.append(
            Part(
                name=options.get(b"name", b"").decode("utf-8", "replace"),
                filename=None if filename is None else filename.decode("utf-8", "replace"),
                media=self._headers.get(b"content-type", b"").decode("latin-1"),
                blob=self._data.blob(),
            )
        )

    def _end(self) -> None:
        self.complete = True
