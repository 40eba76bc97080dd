"""`multipart/form-data` bodies (RFC 7578), streamed from where their files are."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from specwire.codec import encode
from specwire.file import Content, FileChanged, FileInput, NotReplayable, Source, checked, content_of, filename_of
from specwire.parameters import header_value
from specwire.scalar import scalar_text
from specwire.style import Style, named_error, named_texts
from specwire.upload import StreamedBody, Upload, piece_of

if TYPE_CHECKING:
    from mimetypes import MimeTypes

__all__ = [
    "FileChanged",
    "FileInput",
    "Multipart",
    "NotReplayable",
    "Part",
    "Upload",
    "file_part",
    "json_part",
    "styled_parts",
    "text_part",
]

OCTET_STREAM = "application/octet-stream"

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
_OWN_HEADERS = ("content-disposition", "content-type")


class Part(msgspec.Struct, frozen=True):
    """One part of a form: a field, or a file that is opened when it is sent."""

    name: str
    content: Content
    filename: str | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for header, value in (("Content-Type", self.content_type or ""), *self.headers):
            try:
                header_value(header, value)
            except ValueError as error:
                raise ValueError(f"part {self.name!r}, header {header!r}: {error}") from None
        for header, _ in self.headers:
            if header.lower() in _OWN_HEADERS:
                raise ValueError(f"part {self.name!r}: give {header} by the part's name, filename and content_type")

    def __repr__(self) -> str:
        content = self.content
        shown = f"{len(content):,} bytes" if isinstance(content, (bytes, bytearray)) else type(content).__name__
        return f"Part({self.name!r}, <{shown}>, filename={self.filename!r}, content_type={self.content_type!r})"

    def head(self) -> bytes:
        """Return the part's header lines and the empty line after them, names escaped as browsers do."""
        disposition = f'Content-Disposition: form-data; name="{self.name.translate(_ESCAPES)}"'
        if self.filename is not None:
            disposition += f'; filename="{self.filename.translate(_ESCAPES)}"'
        lines = [disposition]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        lines.extend(f"{name}: {value}" for name, value in self.headers)
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


class Multipart(StreamedBody):
    """A `multipart/form-data` body, with a boundary that nobody can guess."""

    def __init__(self, fields: Sequence[Part], boundary: str | None = None) -> None:
        boundary = os.urandom(16).hex() if boundary is None else boundary
        if not _BOUNDARY.fullmatch(boundary):
            raise ValueError("a boundary has 1 to 70 characters: letters, digits and '()+_,-./:=?")
        self.boundary = boundary
        self.fields = tuple(fields)
        delimiter = f"--{boundary}\r\n".encode()
        pieces: list[bytes | Source] = []
        for part in self.fields:
            pieces += (delimiter + part.head(), piece_of(part.content, f"part {part.name!r}"), b"\r\n")
        pieces.append(f"--{boundary}--\r\n".encode())
        super().__init__(pieces, f"multipart/form-data; boundary={boundary}")

    def __repr__(self) -> str:
        return f"Multipart({list(self.fields)!r})"


def file_part(name: str, file: FileInput, content_type: str | None = None) -> Part:
    """Make a part of a file; the file name and the content type come from the file where they are not given.

    Raises `FileNotFoundError` or `IsADirectoryError` at once, not when the part is sent.
    """
    label = f"file {name!r}"
    content = checked(content_of(file), label)
    filename = file[0] if isinstance(file, tuple) else filename_of(content)
    if isinstance(file, tuple) and len(file) == 3:
        content_type = file[2] or content_type
    return Part(name, content, filename, content_type or _content_type(filename))


def media_type(file: FileInput, stated: str) -> str:
    """Return the media type of a file that is a body: what is given with it, what is stated, else by its name.

    A stated range such as `image/*` leaves open which one it is.
    """
    if isinstance(file, tuple) and len(file) == 3 and file[2]:
        return file[2]
    if "*" not in stated:
        return stated
    return _content_type(file[0] if isinstance(file, tuple) else filename_of(file))


def text_part(name: str, value: object, content_type: str | None = None) -> Part:
    """Make a part of a scalar; raises `ValueError` or `TypeError` naming the part if it has no text form."""
    try:
        return Part(name, scalar_text(value).encode(), None, content_type)
    except (TypeError, ValueError) as error:
        raise named_error("part", name, error) from None


def styled_parts(name: str, value: object, style: Style) -> list[Part]:
    """Make the parts that a value is written as in a style; raises `ValueError` or `TypeError` naming the part."""
    try:
        texts = named_texts(name, value, style, str, str)
    except (TypeError, ValueError) as error:
        raise named_error("part", name, error) from None
    return [Part(key, text.encode()) for key, text in texts]


def json_part(name: str, value: object, content_type: str = "application/json") -> Part:
    """Make a part of a value that is sent as JSON."""
    return Part(name, encode(value), None, content_type)


def _content_type(filename: str | None) -> str:
    kind, encoding = _types().guess_type(filename or "")
    if encoding is not None:
        return "application/gzip" if encoding == "gzip" else OCTET_STREAM
    return kind or OCTET_STREAM


@cache
def _types() -> MimeTypes:
    """Return Python's own table, so that a content type does not depend on the machine."""
    from mimetypes import MimeTypes

    return MimeTypes()
