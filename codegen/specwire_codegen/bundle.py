"""Bundle: what a document refers to in other documents, brought in as components of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import attrs

from specwire_codegen import fetch
from specwire_codegen import pointer as pointers
from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, error, settle
from specwire_codegen.document import Document, Place
from specwire_codegen.grammar import SECTIONS, Kind, Node, rebuild, walk
from specwire_codegen.text import parse

_NAME = re.compile(r"[^A-Za-z0-9._-]+")
Target = tuple[str, str]
"""A document, by its path or address, and a pointer into it."""


@attrs.frozen
class Layout:
    """Where a version of OpenAPI keeps what is referred to."""

    root: Kind
    prefix: str
    """Pointer of the object that has the sections."""
    sections: Mapping[Kind, str]

    def section(self, data: Node, kind: Kind) -> Node:
        """Return the components of a kind, as far as they are what they should be."""
        holder = data.get("components") if self.prefix else data
        section = holder.get(self.sections[kind]) if isinstance(holder, dict) else None
        return section if isinstance(section, dict) else {}

    def pointer(self, kind: Kind, name: str) -> str:
        """Return the pointer to a component."""
        return pointers.join(f"{self.prefix}/{self.sections[kind]}", name)

    def extended(self, data: Node, added: Mapping[Kind, Node]) -> Node:
        """Return a document with more components."""
        sections = {self.sections[kind]: {**self.section(data, kind), **more} for kind, more in added.items()}
        if not self.prefix:
            return {**data, **sections}
        return {**data, "components": {**data.get("components", {}), **sections}}


_OPENAPI = Layout("openapi", "/components", SECTIONS)
_SWAGGER_ITEM = "swaggerPathItem"
_SWAGGER = Layout(
    "swagger",
    "",
    {"schema": "definitions", "swaggerParameter": "parameters", "swaggerResponse": "responses", _SWAGGER_ITEM: "paths"},
)


def bundle(document: Document, source: str | Path, *, allow_remote: bool) -> Document:
    """Return the document with everything that its references reach in other documents as its own components.

    Raises DiagnosticError for references that lead nowhere, or to places that must not be read.
    """
    layout = _SWAGGER if "swagger" in document.data else _OPENAPI
    nodes = walk(document.data, layout.root)
    if not any(_is_external(node.get("$ref")) for node, kind, _ in nodes if kind in layout.sections):
        return document
    home = str(source) if fetch.is_remote(source) else str(Path(source).resolve())
    bundler = _Bundler(home, document, layout, allow_remote)
    bundler.identify()
    bundler.adopt()
    data = bundler.rewritten(document.data, layout.root, home)
    while bundler.waiting:
        bundler.bring(*bundler.waiting.pop(0))
    settle(list(bundler.findings.values()))
    data = layout.extended(data, bundler.added)
    beside = tuple(sorted(map(fetch.shown, bundler.documents)))
    return Document(data, document.file, (*document.places, *bundler.places), beside)


def _is_external(ref: Any) -> bool:
    return isinstance(ref, str) and not ref.startswith("#")


@attrs.define
class _Bundler:
    home: str
    document: Document
    layout: Layout
    allow_remote: bool
    documents: dict[str, Document] = attrs.field(factory=dict)
    names: dict[tuple[Kind, Target], str] = attrs.field(factory=dict)
    added: dict[Kind, dict[str, Any]] = attrs.field(factory=dict)
    places: list[Place] = attrs.field(factory=list)
    waiting: list[tuple[Kind, Target, str]] = attrs.field(factory=list)
    following: list[Target] = attrs.field(factory=list)
    """The paths of Swagger 2.0 that are being followed."""
    ids: dict[str, str] = attrs.field(factory=dict)
    """The pointers of the schemas of the document that have an address of their own (`$id`), by that address."""
    findings: dict[str, Diagnostic] = attrs.field(factory=dict)
    """What is wrong, by what it is wrong with; the other places where it stands are in the first's finding."""

    def identify(self) -> None:
        """Note the schemas of the document that references may name by their `$id`."""
        for node, kind, pointer in walk(self.document.data, self.layout.root):
            if kind == "schema" and isinstance(node.get("$id"), str) and not node["$id"].startswith("#"):
                self.ids.setdefault(self.resolved(node["$id"].removesuffix("#"), self.home), pointer)

    def adopt(self) -> None:
        """Bring what a component of the document merely refers to in under that component's name."""
        for kind in (kind for kind in self.layout.sections if kind != _SWAGGER_ITEM):
            for name, member in self.layout.section(self.document.data, kind).items():
                ref = member.get("$ref") if isinstance(member, dict) and len(member) == 1 else None
                if not isinstance(ref, str) or not _is_external(ref) or self._names(ref, kind):
                    continue
                target = self.target(ref, self.home)
                place = pointers.join(self.layout.pointer(kind, name), "$ref")
                if target is not None and target[0] != self.home:
                    target = self._located(target, ref, self.home, place)
                    if target is not None and (kind, target) not in self.names:
                        self.names[kind, target] = name
                        self.waiting.append((kind, target, name))

    def rewritten(self, value: Any, kind: Kind, base: str, pointer: str = "") -> Any:
        """Return a value of the document `base` with its references leading into the bundle."""

        def visit(node: Node, node_kind: Kind, here: str) -> Node:
            if node_kind == "discriminator" and isinstance(node.get("mapping"), dict):
                mapping = {k: self.reference(v, "schema", base, here) for k, v in node["mapping"].items()}
                return {**node, "mapping": mapping}
            is_ref = isinstance(node.get("$ref"), str)
            if node_kind == _SWAGGER_ITEM and is_ref and (base != self.home or _is_external(node["$ref"])):
                return self.followed(node, base, here)
            if node_kind in self.layout.sections and is_ref:
                return {**node, "$ref": self.reference(node["$ref"], node_kind, base, pointers.join(here, "$ref"))}
            return node

        return rebuild(value, kind, visit, pointer)

    def followed(self, item: Node, base: str, here: str) -> Node:
        """Return a path of Swagger 2.0, which has no section for them, with what it refers to in its place."""
        ref, place = item["$ref"], pointers.join(here, "$ref")
        target = self.target(ref, base)
        target = target and self._located(target, ref, base, place)
        if target is None:
            return item
        if target in self.following:
            finding = error("ref-cycle", f"{ref!r} leads back to itself", help="break the circle")
            self._found("#".join(target), finding, base, place)
            return item
        other = self.documents[target[0]]
        self.following.append(target)
        found = self.rewritten(pointers.get(other.data, target[1]), _SWAGGER_ITEM, *target)
        self.following.pop()
        self.places.append(Place(here, other, target[1]))
        beside = {key: value for key, value in item.items() if key != "$ref"}
        return {**found, **beside} if isinstance(found, dict) else item

    def reference(self, ref: Any, kind: Kind, base: str, place: str) -> Any:
        """Return a reference of the document `base` as one into the bundle."""
        if not isinstance(ref, str) or (base == self.home and (not _is_external(ref) or self._names(ref, kind))):
            return ref
        if kind == "schema" and place.endswith("discriminator") and not re.search(r"[#/.]", ref):
            return ref
        target = self.target(ref, base)
        if target is None:
            self._found(ref, error("unresolved-ref", f"{ref!r} is neither a path nor an address"), base, place)
            return ref
        if target[0] == self.home:
            return f"#{pointers.to_fragment(target[1])}" if self.ids else f"#{ref.partition('#')[2]}"
        target = self._located(target, ref, base, place)
        if target is None:
            return ref
        if (kind, target) not in self.names:
            self.names[kind, target] = self.free(kind, target)
            self.waiting.append((kind, target, self.names[kind, target]))
        return f"#{self.layout.pointer(kind, self.names[kind, target])}"

    def target(self, ref: str, base: str) -> Target | None:
        """Return what a reference of the document `base` leads to; None if it is neither a path nor an address."""
        address, _, fragment = ref.partition("#")
        try:
            resolved = self.resolved(unquote(address), base) if address else base
            if resolved in self.ids:
                return self.home, self.ids[resolved] + unquote(fragment)
            return resolved, unquote(fragment)
        except ValueError:
            return None

    def resolved(self, address: str, base: str) -> str:
        """Return the path or address that a relative one means in the document `base`."""
        if address == self.document.data.get("$self"):
            return self.home
        if fetch.is_remote(address) or fetch.is_remote(base):
            return urljoin(base, address)
        return str((Path(base).parent / address).resolve())

    def bring(self, kind: Kind, target: Target, name: str) -> None:
        """Add a part of another document to the components of the bundle."""
        base, pointer = target
        other = self.documents[base]
        value = self.rewritten(pointers.get(other.data, pointer), kind, base, pointer)
        self.added.setdefault(kind, {})[name] = value
        self.places.append(Place(self.layout.pointer(kind, name), other, pointer))

    def free(self, kind: Kind, target: Target) -> str:
        """Return a name for a part of another document: its own, then with its file's, then with its folders'."""
        path = PurePosixPath(urlsplit(target[0]).path if fetch.is_remote(target[0]) else Path(target[0]).as_posix())
        tokens = [token for token in pointers.split(target[1]) if not token.isdigit()]
        name = _NAME.sub("_", tokens[-1] if tokens else path.stem).strip("_") or "external"
        taken = {*self.layout.section(self.document.data, kind), *self.added.get(kind, {})}
        taken |= {each for (each_kind, _), each in self.names.items() if each_kind == kind}
        around = [*path.parts[:-1], path.stem] if tokens else [*path.parts[:-1]]
        while name in taken:
            name = f"{_NAME.sub('_', around.pop()) if around else 'external'}_{name}"
        return name

    def _located(self, target: Target, ref: str, base: str, place: str) -> Target | None:
        """Return a target in another document with a pointer that leads there; None, and a finding, if none does."""
        if target[0] not in self.documents:
            refusal = self._refusal(target[0])
            if refusal:
                help = "copy it beside the document, or call specwire in a folder that holds both"
                if fetch.is_remote(target[0]):
                    help = "copy it beside the document, or call specwire with --allow-remote"
                finding = error("ref-not-allowed", f"{_shown_ref(ref)!r} {refusal}", help=help)
                self._found("#".join(target), finding, base, place)
                return None
            try:
                name = self._shown(target[0])
                data, text = parse(fetch.read(target[0], allow_remote=self.allow_remote), name)
            except DiagnosticError as problem:
                reasons = "; ".join(each.message for each in problem.diagnostics)
                message = f"{_shown_ref(ref)!r} cannot be followed: {reasons}"
                finding = error("unresolved-ref", message, help=problem.diagnostics[0].help)
                self._found("#".join(target), finding, base, place)
                return None
            self.documents[target[0]] = Document(data if isinstance(data, dict) else {}, name, text.places())
        pointer = _pointer(self.documents[target[0]].data, target[1])
        if pointer is None:
            finding = error("unresolved-ref", f"{_shown_ref(ref)!r} does not exist", help="correct the reference")
            self._found("#".join(target), finding, base, place)
            return None
        return target[0], pointer

    def _found(self, what: str, finding: Diagnostic, base: str, place: str) -> None:
        """Record what is wrong with a reference."""
        where, known = self._owner(base).locate(place), self.findings.get(what)
        if known is None:
            self.findings[what] = attrs.evolve(finding, location=where)
        elif where != known.location:
            self.findings[what] = attrs.evolve(known, also=(*known.also, where))

    def _names(self, ref: str, kind: Kind) -> bool:
        """Tell whether a reference is merely the name of a component, for `normalize` to lead there."""
        return ref in self.layout.section(self.document.data, kind)

    def _owner(self, base: str) -> Document:
        return self.document if base == self.home else self.documents[base]

    def _refusal(self, address: str) -> str | None:
        if fetch.is_remote(address):
            return None if self.allow_remote else "is remote, and remote documents are not fetched unless asked for"
        if fetch.is_remote(self.home):
            return "leads from a remote document to a local file"
        allowed = (Path(self.home).parent.parent, Path.cwd())
        inside = any(Path(address).is_relative_to(folder) for folder in allowed if folder != Path(folder.anchor))
        return None if inside else "leads out of the folder of the document and its neighbours"

    def _shown(self, address: str) -> str:
        if fetch.is_remote(address):
            return fetch.shown(address)
        folder, home = Path(self.document.file).parent, Path(self.home).parent
        path = Path(address)
        if path.is_relative_to(home):
            return str(folder / path.relative_to(home))
        return str(folder / ".." / path.relative_to(home.parent)) if path.is_relative_to(home.parent) else address


def _pointer(data: Any, fragment: str) -> str | None:
    """Return the pointer that a fragment stands for: itself, or the place of the anchor of that name.

    `/` is often written for the whole document, and the first slash left out.
    """
    for pointer in (fragment, fragment.rstrip("/"), f"/{fragment}"):
        try:
            pointers.get(data, pointer)
        except (KeyError, ValueError):
            continue
        return pointer
    return next((place for name, place in _anchors(data) if name == fragment), None)


def _anchors(data: Any) -> Iterator[tuple[str, str]]:
    """Yield the anchors of a document, of whatever kind it is, with the pointers of the schemas that have them."""
    waiting = [(data, "")]
    while waiting:
        value, pointer = waiting.pop()
        if isinstance(value, dict):
            names = [value.get("$anchor"), value.get("$dynamicAnchor"), str(value.get("$id", "")).partition("#")[2]]
            yield from ((name, pointer) for name in names if isinstance(name, str) and name)
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [(member, pointers.join(pointer, key)) for key, member in members]


def _shown_ref(ref: str) -> str:
    """Return a reference as it may be shown: an address without what may be secrets in it."""
    address, sign, fragment = ref.partition("#")
    return f"{fetch.shown(address)}{sign}{fragment}" if fetch.is_remote(address) else ref
