"""Library: the texts of one document, each read once, from disk and network or from a pinned copy."""

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
"""Bytes of all files of a document together."""
MAX_TEXT = 1024 * 1024
"""Bytes of a file whose text is put into the document."""
_TEXTS = (".md", ".txt")
_READABLE = (*_TEXTS, ".yaml", ".yml", ".json")
"""Endings of the files that texts, numbers and examples may be taken from."""


class UnreachableFileError(Exception):
    """What a reference leads to cannot be had; `finding` has no place yet."""

    def __init__(self, finding: Diagnostic, *, remote: bool = False, refused: bool = False) -> None:
        super().__init__(finding)
        self.finding = finding
        self.remote = remote
        """Whether that is because it is on another host."""
        self.refused = refused
        """Whether the document may not read it."""


@attrs.frozen
class Part:
    """A text that a document is made of."""

    address: str
    name: str
    """As messages call it."""
    raw: bytes = attrs.field(repr=False)
    value: Any = attrs.field(repr=False)
    source: Source = attrs.field(repr=False)


class Text(NamedTuple):
    """A text as it was found."""

    raw: bytes
    name: str
    """As messages call it."""
    address: str
    """Where it was found: behind redirects, that is not where it was looked for."""


class Shelf(Protocol):
    """Where texts come from."""

    home: str
    """The address of the document itself."""

    def root(self) -> Text:
        """Return the document's own text; raise DiagnosticError."""
        ...

    def address(self, written: str, base: str) -> str:
        """Return the address that what is written in the text `base` means; raise ValueError if it means none."""
        ...

    def read(self, address: str, base: str, limit: int) -> Text:
        """Return the text at an address; raise Unreachable."""
        ...

    def has(self, address: str) -> bool:
        """Tell whether there is a file at an address."""
        ...

    def written(self, address: str, base: str) -> str:
        """Return an address as a reference of the text `base` would write it."""
        ...

    def sources(self, addresses: Sequence[str]) -> list[list[str]]:
        """Return what a pin calls each address: paths from the folder that holds all, addresses without secrets."""
        ...

    def beside(self, address: str) -> str:
        """Return the address as a file that the output depends on, or as it may be shown."""
        ...


@attrs.define
class Library:
    """The texts of one document."""

    shelf: Shelf
    parts: dict[str, Part | UnreachableFileError] = attrs.field(factory=dict)
    size: int = 0

    @property
    def home(self) -> str:
        """The address of the document itself."""
        return self.shelf.home

    def part(self, address: str, base: str, *, text: bool = False) -> Part:
        """Return the text at an address, parsed; raise Unreachable.

        With `text`, what is wanted goes into the document as a text or an example: fewer files may be read for that.
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
        """Add a text that was read already."""
        self.parts[part.address] = part
        self.size += len(part.raw)

    def written(self, address: str, base: str) -> str:
        """Return an address as a reference of the text `base` would write it."""
        return self.shelf.written(address, base)

    def all(self) -> tuple[Part, ...]:
        """Return the texts that were read, the document first."""
        return tuple({part.address: part for part in self.parts.values() if isinstance(part, Part)}.values())

    def _check_text(self, address: str) -> None:
        ending = os.path.splitext(address.partition("?")[0])[1].lower()
        if ending not in _READABLE:
            message = f"leads to a file whose text may not be used: only {', '.join(_READABLE)} may"
            help = "write the text here, or give the file one of these endings"
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
                error("too-large", f"is one of files of more than {most} together", help="bundle them first")
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
    """A text without a structure."""

    file: str

    def locate(self, pointer: str) -> Location:
        """Return the file."""
        return Location(self.file, pointer)


def prose(raw: bytes, name: str) -> str:
    """Return the text of a file as it would be written in a document: without the line end that closes it."""
    return decode(raw, name).replace("\r\n", "\n").removesuffix("\n")


def _too_long(name: str) -> Diagnostic:
    return error("too-large", f"leads to {name}, which is larger than {MAX_TEXT // 1024 // 1024} MB", help="shorten it")
