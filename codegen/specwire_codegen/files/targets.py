"""Resolution of references across files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import attrs

from specwire_codegen.diagnostics import error
from specwire_codegen.documents.base_uris import BaseURIs
from specwire_codegen.files import fetch, nearby
from specwire_codegen.files.library import Library, UnreachableFileError
from specwire_codegen.openapi import pointer as pointers

Target = tuple[str, str]
"""Address of a file and a pointer into it."""


class Spot(NamedTuple):
    """A value and its source."""

    value: Any
    base: str
    """Address of the file."""
    pointer: str
    trail: tuple[Target, ...] = ()
    """References that were replaced around it."""

    @property
    def target(self) -> Target:
        """The place, without the value."""
        return self.base, self.pointer

    def child(self, key: str | int) -> Spot:
        """Return the spot of a member."""
        return Spot(self.value[key], self.base, pointers.below(self.pointer, key), self.trail)


class Repair(NamedTuple):
    """A correction made to resolve a reference."""

    message: str
    help: str


def is_reference(value: Any) -> bool:
    """Return whether a value is a reference, with or without other keys."""
    return isinstance(value, dict) and isinstance(value.get("$ref"), str)


def merged_references(value: Any) -> list[str]:
    """Return the references under a YAML merge key."""
    stated = value if isinstance(value, list) else [value]
    return [each["$ref"] for each in stated if is_reference(each)]


@attrs.define
class Targets:
    """Resolver of the references in a library."""

    library: Library
    identities: BaseURIs
    """The document and the schemas in it that have their own URI."""
    repairs: list[Repair] = attrs.field(factory=list)
    """Corrections made by the last search."""

    def find(self, ref: str, place: Spot, *, text: bool = False) -> Spot:
        """Return the target of a reference at a place; raise UnreachableFileError.

        `repairs` then holds the corrections made.
        """
        self.repairs.clear()
        return self._found(ref, place, text, ())

    def _found(self, ref: str, place: Spot, text: bool, passed: tuple[Target, ...]) -> Spot:
        written, _, fragment = ref.partition("#")
        base = place.base
        try:
            address, around = self._address(written, place)
        except ValueError:
            message = "is neither a path nor a URL"
            raise UnreachableFileError(
                error("unresolved-ref", message, help="write it as #/components/..., a path, or a URL")
            ) from None
        part = self.library.part(address, base, text=text and bool(written))
        fragment = unquote(fragment)
        spot = self._inside(part.address, around, fragment, text, passed)
        if spot is None and not written and around:
            spot = self._inside(part.address, "", fragment, text, passed)
        if spot is None and not written and base != self.library.home:
            spot = self._elsewhere(ref, base, text, passed)
        if spot is not None:
            return spot
        near = nearby.place(part.value, around + fragment)
        help = f"did you mean #{pointers.to_fragment(near)}?" if near is not None else "check the part after '#'"
        if not written and base != self.library.home:
            help = f"{help}; '#' is the root of the file that contains the reference"
        raise UnreachableFileError(error("unresolved-ref", "does not exist", help=help))

    def _address(self, written: str, place: Spot) -> tuple[str, str]:
        """Return the address of a reference, and the pointer that its fragment is relative to."""
        base, is_home = place.base, place.base == self.library.home
        if not written:
            return base, self.identities.around(place.pointer) if is_home else ""
        named = (
            self.identities.find(written, place.pointer)
            if is_home
            else self.identities.named(written, fetch.uri_of(base))
        )
        if named is not None:
            return self.library.home, named
        address = self.library.shelf.address(written, base)
        if "\\" in written and not fetch.is_remote(address):
            forward = self.library.shelf.address(written.replace("\\", "/"), base)
            if forward != address and not self.library.shelf.has(address) and self.library.shelf.has(forward):
                self.repairs.append(Repair("has backslashes; read as '/'", "write '/' between the parts of a path"))
                return forward, ""
        return address, ""

    def _inside(self, address: str, around: str, fragment: str, text: bool, passed: tuple[Target, ...]) -> Spot | None:
        """Return the target of a fragment in a file or in a schema of it: a pointer, also corrected, or an anchor.

        A common mistake is `/` for the whole document, or a missing first slash.
        """
        part = self.library.part(address, address)
        root = Spot(part.value, part.address, "")
        for pointer in dict.fromkeys((fragment, fragment.rstrip("/"), f"/{fragment}")):
            if not pointer or pointer.startswith("/"):
                spot: Spot | None = root
                for token in pointers.split(around + pointer):
                    spot = spot and self._step(spot, token, text, passed)
                if spot is not None:
                    return spot
        anchored = next((each for name, each in _anchors(root, around) if name == fragment), None)
        if anchored is not None:
            return Spot(pointers.get(part.value, anchored), part.address, anchored)
        meant = None if around else pointers.unescaped(part.value, fragment)
        if meant is None:
            return None
        help = "in a pointer, '/' in a name is '~1', and '~' is '~0'"
        self.repairs.append(Repair(f"does not exist; resolved as '#{pointers.to_fragment(meant)}'", help))
        return Spot(pointers.get(part.value, meant), part.address, meant)

    def _step(self, spot: Spot, token: str, text: bool, passed: tuple[Target, ...]) -> Spot | None:
        """Return a member, of the object itself or of its reference."""
        value = spot.value
        if (at := pointers.item(value, token)) is not None:
            return spot.child(at)
        if not isinstance(value, dict):
            return None
        if token in value:
            return spot.child(token)
        if spot.target in passed:
            return None
        for ref in [value["$ref"]] if is_reference(value) else merged_references(value.get("<<")):
            try:
                inner = self._step(self._found(ref, spot, text, (*passed, spot.target)), token, text, passed)
            except UnreachableFileError:
                continue
            if inner is not None:
                return inner
        return None

    def _elsewhere(self, ref: str, base: str, text: bool, passed: tuple[Target, ...]) -> Spot | None:
        """Return the target of a pointer in the root document, or in the only other file that has it."""
        fragment = unquote(ref.partition("#")[2])
        if not fragment.startswith("/"):
            return None
        home = self.library.home
        found = self._inside(home, "", fragment, text, passed)
        if found is None:
            others = [part.address for part in self.library.all() if part.address not in (home, base)]
            spots = [spot for each in others if (spot := self._inside(each, "", fragment, text, passed)) is not None]
            found = spots[0] if len(spots) == 1 else None
        if found is not None:
            where = self.library.written(found.base, base)
            self.repairs.append(Repair(f"does not exist in this file; resolved in {where}", f"write {where}{ref}"))
        return found


def _anchors(root: Spot, around: str) -> Iterator[tuple[str, str]]:
    """Yield the anchors in a schema or a file of any kind, with the pointers of their schemas."""
    waiting = [(pointers.get(root.value, around), around)]
    while waiting:
        value, pointer = waiting.pop()
        if isinstance(value, dict):
            names = [value.get("$anchor"), value.get("$dynamicAnchor"), str(value.get("$id", "")).partition("#")[2]]
            yield from ((name, pointer) for name in names if isinstance(name, str) and name)
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [(member, pointers.below(pointer, key)) for key, member in members]
