"""Files of one document, each read once, from disk, network or a pinned copy."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import attrs

from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, Location, error
from specwire_codegen.documents.document import Source
from specwire_codegen.documents.parse import decode, parse
from specwire_codegen.files import fetch

MAX_FILES = 10_000
MAX_TOTAL = 256 * 1024 * 1024
"""Limit for all files of a document together, in bytes."""
MAX_TEXT = 1024 * 1024
"""Limit for a file whose text becomes part of the document, in bytes."""
_TEXTS = (".md", ".txt")
_READABLE = (*_TEXTS, ".yaml", ".yml", ".json")
"""Extensions of files that texts, numbers and examples may be read from."""


class UnreachableFileError(Exception):
    """A reference target that cannot be read; `finding` has no location yet."""

    def __init__(self, finding: Diagnostic, *, remote: bool = False, refused: bool = False) -> None:
        super().__init__(finding)
        self.finding = finding
        self.remote = remote
        """True if the target is on another host."""
        self.refused = refused
        """True if the document may not read the target."""


@attrs.frozen
class Part:
    """A file of a document, parsed."""

    address: str
    name: str
    """Name in messages."""
    raw: bytes = attrs.field(repr=False)
    value: Any = attrs.field(repr=False)
    source: Source = attrs.field(repr=False)


class Text(NamedTuple):
    """A file as it was read."""

    raw: bytes
    name: str
    """Name in messages."""
    address: str
    """Final address, after redirects."""


class Shelf(Protocol):
    """Source of files."""

    home: str
    """The address of the document itself."""

    def root(self) -> Text:
        """Return the document's own text; raise DiagnosticError."""
        ...

    def address(self, written: str, base: str) -> str:
        """Return the address of a reference in the text `base`; raise ValueError if it is invalid."""
        ...

    def read(self, address: str, base: str, limit: int) -> Text:
        """Return the text at an address; raise UnreachableFileError."""
        ...

    def has(self, address: str) -> bool:
        """Return whether there is a file at an address."""
        ...

    def written(self, address: str, base: str) -> str:
        """Return an address as a reference in the text `base`."""
        ...

    def sources(self, addresses: Sequence[str]) -> list[list[str]]:
        """Return the names of each address in a pin: paths relative to the common folder, URLs without secrets."""
        ...

    def dependency(self, address: str) -> str:
        """Return the address as a file that the output depends on, or without secrets."""
        ...


@attrs.define
class Library:
    """The files of one document."""

    shelf: Shelf
    parts: dict[str, Part | UnreachableFileError] = attrs.field(factory=dict)
    size: int = 0

    @property
    def home(self) -> str:
        """The address of the document itself."""
        return self.shelf.home

    def part(self, address: str, base: str, *, text: bool = False) -> Part:
        """Return the parsed file at an address; raise UnreachableFileError.

        With `text`, the content becomes a text or an example of the document, which only some files may provide.
        """
        if text:
            self._check_text(address)
        if address not in self.parts:
            try:
                part = self._read(address, base, MAX_TEXT if text else fetch.MAX_BYTES, text)
                self.parts[address] = self.parts[part.address] = part
            except UnreachableFileError as problem:
                self.parts[address] = problem
        found = self.parts[address]
        if isinstance(found, UnreachableFileError):
            raise found
        if text and len(found.raw) > MAX_TEXT:
            raise UnreachableFileError(_too_long(found.name))
        return found

    def add(self, part: Part) -> None:
        """Add a file that was read already."""
        self.parts[part.address] = part
        self.size += len(part.raw)

    def written(self, address: str, base: str) -> str:
        """Return an address as a reference in the text `base`."""
        return self.shelf.written(address, base)

    def all(self) -> tuple[Part, ...]:
        """Return all files read so far, the document first."""
        return tuple({part.address: part for part in self.parts.values() if isinstance(part, Part)}.values())

    def addresses(self) -> list[str]:
        """Return the addresses of all files read so far, and of those on this machine that could not be read."""
        missing = (each for each, part in self.parts.items() if isinstance(part, UnreachableFileError))
        return [*(part.address for part in self.all()), *(each for each in missing if not fetch.is_remote(each))]

    def _check_text(self, address: str) -> None:
        ending = os.path.splitext(address.partition("?")[0])[1].lower()
        if ending not in _READABLE:
            message = f"leads to a file of another type than {', '.join(_READABLE)}"
            help = "write the text here, or rename the file"
            raise UnreachableFileError(error("ref-not-allowed", message, help=help), refused=True)

    def _read(self, address: str, base: str, limit: int, text: bool) -> Part:
        if len(self.parts) >= MAX_FILES:
            raise UnreachableFileError(
                error("too-large", f"is one of more than {MAX_FILES:,} files", help="bundle them first")
            )
        raw, name, found = self.shelf.read(address, base, limit)
        self.size += len(raw)
        if self.size > MAX_TOTAL:
            most = f"{MAX_TOTAL // 1024 // 1024} MB"
            raise UnreachableFileError(
                error("too-large", f"is part of a document of more than {most}", help="bundle them first")
            )
        try:
            if text and address.lower().endswith(_TEXTS):
                return Part(found, name, raw, prose(raw, name), _Prose(name))
            value, source = parse(raw, name)
        except DiagnosticError as problem:
            raise UnreachableFileError(problem.diagnostics[0]) from None
        return Part(found, name, raw, value, source)


@attrs.frozen
class _Prose:
    """Source of unstructured text."""

    file: str

    def locate(self, pointer: str) -> Location:
        """Return the file."""
        return Location(self.file, pointer)


def prose(raw: bytes, name: str) -> str:
    """Return the text of a file without its final line break."""
    return decode(raw, name).replace("\r\n", "\n").removesuffix("\n")


def _too_long(name: str) -> Diagnostic:
    return error("too-large", f"leads to {name}, which is larger than {MAX_TEXT // 1024 // 1024} MB", help="shorten it")
