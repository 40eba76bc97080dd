"""A loaded document: its data, and where in which file every part of it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location
from specwire_codegen.openapi import pointer as pointers


class Source(Protocol):
    """A text that can say where its parts stand."""

    def locate(self, pointer: str) -> Location:
        """Return the place of `pointer`, or of its nearest ancestor that exists."""
        ...


@attrs.frozen
class Place:
    """A part of a document that came from elsewhere: everything below `pointer` stands in `source` at `origin`."""

    pointer: str
    source: Source
    origin: str


@attrs.frozen
class Document:
    """A document in memory; `file` is its name as the user gave it. Treat `data` as read-only."""

    data: dict[str, Any]
    file: str
    places: tuple[Place, ...] = attrs.field(default=(), eq=False, repr=False)
    beside: tuple[str, ...] = attrs.field(default=(), eq=False)
    """The other files that it was put together from, and addresses, as they may be shown."""
    findings: tuple[Diagnostic, ...] = attrs.field(default=(), eq=False, repr=False)
    """What was repaired when it was put together."""
    unfollowed: Mapping[str, Diagnostic] = attrs.field(factory=dict, eq=False, repr=False)
    """Why references of it could not be followed, by the reference; it matters where a call needs what they lead to."""

    @property
    def is_open(self) -> bool:
        """Whether schemas may have keywords that the specification does not know: since OpenAPI 3.1 they may."""
        version = str(self.data.get("openapi", "")).strip().removeprefix("v")
        return bool(version) and not version.startswith("3.0")

    def locate(self, pointer: str) -> Location:
        """Return where the value at `pointer` was written, or the nearest place around it that is known."""
        index = {place.pointer: place for place in self.places}
        for ancestor in _ancestors(pointer):
            place = index.get(ancestor)
            if place is not None:
                return place.source.locate(place.origin + pointer[len(ancestor) :])
        return Location(self.file, pointer)


def _ancestors(pointer: str) -> Iterator[str]:
    yield pointer
    while pointer:
        pointer = pointers.parent(pointer)
        yield pointer
