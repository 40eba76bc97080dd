"""Reference targets: every `$ref` refers directly to a component of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.normalize.refs.references import REFERRING, schema_ref
from specwire_codegen.normalize.resolution import conversions, unresolved
from specwire_codegen.normalize.source_map import Report, annotate, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import SECTIONS, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.suggest import nearest
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, kind_at, rebuild, walk

_WAYS = frozenset({"components", "definitions", "models", *SECTIONS.values()})
"""Names of sections that contain named components, in any format."""
_LABELS = frozenset({"$defs", "definitions", "$anchor", "$dynamicAnchor"})
"""Keywords that only serve as reference targets; unused once all references lead to components."""
_KEYS = ("$ref", "$dynamicRef")

Use = tuple[ObjectType, str]
"""The kind of a place and the reference in it."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with every reference leading straight to a component.

    A target outside the components becomes one, with its pointer as a provisional name; its own references are followed
    too. `unresolved` handles references without a target.
    """
    finder = _Finder(conversions.apply(data, report), report)
    finder.collect((node, kind) for node, kind, _ in walk(finder.data, "openapi", kinds=REFERRING))
    while finder.wanted:
        finder.collect(finder.added_components())
    finder.report_repairs()

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Node:
        for key in _KEYS:
            if key not in node:
                continue
            target = finder.targets.get((kind, node[key])) if isinstance(node[key], str) else None
            if target is not None:
                name = target.rpartition("/")[2] if _is_component(target, kind) else pointers.escape(target)
                rest = {name: value for name, value in node.items() if name != key}
                node = {"$ref": f"#/components/{SECTIONS[kind]}/{name}", **rest}
        if kind == "schema" and not _LABELS.isdisjoint(node):
            node = {key: value for key, value in node.items() if key not in _LABELS}
        return _full_mapping(node, finder.data) if kind == "discriminator" else node

    directed: Node = rebuild(finder.data, "openapi", visit, kinds=REFERRING)
    return unresolved.apply(directed, finder.missing, report)


@attrs.define
class _Finder:
    """Resolver of references in a document that it changes meanwhile."""

    data: Node
    report: Report
    targets: dict[Use, str] = attrs.field(factory=dict)
    """Pointers of resolved references."""
    wanted: dict[str, ObjectType] = attrs.field(factory=dict)
    """Targets that are not components yet."""
    missing: dict[Use, Diagnostic] = attrs.field(factory=dict)
    """Diagnostics of unresolved references, with all their places."""
    repaired: dict[Use, Diagnostic] = attrs.field(factory=dict)

    def collect(self, nodes: Iterable[tuple[Node, ObjectType]]) -> None:
        """Resolve the references of objects."""
        for node, kind in list(nodes):
            for key in _KEYS:
                if key in node and kind in SECTIONS:
                    self.take(node[key], kind, pointers.join(origin_of(node), key))

    def take(self, ref: Any, kind: ObjectType, place: str) -> None:
        """Resolve one reference."""
        if not isinstance(ref, str):
            help = "write it as '#/components/...', or what it leads to"
            self.report.error("bad-ref", "a $ref must be a string", place, help)
            return
        use = (kind, ref)
        known = self.missing.get(use) or self.repaired.get(use)
        if known is not None:
            where = self.report.locate(place)
            noted = self.missing if use in self.missing else self.repaired
            noted[use] = (
                attrs.evolve(known, also=(*known.also, where)) if where not in (known.location, *known.also) else known
            )
        elif use not in self.targets:
            self.look_up(use, place)

    def look_up(self, use: Use, place: str) -> None:
        """Resolve a reference that occurs for the first time."""
        kind, ref = use
        problem = self.report.document.unfollowed.get(ref)
        named = _named(self.data, ref, kind)
        if problem is None and named is None and not ref.startswith("#"):
            help = "write it as '#/components/...', or bundle the documents before the overlay"
            problem = Diagnostic("error", "external-ref", f"{ref!r} refers to another document", help=help)
        if problem is not None:
            self.missing[use] = attrs.evolve(problem, location=problem.location or self.report.locate(place))
            return
        pointer = pointers.from_fragment(ref)
        found = (
            through_refs(self.data, pointer) if pointer.startswith("/") or ref == "#" else anchored(self.data, pointer)
        )
        if found is None:
            found = named or pointers.unescaped(self.data, pointer)
            if found is None or pointers.join(found, "$ref") == place:
                self.lose(use, f"{ref!r} does not exist", _advice(self.data, pointer, kind), place)
                return
            help = "write it like that: in a pointer, '/' in a name is '~1', and '~' is '~0'"
            self.repair(use, f"{ref!r} does not exist; treated as '#{found}'", help, place)
        self.apply(use, found, place)

    def apply(self, use: Use, found: str, place: str) -> None:
        """Record the target of a reference if it has the right kind."""
        kind, ref = use
        value = pointers.get(self.data, found)
        is_schema = kind == "schema" and isinstance(value, bool)
        if not isinstance(value, dict) and not is_schema and _is_component(found, kind):
            return
        actual = kind_at(pointers.split(found))
        if kind == "schema" and actual in conversions.WITH_SCHEMAS and isinstance(value, dict):
            inner = conversions.schema_of(self.data, found, actual)
            if inner is not None:
                self.repair(use, f"{ref!r} leads to a {actual}; treated as its schema", f"refer to '#{inner}'", place)
                found = inner
                actual = "schema"
        if (not isinstance(value, dict) and not is_schema) or actual not in {kind, None}:
            self.repaired.pop(use, None)
            help = _advice(self.data, pointers.from_fragment(ref), kind)
            where = self.report.locate(place)
            self.missing[use] = Diagnostic("warning", "bad-ref", f"{ref!r} does not refer to a {kind}", where, help)
            return
        self.targets[use] = found
        if not _is_component(found, kind):
            self.wanted[found] = kind

    def lose(self, use: Use, message: str, help: str, place: str) -> None:
        """Record an unresolved reference."""
        self.missing[use] = Diagnostic("warning", "unresolved-ref", message, self.report.locate(place), help)

    def repair(self, use: Use, message: str, help: str, place: str) -> None:
        """Record a reference that was replaced by another."""
        self.repaired[use] = Diagnostic("warning", "bad-ref", message, self.report.locate(place), help)

    def added_components(self) -> Iterator[tuple[Node, ObjectType]]:
        """Turn wanted targets into components and yield the objects in them."""
        wanted, self.wanted = self.wanted, {}
        for target in sorted(wanted, key=len, reverse=True):
            kind = wanted[target]
            section = SECTIONS[kind]
            value = annotate(pointers.get(self.data, target), kind, target)
            moved = {"$ref": f"#/components/{section}/{pointers.escape(target)}"}
            data = pointers.replaced(self.data, target, moved)
            components = data.get("components")
            components = components if isinstance(components, dict) else {}
            self.data = {
                **data,
                "components": {**components, section: {**_components(data, kind), target: value}},
            }
        for target, kind in wanted.items():
            yield from ((node, each) for node, each, _ in walk(_components(self.data, kind)[target], kind))

    def report_repairs(self) -> None:
        """Report the repaired references."""
        self.report.diagnostics.extend(self.repaired.values())


def _is_component(pointer: str, kind: ObjectType) -> bool:
    prefix = f"/components/{SECTIONS[kind]}/"
    return pointer.startswith(prefix) and "/" not in pointer[len(prefix) :]


def _named(data: Node, ref: str, kind: ObjectType) -> str | None:
    """Return the pointer to a component that a reference names with the path of another format."""
    *way, name = ref.strip().lstrip("#").strip("/").split("/")
    name = pointers.unescape(name)
    return (
        f"/components/{SECTIONS[kind]}/{pointers.escape(name)}"
        if (set(way) <= _WAYS and name in _components(data, kind))
        else None
    )


def _advice(data: Node, target: str, kind: ObjectType) -> str:
    name = pointers.unescape(target.rpartition("/")[2])
    near = nearest(name, _components(data, kind))
    if near is not None:
        return f"did you mean '#/components/{SECTIONS[kind]}/{near}'?"
    return f"declare the {kind} under #/components/{SECTIONS[kind]}, or remove the reference"


def _components(data: Node, kind: ObjectType) -> Node:
    """Return the components of a kind, or an empty map if the section is invalid."""
    components = data.get("components")
    section = components.get(SECTIONS[kind]) if isinstance(components, dict) else None
    return section if isinstance(section, dict) else {}


def through_refs(data: Node, target: str) -> str | None:
    """Return the pointer of a target with references on the way followed, or None."""
    seen: set[str] = set()
    try:
        tokens = pointers.split(target)
    except ValueError:
        return None
    here, value = "", data
    for token in tokens:
        while isinstance(value, dict) and token not in value and isinstance(value.get("$ref"), str):
            here = pointers.from_fragment(value["$ref"])
            if here in seen:
                return None
            seen.add(here)
            try:
                value = pointers.get(data, here)
            except (KeyError, ValueError):
                return None
        try:
            value = pointers.get(value, pointers.join("", token))
        except KeyError:
            return None
        here = pointers.join(here, token)
    return here


def anchored(data: Node, anchor: str) -> str | None:
    """Return the pointer of the first schema with an anchor, or None."""
    for node, _, trail in walk(data, "openapi", kinds=SCHEMAS_ONLY):
        names = (node.get("$anchor"), node.get("$dynamicAnchor"), str(node.get("$id", "")).partition("#")[2])
        if anchor and anchor in names:
            return pointers.of(trail)
    return None


def _full_mapping(node: Node, data: Node) -> Node:
    schemas = _components(data, "schema")

    def full(target: Any) -> Any:
        return schema_ref(target) if isinstance(target, str) and target in schemas else target

    changed = dict(node)
    if isinstance(node.get("mapping"), Mapping):
        changed["mapping"] = {value: full(target) for value, target in node["mapping"].items()}
    if "defaultMapping" in node:
        changed["defaultMapping"] = full(node["defaultMapping"])
    return changed
