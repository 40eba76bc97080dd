"""`multipart/form-data` bodies (RFC 7578), streamed from their files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

import msgspec

from specwire._codec.codec import encode
from specwire._codec.formats import NO_FORMATS, Formats
from specwire._codec.scalar import base64_text, scalar_text, surrogate
from specwire._serialization.file import (
    UNNAMED,
    FileChangedError,
    FileInput,
    NotReplayableError,
    Openable,
    Source,
    checked,
    file_of,
)
from specwire._serialization.media_types import OCTET_STREAM, media_type_of
from specwire._serialization.parameters import encode_headers, header_value
from specwire._serialization.style import Style, named_error, named_texts
from specwire._serialization.upload import StreamedBody, Upload, piece_of

__all__ = [
    "FileChangedError",
    "FileInput",
    "Multipart",
    "NotReplayableError",
    "Part",
    "Upload",
    "file_part",
    "json_part",
    "styled_parts",
    "text_part",
]

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
_OWN_HEADERS = ("content-disposition", "content-type")
_FRAMING = ("content-length", "transfer-encoding")


class Part(msgspec.Struct, frozen=True):
    """Part of a form: a field, or a file that is opened when it is sent."""

    name: str
    content: Openable
    filename: str | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for header, value in (("Content-Type", self.content_type or ""), *self.headers):
            try:
                header_value(header, value)
            except ValueError as error:
                raise ValueError(f"part {self.name!r}, header {header!r}: {error}") from None
        for what, text in (("name", self.name), ("file name", self.filename or "")):
            try:
                text.encode()
            except UnicodeEncodeError:
                shown = self.name.encode("ascii", "replace").decode()
                raise ValueError(
                    f"part {shown!r}: its {what} is not valid UTF-8; give the file as (filename, content)"
                ) from None
        for header, _ in self.headers:
            if header.lower() in _FRAMING:
                raise ValueError(f"part {self.name!r}: leave out {header}, which follows from the content")
            if header.lower() in _OWN_HEADERS:
                raise ValueError(f"part {self.name!r}: set {header} with the part's name, filename and content_type")

    def __repr__(self) -> str:
        content = self.content
        shown = f"{len(content):,} bytes" if isinstance(content, (bytes, bytearray)) else type(content).__name__
        return f"Part({self.name!r}, <{shown}>, filename={self.filename!r}, content_type={self.content_type!r})"

    def head(self) -> bytes:
        """Return the part's header lines and the empty line after them; names are escaped as in browsers."""
        disposition = f'Content-Disposition: form-data; name="{self.name.translate(_ESCAPES)}"'
        if self.filename is not None:
            disposition += f'; filename="{self.filename.translate(_ESCAPES)}"'
        lines = [disposition]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        lines.extend(f"{name}: {value}" for name, value in self.headers)
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Multipart(StreamedBody):
    """`multipart/form-data` body with an unpredictable boundary."""

    def __init__(self, fields: Sequence[Part], boundary: str | None = None) -> None:
        boundary = os.urandom(16).hex() if boundary is None else boundary
        if not _BOUNDARY.fullmatch(boundary):
            raise ValueError("a boundary must have 1 to 70 characters: letters, digits and '()+_,-./:=?")
        self.boundary = boundary
        self.fields = tuple(fields)
        delimiter = f"--{boundary}\r\n".encode()
        pieces: list[bytes | Source] = []
        for part in self.fields:
            pieces += (delimiter + part.head(), piece_of(part.content, f"part {part.name!r}"), b"\r\n")
        pieces.append(f"--{boundary}--\r\n".encode())
        super().__init__(pieces, f"multipart/form-data; boundary={boundary}")

    def notes(self) -> Iterator[str]:
        """Yield hints for a failed request: files that were sent without a name."""
        for part in self.fields:
            if part.filename == UNNAMED:
                yield f"the file of part {part.name!r} was sent as {UNNAMED!r}: give (name, file) if the name matters"

    def __repr__(self) -> str:
        return f"Multipart({list(self.fields)!r})"


def file_part(name: str, file: FileInput, content_type: str | None = None) -> Part:
    """Create a part from a file; the name and content type come from the file by default.

    Raise `FileNotFoundError` or `IsADirectoryError` at once, not at sending, and `TypeError` for other objects.
    """
    label = f"file {name!r}"
    known = file_of(file, label)
    own = known.own_type if known.own_type != OCTET_STREAM else None
    kind = known.stated_type or content_type or own or media_type_of(known.filename)
    return Part(name, checked(known.content, label), known.filename, kind, tuple(encode_headers(known.headers).items()))


def media_type(file: FileInput, stated: str, others: Sequence[str] = ()) -> str:
    """Return the media type of a file body: the one passed, else the declared one, else by file name.

    A declared range such as `image/*` leaves the type open; of several declared types, the file name selects one.
    """
    known = file_of(file, "the request body")
    if known.headers:
        raise TypeError("the request body is not a part of a form and has no headers; leave them out")
    if known.stated_type:
        return known.stated_type
    if "*" not in stated and not others:
        return stated
    found = known.own_type or media_type_of(known.filename)
    if "*" in stated:
        return found
    if found in (stated, OCTET_STREAM):  # the latter for a file without a name, too
        return stated
    if any(_includes(each, found) for each in others):
        return found
    return OCTET_STREAM if OCTET_STREAM in others else stated


def _includes(declared: str, media_type: str) -> bool:
    """Return whether a media type is a declared one, or in a declared range such as `image/*`."""
    return media_type == declared or (declared.endswith("/*") and media_type.startswith(declared[:-1]))


def text_part(name: str, value: object, content_type: str | None = None, *, base64: bool = False) -> Part:
    """Create a part from a scalar; raise `ValueError` or `TypeError` naming the part if it has no text form."""
    try:
        text = base64_text(value) if base64 else scalar_text(value)
        return Part(name, text.encode(), None, content_type)
    except (TypeError, ValueError) as error:
        raise named_error("part", name, error) from None


def styled_parts(name: str, value: object, style: Style) -> list[Part]:
    """Create the parts of a value in its style; raise `ValueError` or `TypeError` naming the part."""
    try:
        texts = named_texts(name, value, style, str, str)
    except (TypeError, ValueError) as error:
        raise named_error("part", name, error) from None
    try:
        return [Part(key, text.encode()) for key, text in texts]
    except UnicodeEncodeError as error:
        raise ValueError(f"part {name!r}: {surrogate(error)}") from None


def json_part(name: str, value: object, content_type: str = "application/json", formats: Formats = NO_FORMATS) -> Part:
    """Create a part from a value that is sent as JSON."""
    try:
        return Part(name, encode(value, formats), None, content_type)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise named_error("part", name, error) from None
