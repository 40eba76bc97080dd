"""Content codings (RFC 9110, section 8.4.1), decoded incrementally, in pieces of bounded size and to the true end.

The HTTP libraries stop at the first member of a gzip body and ignore unknown codings. This module decodes the whole
body or raises a `CodingError`.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Protocol

PIECE = 256 * 1024
"""Maximum size of a decoded piece in bytes; for libraries without a limit, the maximum expansion of a small slice."""
_PLAIN = frozenset({"", "identity", "none", "utf-8", "utf8", "binary"})
"""Labels for bodies without a coding; some are mistakes of servers, and no label is the name of a real coding."""
_MOST = 5
"""Maximum number of stacked codings."""
_SLICE = 16
"""Number of bytes to pass at once to a library without an output limit."""


class CodingError(Exception):
    """Body that doesn't match its coding, or unknown coding."""

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.unknown = unknown
        """True for an unknown coding, which another attempt won't change."""


class Decoder(Protocol):
    """Decoder of one body."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Yield the decoded form of the next bytes; raise `CodingError`."""
        ...

    def finish(self) -> None:
        """Process the end of the body; raise `CodingError` if the coded data doesn't end there."""
        ...


def decoder_of(header: str) -> Decoder | None:
    """Return the decoder for a `Content-Encoding` header; None without a coding.

    Raise `CodingError` for an unknown one.
    """
    names = [name for each in header.split(",") if (name := each.strip().lower()) not in _PLAIN]
    if not names:
        return None
    if len(names) > _MOST:
        raise CodingError(f"the body has {len(names)} stacked codings, more than {_MOST}", unknown=True)
    decoders: list[Decoder] = []
    for name in reversed(names):
        make = _CODINGS.get(name)
        decoder = make() if make is not None else None
        if decoder is None:
            raise CodingError(f"the body has the unknown coding {name[:40]!r}", unknown=True)
        decoders.append(decoder)
    return decoders[0] if len(decoders) == 1 else _Stacked(decoders)


@cache
def accepted_codings() -> str:
    """Return the codings that can be decoded, as an `Accept-Encoding` header."""
    return ", ".join(name for name, make in _CODINGS.items() if name != "x-gzip" and make() is not None)


class _Stacked:
    """Stacked codings, the outermost first."""

    def __init__(self, decoders: list[Decoder]) -> None:
        self._decoders = decoders

    def decode(self, data: bytes) -> Iterator[bytes]:
        yield from self._through(data, 0)

    def _through(self, data: bytes, level: int) -> Iterator[bytes]:
        if level == len(self._decoders):
            yield data
            return
        for piece in self._decoders[level].decode(data):
            yield from self._through(piece, level + 1)

    def finish(self) -> None:
        for decoder in self._decoders:
            decoder.finish()


class _Member(Protocol):
    """Single compressed stream that detects its own end."""

    @property
    def ended(self) -> bool: ...

    @property
    def rest(self) -> bytes:
        """Return the bytes after the end."""
        ...

    def pieces(self, data: bytes) -> Iterator[bytes]: ...


class _Members:
    """Concatenated compressed streams; zero bytes after one are padding, and anything else must be another stream."""

    def __init__(self, make: Callable[[bytes], _Member], *, several: bool = True, padded: bool = True) -> None:
        self._make = make
        self._several = several
        self._padded = padded
        self._member: _Member | None = None
        self._read = 0

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member is None:
                data = data.lstrip(b"\0") if self._read and self._padded else data
                if not data:
                    return
                if self._read and not self._several:
                    raise CodingError("unexpected data follows the end of the compressed body")
                self._member = self._make(data)
            member = self._member
            try:
                yield from member.pieces(data)
            except Exception as error:  # each library has its own exception class
                what = "data that is not compressed follows" if self._read else str(error)
                raise CodingError(f"the body cannot be decompressed: {what}") from error
            if not member.ended:
                return
            data, self._member = member.rest, None
            self._read += 1

    def finish(self) -> None:
        if self._member is not None:
            raise CodingError("the compressed body is truncated")


class _Zlib:
    """Zlib, gzip or raw deflate stream."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)

    @property
    def ended(self) -> bool:
        return self._inner.eof

    @property
    def rest(self) -> bytes:
        return self._inner.unused_data

    def pieces(self, data: bytes) -> Iterator[bytes]:
        inner = self._inner
        while not inner.eof:  # after the end, the rest is not only unused but also unconsumed
            piece = inner.decompress(data, PIECE)
            if piece:
                yield piece
            data = inner.unconsumed_tail
            if not data and len(piece) < PIECE:
                return


class _Deflate:
    """`deflate` stream: zlib as in the standard, or raw deflate as some servers send."""

    def __init__(self) -> None:
        self._start: bytes | None = b""
        self._members = _Members(self._new, several=False)

    def _new(self, start: bytes) -> _Member:
        is_zlib = (
            len(start) > 1 and start[0] & 0x0F == 8 and start[0] >> 4 <= 7 and (start[0] << 8 | start[1]) % 31 == 0
        )
        return _Zlib(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._start is not None:
            self._start += data
            if len(self._start) < 2:
                return
            data, self._start = self._start, None
        yield from self._members.decode(data)

    def finish(self) -> None:
        if self._start:
            raise CodingError("the compressed body is truncated")
        self._members.finish()


class _Zstandard:
    """Zstandard frame, decoded with the standard library."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def ended(self) -> bool:
        return bool(self._inner.eof)

    @property
    def rest(self) -> bytes:
        rest: bytes = self._inner.unused_data
        return rest

    def pieces(self, data: bytes) -> Iterator[bytes]:
        inner = self._inner
        while True:
            piece: bytes = inner.decompress(data, PIECE)
            if piece:
                yield piece
            if inner.eof or inner.needs_input:
                return
            data = b""


class _Brotli:
    """Brotli stream."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def ended(self) -> bool:
        return bool(self._inner.is_finished())

    @property
    def rest(self) -> bytes:
        return b""  # the library rejects data after the end

    def pieces(self, data: bytes) -> Iterator[bytes]:
        inner = self._inner
        if not hasattr(inner, "can_accept_more_data"):  # before version 1.2
            decompress = getattr(inner, "process", None) or inner.decompress
            yield from filter(None, map(decompress, _slices(data)))
            return
        piece: bytes = inner.process(data, output_buffer_limit=PIECE)
        while piece:
            yield piece
            held = len(piece) >= PIECE or not inner.can_accept_more_data()
            piece = inner.process(b"", output_buffer_limit=PIECE) if held and not inner.is_finished() else b""


class _ZstandardObject:
    """Zstandard frame, decoded with the package `zstandard`."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._after = b""

    @property
    def ended(self) -> bool:
        return bool(self._inner.eof)

    @property
    def rest(self) -> bytes:
        rest: bytes = self._inner.unused_data + self._after
        return rest

    def pieces(self, data: bytes) -> Iterator[bytes]:
        read = 0
        for each in _slices(data):
            if piece := self._inner.decompress(each):
                yield piece
            read += len(each)
            if self._inner.eof:
                self._after = data[read:]
                return


def _slices(data: bytes) -> Iterator[bytes]:
    """Split data into slices, for a library without an output limit."""
    for start in range(0, len(data), _SLICE):
        yield data[start : start + _SLICE]


def _gzip() -> Decoder:
    return _Members(lambda _: _Zlib(zlib.MAX_WBITS | 16))


def _brotli() -> Decoder | None:
    library = _optional("brotli") or _optional("brotlicffi")
    if library is None:
        return None
    return _Members(lambda _: _Brotli(library.Decompressor()), several=False, padded=False)


def _zstd() -> Decoder | None:
    if (library := _optional("compression.zstd") or _optional("backports.zstd")) is not None:
        return _Members(lambda _: _Zstandard(library.ZstdDecompressor()))
    if (library := _optional("zstandard")) is not None:
        return _Members(lambda _: _ZstandardObject(library.ZstdDecompressor().decompressobj()))
    return None


def _optional(name: str) -> Any:
    """Return a module that the HTTP library loads if it is installed; None if it isn't.

    A coding is only requested if the HTTP library can read it, and then its module is loaded.
    """
    return sys.modules.get(name)


_CODINGS: dict[str, Callable[[], Decoder | None]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _Deflate,
    "br": _brotli,
    "zstd": _zstd,
}
