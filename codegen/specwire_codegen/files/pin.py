"""Pins: exact copies of external documents below `specs/NAME/`, described by `source.toml`.

A document with several files is read from its pin only. References are resolved through `source.toml`, so no other file
or URL is read, and a fetched document works without a network.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import attrs

from specwire_codegen.characters import is_hidden
from specwire_codegen.diagnostics import DiagnosticError, SpecwireCodegenError, error
from specwire_codegen.documents.toml_text import read_toml
from specwire_codegen.files import fetch
from specwire_codegen.files.library import Text, UnreachableFileError


@attrs.frozen
class PinnedPart:
    """One further file of a document."""

    file: str
    """Path of the copy, relative to `source.toml`."""
    sources: tuple[str, ...]
    """References that lead to it: URLs without secrets, paths relative to the common folder."""
    sha256: str


@attrs.frozen
class Pin:
    """Contents of `source.toml`: the origin of the document and its digests."""

    file: Path
    source: str
    sha256: str | None
    parts: tuple[PinnedPart, ...] = ()
    origin: str = ""
    """URL, or path relative to `source.toml`, that a new version is read from; empty if unknown."""

    def edited(self, spec: Path) -> Iterator[Path]:
        """Yield the copies that differ from their digests."""
        copies = ((spec, self.sha256), *((self.file.parent / part.file, part.sha256) for part in self.parts))
        for path, sha256 in copies:
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                yield path

    def problem(self, spec: Path) -> str | None:
        """Return the path of a copy that differs from its digest, or None."""
        path = next(self.edited(spec), None)
        return path.as_posix() if path is not None else None


def read_pin(file: Path) -> Pin | None:
    """Return the pin in a `source.toml`, or None without one; raise SpecwireCodegenError for a broken one."""
    read = read_toml(file)
    if read is None:
        return None
    data, _ = read
    try:
        parts = tuple(_part(each, file) for each in data.get("parts", []))
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise SpecwireCodegenError(f"{file.as_posix()} cannot be read: {problem}") from None
    source = data.get("url") or data.get("file") or ""
    origin = data.get("from") or data.get("url") or ""
    return Pin(file, str(source), data.get("sha256"), parts, str(origin))


def _part(raw: Mapping[str, Any], file: Path) -> PinnedPart:
    place = posixpath.normpath(str(raw["file"]))
    if place.startswith(("/", "..")) or not (file.parent / place).resolve().is_relative_to(file.parent.resolve()):
        raise SpecwireCodegenError(f"{file.as_posix()} names {place!r}, which is not in its folder")
    return PinnedPart(place, tuple(map(str, raw["sources"])), str(raw["sha256"]))


def toml(text: str) -> str:
    """Return a text as a TOML string: a JSON string with hidden characters escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(f"\\U{ord(each):08X}" if is_hidden(each) else each for each in quoted)


def tables(parts: tuple[PinnedPart, ...]) -> Iterator[str]:
    """Yield the TOML tables for the parts of a document."""
    for part in parts:
        sources = ", ".join(map(toml, part.sources))
        yield f"\n[[parts]]\nfile = {toml(part.file)}\nsources = [{sources}]\nsha256 = {toml(part.sha256)}\n"


@attrs.define
class Pinned:
    """Source that reads the files of a pin."""

    home: str
    names: Mapping[str, str]
    """Reference -> name of its copy."""
    texts: Mapping[str, bytes]
    """Name of a copy -> its bytes."""

    def root(self) -> Text:
        """Return the document's own text."""
        name = self.names[self.home]
        return Text(self.texts[name], name, self.home)

    def address(self, written: str, base: str) -> str:
        """Return the address of a reference in the text `base`."""
        if fetch.is_remote(written) or fetch.is_remote(base):
            return self._one(fetch.shown(urljoin(base, written) if fetch.is_remote(base) else written))
        folder = posixpath.dirname(base)
        meant = [posixpath.normpath(posixpath.join(folder, each)) for each in (unquote(written), written)]
        return next((self._one(each) for each in meant if each in self.names), meant[0])

    def _one(self, address: str) -> str:
        """Return the canonical address of a copy that has several."""
        name = self.names.get(address)
        return address if name is None else next(each for each, other in self.names.items() if other == name)

    def read(self, address: str, base: str, limit: int) -> Text:
        """Return the text at an address; raise UnreachableFileError."""
        name = self.names.get(address)
        if name is None:
            message = "is not part of the pinned copies"
            help = "pin the document again: specwire update NAME"
            raise UnreachableFileError(error("unresolved-ref", message, help=help), remote=fetch.is_remote(address))
        if len(self.texts[name]) > limit:
            raise UnreachableFileError(error("too-large", f"leads to {name}, which is too large to use here"))
        return Text(self.texts[name], name, address)

    def has(self, address: str) -> bool:
        """Return whether there is a copy for an address."""
        return address in self.names

    def written(self, address: str, base: str) -> str:
        """Return an address as a reference in the text `base`."""
        if fetch.is_remote(address) or fetch.is_remote(base):
            return address
        return posixpath.relpath(address, posixpath.dirname(base) or ".")

    def sources(self, addresses: Sequence[str]) -> list[list[str]]:
        """Return the names of each address in the pin."""
        return [[name for name, copy in self.names.items() if copy == self.names[each]] for each in addresses]

    def dependency(self, address: str) -> str:
        """Return the address as a file that the output depends on."""
        return self.names.get(address, address)


def pinned(spec: Path, pin: Pin) -> Pinned:
    """Return the files of a pin; raise SpecwireCodegenError if one cannot be read."""
    names = {pin.source: str(spec)}
    for part in pin.parts:
        names.update(dict.fromkeys(part.sources, str(pin.file.parent / part.file)))
    try:
        texts = {name: fetch.read_file(Path(name), name) for name in dict.fromkeys(names.values())}
    except DiagnosticError as problem:
        raise SpecwireCodegenError(str(problem)) from None
    return Pinned(pin.source, names, texts)
