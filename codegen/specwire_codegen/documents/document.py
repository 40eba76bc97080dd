"""Loaded documents: data, and the source location of every part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location
from specwire_codegen.openapi import pointer as pointers


class Source(Protocol):
    """A file that can locate its parts."""

    def locate(self, pointer: str) -> Location:
        """Return the location of `pointer`, or of its nearest existing ancestor."""
        ...


@attrs.frozen
class Place:
    """A part of a document from another file: everything below `pointer` comes from `origin` in `source`."""

    pointer: str
    source: Source
    origin: str


@attrs.frozen
class Document:
    """A document in memory; `file` is its name as the user gave it. Treat `data` as read-only."""

    data: dict[str, Any]
    file: str
    places: tuple[Place, ...] = attrs.field(default=(), eq=False, repr=False)
    dependencies: tuple[str, ...] = attrs.field(default=(), eq=False)
    """The other files that were bundled into it, and URLs without secrets."""
    findings: tuple[Diagnostic, ...] = attrs.field(default=(), eq=False, repr=False)
    """Repairs made by bundling."""
    unfollowed: Mapping[str, Diagnostic] = attrs.field(factory=dict, eq=False, repr=False)
    """Unresolved references and their problems; they matter only if a call needs the target."""
    names: Mapping[str, tuple[str, str]] = attrs.field(factory=dict, eq=False, repr=False)
    """Names of methods in the whole document, and what they come from, by operation; empty unless this is a part."""

    @property
    def is_open(self) -> bool:
        """True if schemas can have unknown keywords, as since OpenAPI 3.1."""
        version = str(self.data.get("openapi", "")).strip().removeprefix("v")
        return bool(version) and not version.startswith("3.0")

    def locate(self, pointer: str) -> Location:
        """Return the source location of the value at `pointer`, or of its nearest known ancestor."""
        index = {place.pointer: place for place in self.places}
        for ancestor in pointers.ancestors(pointer):
            place = index.get(ancestor)
            if place is not None:
                return place.source.locate(place.origin + pointer[len(ancestor) :])
        return Location(self.file, pointer)
