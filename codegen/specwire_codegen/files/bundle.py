"""Bundling: one document from all files that its references lead to.

References of kinds with a section in `components` stay references; their targets in other files become components. All
other references (of an operation, a list, a map or a text) are replaced by their target. A target with a single
reference is inlined as well, as in a single-file document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.diagnostics import error, raise_errors, warning
from specwire_codegen.documents.base_uris import base_uris
from specwire_codegen.documents.document import Document, Place
from specwire_codegen.files import fetch
from specwire_codegen.files.examples import NOTHING, Examples
from specwire_codegen.files.findings import Findings
from specwire_codegen.files.layout import OPENAPI, SWAGGER, Layout, is_whole
from specwire_codegen.files.library import Library, Part, UnreachableFileError
from specwire_codegen.files.names import Names, Use
from specwire_codegen.files.targets import Spot, Target, Targets, is_reference, merged_references
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, PATTERNED, SECTIONS, Child, FieldType, Node, ObjectType
from specwire_codegen.openapi.suggest import did_you_mean
from specwire_codegen.openapi.walk import is_extension

_IS_PATH = re.compile(r"[#/.]")
_SCHEMAS_OF_OLD: Mapping[tuple[ObjectType, str], Child] = {
    (kind, key): Child("schema") for kind in ("response", "parameter", "header") for key in ("schema", "items")
}
"""Fields of Swagger 2.0 that are repaired in OpenAPI 3 documents."""
_SPARE: frozenset[ObjectType] = frozenset({"example", "link"})
"""Kinds that no call needs."""

Members = dict[str, Spot]


def bundle(root: Part, library: Library) -> Document:
    """Return the document with all targets of its references included.

    Raises DiagnosticError for references that must be replaced but cannot be resolved. Unresolved references of kinds
    that stay references are in `unfollowed`: they matter only if a call needs them.
    """
    if is_whole(root.value, _layout(root)):
        return Document(root.value, root.name, (Place("", root.source, ""),))
    made = _bundler(root, library, frozenset(), {})
    data = made.document()
    once, inner = made.names.once(), made.names.nested()
    if once or inner:
        made = _bundler(root, library, once, inner)
        data = made.document()
    findings = raise_errors(list(made.findings.found.values()))
    dependencies = sorted(library.shelf.dependency(each) for each in library.addresses() if each != root.address)
    places = (Place("", root.source, ""), *made.places)
    return Document(data, root.name, places, tuple(dependencies), findings, made.findings.unfollowed)


def _bundler(root: Part, library: Library, once: frozenset[Use], inner: dict[Use, Spot]) -> _Bundler:
    layout = _layout(root)
    identities = base_uris(root.value, layout.root, fetch.uri_of(library.home))
    targets, findings = Targets(library, identities), Findings(library)
    return _Bundler(layout, library, root, targets, findings, Names(layout, inner), Examples(targets, findings), once)


def _layout(root: Part) -> Layout:
    return SWAGGER if "swagger" in root.value else OPENAPI


@attrs.define
class _Bundler:
    layout: Layout
    library: Library
    root: Part
    targets: Targets
    findings: Findings
    names: Names
    examples: Examples
    once: frozenset[Use]
    """Targets that replace their only reference."""
    aliases: dict[str, Spot] = attrs.field(factory=dict)
    """Replacements of components that only refer to another object, by pointer."""
    added: dict[ObjectType, dict[str, Any]] = attrs.field(factory=dict)
    places: list[Place] = attrs.field(factory=list)
    stays: dict[tuple[str, ObjectType], bool] = attrs.field(factory=dict)

    @property
    def home(self) -> str:
        return self.root.address

    def document(self) -> Node:
        """Return the data of the whole document."""
        root = Spot(self.root.value, self.home, "")
        self.assign_names(root)
        data: Node = self.node(root, self.layout.root, "")
        while self.names.waiting:
            kind, spot = self.names.waiting.pop(0)
            name = self.names.given[kind, spot.target]
            here = self.layout.pointer(kind, name)
            self.place(here, spot)
            self.added.setdefault(kind, {})[name] = self.node(spot._replace(trail=()), kind, here)
        return self.layout.extended(data, self.added)

    def assign_names(self, root: Spot) -> None:
        """Assign component names to the document's own components and to the targets of its aliases."""
        holder = self.members(root, "")
        if self.layout.prefix:
            holder = self.members(holder.get("components"), self.layout.prefix)
        sections = {
            kind: self.members(holder.get(section), f"{self.layout.prefix}/{section}")
            for kind, section in self.layout.sections.items()
        }
        self.names.own = {kind: frozenset(members) for kind, members in sections.items()}
        for kind, members in sections.items():
            for name, member in members.items():
                if member.target != (self.home, self.layout.pointer(kind, name)):
                    self.names.given.setdefault((kind, member.target), name)
                self.assign_name(kind, name, member)

    def members(self, spot: Spot | None, here: str) -> Members:
        """Return the members of an object with references followed; empty for other values."""
        opened = self.opened(spot, here) if spot is not None else None
        return opened if isinstance(opened, dict) else {}

    def assign_name(self, kind: ObjectType, name: str, member: Spot) -> None:
        """Assign the name of an alias component to its target."""
        if not is_reference(member.value) or len(member.value) > 1:
            return
        ref = member.child("$ref")
        if ref.base == self.home and self.names.has(ref.value, kind):
            return
        try:
            end = self.end(self.targets.find(ref.value, ref), kind, member.target)
        except UnreachableFileError:
            return
        is_own = end.base == self.home and self.layout.keeps(end.pointer, kind)
        if not is_own and (kind, end.target) not in self.names.given:
            self.names.given[kind, end.target] = name
            self.aliases[self.layout.pointer(kind, name)] = end

    def node(self, spot: Spot, kind: ObjectType, here: str) -> Any:
        """Return an object of a kind with its references replaced."""
        if not isinstance(spot.value, dict):
            return spot.value
        if here in self.aliases:
            end = self.aliases.pop(here)
            self.place(here, end)
            return self.node(end, kind, here)
        keeps = kind in self.layout.sections and not self.is_only_reference(spot, kind)
        members = self.opened(spot, here, refs=not keeps)
        if not isinstance(members, dict):
            return {} if members is None else members.value
        self.examples.enter(kind, spot, members)
        built: Node = {}
        for key, member in members.items():
            place = pointers.below(here, key)
            if key == "$ref" and keeps:
                built[key] = self.reference(member, kind)
            elif key == "summary" and kind in SECTIONS and key not in FIELDS[kind] and is_reference(spot.value):
                continue  # a reference can have a summary that its target kind does not allow
            elif (new := self.field(member, kind, key, place)) is not NOTHING:
                built[key] = new
        self.examples.leave(kind)
        return built

    def is_only_reference(self, spot: Spot, kind: ObjectType) -> bool:
        """Return whether an object is the only reference to its target."""
        if not self.once or kind == "schema" or not is_reference(spot.value):
            return False
        try:
            end = self.end(self.targets.find(spot.value["$ref"], spot), kind)
        except UnreachableFileError:
            return False
        return (kind, end.target) in self.once

    def field(self, spot: Spot, kind: ObjectType, key: str, here: str) -> Any:
        """Return the value of a field of an object."""
        value = spot.value
        if not isinstance(value, (dict, list)) or is_extension(key):
            return value
        field = Child(PATTERNED[kind]) if kind in PATTERNED else FIELDS[kind].get(key, _SCHEMAS_OF_OLD.get((kind, key)))
        if field is None:
            self.check_unknown(spot, kind, key)
            return value
        if not isinstance(field, Child):
            return self.plain(spot, field, kind, key, here)
        if field.shape == "one":
            return self.node(spot, field.kind, here)
        opened = self.opened(spot, here)
        if opened is None:
            return [] if field.shape == "list" else {}
        if isinstance(opened, dict):
            if field.shape == "list":
                return {name: member.value for name, member in opened.items()}
            return {name: self.node(each, field.kind, pointers.below(here, name)) for name, each in opened.items()}
        if field.shape == "map" or not isinstance(opened.value, list):
            return opened.value
        return [self.node(opened.child(index), field.kind, f"{here}/{index}") for index in range(len(opened.value))]

    def plain(self, spot: Spot, field: FieldType, kind: ObjectType, key: str, here: str) -> Any:
        """Return the value of a field without OpenAPI objects."""
        if key == "const":
            self.check_constant(spot)
            return spot.value
        if field == "any":
            return self.examples.value(spot)
        opened = self.opened(spot, here, text=True)
        if opened is None:
            return NOTHING
        if isinstance(opened, Spot):
            if not isinstance(opened.value, list) or (key, field) == ("enum", "list"):
                return opened.value
            members = [opened.child(index) for index in range(len(opened.value))]
            if key == "examples":
                return [value for each in members if (value := self.examples.value(each)) is not NOTHING]
            return [self.plain(each, field, kind, "", f"{here}/{index}") for index, each in enumerate(members)]
        if kind == "link":
            return {name: each.value for name, each in opened.items()}
        inside = {
            name: self.mapped(each)
            if key == "mapping"
            else self.examples.value(each)
            if key == "examples"
            else self.plain(each, field, kind, "", pointers.below(here, name))
            for name, each in opened.items()
        }
        return {name: each for name, each in inside.items() if each is not NOTHING}

    def check_constant(self, spot: Spot) -> None:
        """Warn about a constant that looks like a reference."""
        if is_reference(spot.value) and len(spot.value) == 1:
            message = "the constant is an object with the key '$ref': references are not followed here"
            self.findings.add(message, warning("data-ref", message, help="write the value itself"), spot)

    def check_unknown(self, spot: Spot, kind: ObjectType, key: str) -> None:
        """Record a reference in an unknown field: dropping the field would lose the target."""
        if kind == "schema" or not is_reference(spot.value):
            return
        what = "document" if kind == self.layout.root else kind
        help = did_you_mean(key, FIELDS[kind], f"a {what} has {', '.join(FIELDS[kind])}")
        message = f"a reference is in {key!r}, which is not a field of a {what}"
        self.findings.add(message, error("stray-ref", message, help=help), spot)

    def opened(self, spot: Spot, here: str, *, refs: bool = True, text: bool = False) -> Members | Spot | None:
        """Return the members of an object, including those of its references; the spot itself for other values.

        The object's own members win. Returns None after recording a reference that cannot be resolved.
        """
        value = spot.value
        if not isinstance(value, dict):
            return spot
        if not (refs and is_reference(value)) and "<<" not in value:
            return {key: spot.child(key) for key in value}
        members: Members = {}
        for key, each in value.items():
            follows = [each] if key == "$ref" and refs and isinstance(each, str) else []
            follows += merged_references(each) if key == "<<" else []
            if not follows:
                members[key] = spot.child(key)
            for ref in follows:
                inner = self.followed(spot.child(key)._replace(value=ref), here, len(value) == 1, text)
                if len(value) == 1 and not isinstance(inner, dict):
                    return inner
                if isinstance(inner, dict):
                    members |= {name: new for name, new in inner.items() if name not in {*value, *members}}
                elif inner is not None:
                    message = f"{ref!r} has other keys next to it, but its target is not an object"
                    self.findings.add(ref, error("bad-ref", message, help="remove the other keys"), spot)
        return members

    def followed(self, ref: Spot, here: str, alone: bool, text: bool) -> Members | Spot | None:
        """Return the opened target of a reference for the pointer `here`."""
        try:
            found = self.targets.find(ref.value, ref, text=text)
            if found.target in ref.trail:
                raise UnreachableFileError(self.findings.circle([*ref.trail, found.target]))
        except UnreachableFileError as problem:
            self.findings.unreachable(ref, problem)
            return None
        self.findings.repaired(ref, self.targets.repairs)
        inner = self.opened(found._replace(trail=(*ref.trail, found.target)), here, text=text)
        for name, member in inner.items() if isinstance(inner, dict) else ():
            self.place(pointers.below(here, name), member)
        if alone:
            self.place(here, found)
        return inner

    def reference(self, ref: Spot, kind: ObjectType) -> Any:
        """Return a reference that stays one, rewritten to its target in the bundle."""
        is_plain = ref.base == self.home and not self.targets.identities.around(ref.pointer)
        if not isinstance(ref.value, str) or (is_plain and self.is_kept(ref.value, kind)):
            return ref.value
        try:
            found = self.targets.find(ref.value, ref)
            self.findings.repaired(ref, self.targets.repairs)
            end = self.end(found, kind)
        except UnreachableFileError as problem:
            return self.findings.leave(ref, problem, spare=kind in _SPARE)
        if end.base == self.home and self.layout.keeps(end.pointer, kind):
            return f"#{pointers.to_fragment(end.pointer)}"
        return f"#{pointers.to_fragment(self.names.pointer(kind, end, found))}"

    def is_kept(self, ref: str, kind: ObjectType) -> bool:
        """Return whether `normalize` will follow a reference of the document itself."""
        if (ref, kind) not in self.stays:
            self.stays[ref, kind] = self.names.has(ref, kind) or (ref.startswith("#") and self.is_settled(ref, kind))
        return self.stays[ref, kind]

    def is_settled(self, ref: str, kind: ObjectType) -> bool:
        """Return whether a pointer into the document still resolves in the bundle."""
        try:
            found = self.targets.find(ref, Spot(None, self.home, ""))
        except UnreachableFileError:
            return True
        is_object = isinstance(found.value, dict) or (kind == "schema" and isinstance(found.value, bool))
        return found.base != self.home or not is_object or self.layout.keeps(found.pointer, kind)

    def mapped(self, spot: Spot) -> Any:
        """Return a value of a discriminator's mapping: the name of a schema, or a reference to one."""
        opened = self.opened(spot, "", text=True)
        if not isinstance(opened, Spot) or not isinstance(opened.value, str):
            return spot.value
        if self.names.has(opened.value, "schema") or not _IS_PATH.search(opened.value):
            return opened.value
        new = self.reference(opened, "schema")
        problem = self.findings.unfollowed.get(new)
        if problem is None:
            return new
        self.findings.add(new, problem, opened)
        return NOTHING

    def end(self, spot: Spot, kind: ObjectType, *passed: Target) -> Spot:
        """Return the end of a chain of bare references; raise UnreachableFileError for a cycle.

        The first component of the document itself on the chain wins.
        """
        seen = [*passed]
        own: Spot | None = None
        while True:
            if spot.target in seen:
                raise UnreachableFileError(self.findings.circle([*seen, spot.target]))
            seen.append(spot.target)
            if own is None and spot.base == self.home and self.layout.keeps(spot.pointer, kind):
                own = spot
            if not is_reference(spot.value) or len(spot.value) > 1:
                return own or spot
            spot = self.targets.find(spot.value["$ref"], spot)

    def place(self, here: str, spot: Spot) -> None:
        """Record the source of a part of the bundle."""
        self.places.append(Place(here, self.library.part(spot.base, spot.base).source, spot.pointer))
