"""Generic schemas: every `$dynamicRef` becomes the `$ref` that it means in the schema that overrides its anchor.

A schema that is used with several overrides becomes one schema for each. A reference whose anchor is ambiguous accepts
any value, and is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import attrs

from specwire_codegen.diagnostics import Diagnostic, failure, warning
from specwire_codegen.normalize.resolution.targets import anchored, through_refs
from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, children, is_extension, kind_at, map_children, walk

_SAME_VALUE = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas"})
"""Keywords whose schemas describe the same value as the schema that they are in."""
_NOTES = frozenset({"$ref", "$defs", "$dynamicAnchor", "$anchor", "$id", "$comment", "title", "description"})
"""Keywords that constrain nothing."""
_OWN = frozenset({"$defs", "$dynamicAnchor", "$anchor", "$id", "title"})
"""Keywords of a generic schema that its copies don't have."""
_SCHEMAS = "/components/schemas"
_UNKNOWN = "any"
"""Any override of an anchor; no pointer."""
_LIMIT = 100_000
"""Maximum number of references to follow."""
_HELP = (
    "refer to the intended schema with $ref, or declare the anchor in the $defs of the schema that uses the generic one"
)


def apply(data: Node, report: Report) -> Node:
    """Return the document without references to dynamic anchors."""
    schemas = [(node, trail) for node, _, trail in walk(data, "openapi", kinds=SCHEMAS_ONLY)]
    names = frozenset(name for node, _ in schemas if (name := _anchor(node.get("$dynamicRef"))))
    if not names:
        return data
    places: dict[str, list[str]] = {}
    for node, trail in schemas:
        for key in ("$dynamicAnchor", "$anchor"):
            if (name := _text(node.get(key))) in names:
                places.setdefault(name, []).append(pointers.of(trail))
    return _Generics(data, report, names, places).resolved()


@attrs.frozen
class _Scope:
    """The anchors in effect at a schema."""

    anchors: frozenset[tuple[str, str]] = frozenset()
    """With the pointer to the schema that each means."""
    fresh: frozenset[str] = frozenset()
    """Those that were set by a schema of the same value."""

    def below(self) -> _Scope:
        """Return the scope of the schemas of parts of the value."""
        return attrs.evolve(self, fresh=frozenset())


_EMPTY = _Scope()
_Copy: TypeAlias = tuple[str, frozenset[tuple[str, str]]]
"""A generic schema, and the anchors that matter to it."""


@attrs.define
class _Generics:
    """Resolver of the dynamic references of a document."""

    data: Node
    report: Report
    names: frozenset[str]
    """Names of all anchors that a `$dynamicRef` refers to."""
    places: dict[str, list[str]]
    """Pointers to the schemas with each of these anchors."""
    targets: dict[str, str | None] = attrs.field(factory=dict)
    """Pointers to the schemas that references lead to."""
    reached: dict[str, set[str]] = attrs.field(factory=dict)
    same: set[tuple[str, _Scope, _Scope]] = attrs.field(factory=set)
    """Schemas that have the same meaning in two scopes."""
    different: set[tuple[str, _Scope, _Scope]] = attrs.field(factory=set)
    steps: int = 0
    copies: dict[_Copy, str] = attrs.field(factory=dict)
    """Pointers to the copies of generic schemas."""
    generic: set[str] = attrs.field(factory=set)
    """Components that were copied."""
    added: dict[str, Node] = attrs.field(factory=dict)
    """Components to add."""
    waiting: list[tuple[str, str, _Scope]] = attrs.field(factory=list)
    """Name, generic schema and scope of each component to add."""
    passed: list[str] = attrs.field(factory=list)
    """Generic schemas that are being copied in place."""
    used: dict[str, set[str]] = attrs.field(factory=dict)
    """Components that each component, or something outside of them, refers to as they are."""
    root: str = ""
    """The component that is being resolved."""
    doubts: list[tuple[str, Diagnostic]] = attrs.field(factory=list)
    """Ambiguous references, with the component that they are in."""

    def resolved(self) -> Node:
        """Return the document with references to schemas only."""
        schemas = self._schemas()
        for name, node in schemas.items():
            pointer = pointers.join(_SCHEMAS, name)
            target = self._target(node)
            if target is not None and not _constrains(node):
                self.copies.setdefault(self._key(target, self._entered(node, pointer, _EMPTY)), pointer)
        data: Node = self._without(self.data, "openapi", "")
        while self.waiting:
            name, pointer, scope = self.waiting.pop()
            self.root = pointers.join(_SCHEMAS, name)
            self.added[name] = _copied(self._schema(pointers.get(self.data, pointer), pointer, scope))
        used = self._used()
        found = [doubt for root, doubt in self.doubts if root in used or root not in self.generic]
        self.report.diagnostics.extend(dict.fromkeys(found))
        return pointers.replaced(data, _SCHEMAS, {**pointers.get(data, _SCHEMAS), **self.added}) if self.added else data

    def _used(self) -> set[str]:
        """Return the components that are used, other than by generic components that are not."""
        found: set[str] = set()
        waiting = [root for root in self.used if root not in self.generic]
        while waiting:
            more = self.used.get(waiting.pop(), set()) - found
            found |= more
            waiting += more
        return found

    def _schemas(self) -> Node:
        components = self.data.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        every = schemas.items() if isinstance(schemas, dict) else ()
        return {name: node for name, node in every if isinstance(node, dict)}

    def _without(self, node: Any, kind: ObjectType, pointer: str) -> Any:
        """Return an object whose schemas are resolved, each outside of any scope."""
        if not isinstance(node, dict):
            return node
        if kind == "schema":
            self.root = _component(pointer)
            return self._schema(node, pointer, _EMPTY)
        return map_children(
            node, kind, lambda value, each, tokens: self._without(value, each, pointers.join(pointer, *tokens))
        )

    def _schema(self, node: Node, pointer: str, scope: _Scope) -> Node:
        """Return a schema with its references resolved in a scope."""
        scope = self._entered(node, pointer, scope)

        def inner(value: Any, kind: ObjectType, tokens: tuple[str | int, ...]) -> Any:
            if kind != "schema" or not isinstance(value, dict):
                return value
            return self._schema(value, pointers.join(pointer, *tokens), _inside(tokens[0], scope))

        changed = map_children(node, "schema", inner)
        if (name := _anchor(node.get("$dynamicRef"))) is not None:
            changed = self._dynamic(changed, name, scope)
        target = self._target(node)
        if target is None:
            return changed
        if not self._differs(target, scope):
            self._use(target)
            return changed
        if scope.fresh and target not in self.passed:
            return self._in_place(changed, target, scope)
        return {**changed, "$ref": self._reference(target, scope)}

    def _dynamic(self, node: Node, name: str, scope: _Scope) -> Node:
        """Return a schema with a `$ref` instead of its `$dynamicRef`, or without it if its anchor is ambiguous."""
        if name not in self.places:
            return node
        rest = {key: value for key, value in node.items() if key != "$dynamicRef"}
        target = self._meant(name, scope)
        if target is None:
            message = f"the dynamic anchor {name!r} may refer to several schemas here; treated as any value"
            place = self.report.locate(pointers.join(origin_of(node), "$dynamicRef"))
            self.doubts.append((self.root, warning("ambiguous-anchor", message, place, _HELP)))
            return rest
        reference = {"$ref": self._reference(target, scope)}
        return {**rest, "allOf": [*rest.get("allOf", ()), reference]} if "$ref" in rest else {**rest, **reference}

    def _in_place(self, node: Node, target: str, scope: _Scope) -> Node:
        """Return a schema with a copy of the generic schema instead of the reference to it."""
        self.passed.append(target)
        self.generic.add(_component(target))
        copy = _copied(self._schema(pointers.get(self.data, target), target, scope))
        self.passed.pop()
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {**rest, "allOf": [copy, *rest.get("allOf", ())]} if _constrains(node) else {**copy, **rest}

    def _reference(self, target: str, scope: _Scope) -> str:
        """Return a reference to a schema, or to its copy for a scope."""
        if self._differs(target, scope):
            self.generic.add(_component(target))
            key = self._key(target, scope)
            if key not in self.copies:
                name = self._name(target, scope)
                self.copies[key] = pointers.join(_SCHEMAS, name)
                self.waiting.append((name, target, scope))
            target = self.copies[key]
        self._use(target)
        return f"#{pointers.to_fragment(target)}"

    def _use(self, target: str) -> None:
        self.used.setdefault(self.root, set()).add(_component(target))

    def _name(self, target: str, scope: _Scope) -> str:
        """Return a name for the copy of a schema: that of the schema that overrides an anchor, and its own."""
        owners = sorted(_component(each) for _, each in self._key(target, scope)[1])
        parts = [pointers.split(each)[-1] for each in (*owners[:1], target) if each]
        name = base = "".join(parts)
        taken = {*self._schemas(), *(pointers.split(each)[-1] for each in self.copies.values())}
        number = 2
        while name in taken:
            name, number = f"{base}{number}", number + 1
        return name

    def _key(self, target: str, scope: _Scope) -> _Copy:
        names = self._reached(target)
        return target, frozenset(each for each in scope.anchors if each[0] in names)

    def _reached(self, target: str) -> set[str]:
        """Return the anchors that matter to a schema."""
        if target not in self.reached:
            found: set[str] = set()
            seen = {target}
            waiting = [target]
            while waiting:
                for name, reached, _ in self._uses(waiting.pop(), _EMPTY, _EMPTY):
                    if name is not None:
                        found.add(name)
                    more = self.places[name] if name is not None else [] if reached is None else [reached]
                    waiting += {*more} - seen
                    seen.update(more)
            self.reached[target] = found
        return self.reached[target]

    def _differs(self, target: str, scope: _Scope) -> bool:
        """Return whether a schema has another meaning in a scope than outside."""
        node = pointers.get(self.data, target)
        if self._entered(node, target, scope) == self._entered(node, target, _EMPTY):
            return False
        any_override = attrs.evolve(scope, anchors=frozenset((name, _UNKNOWN) for name, _ in scope.anchors))
        return self._compared(target, any_override) and self._compared(target, scope)

    def _compared(self, target: str, scope: _Scope) -> bool:
        """Return whether a reference means something else in a scope than outside, in any schema that is reached."""
        start = (target, scope, _EMPTY)
        if start in self.same or start in self.different:
            return start in self.different
        seen = {start}
        waiting = [start]
        while waiting:
            for name, reached, scopes in self._uses(*waiting.pop()):
                here, outside = scopes
                if name is not None:
                    reached = self._meant(name, here)
                    if reached != self._meant(name, outside):
                        self.different.add(start)
                        return True
                if (
                    reached is not None
                    and here != outside
                    and (state := (reached, here, outside)) not in self.same
                    and state not in seen
                ):
                    seen.add(state)
                    waiting.append(state)
        self.same |= seen
        return False

    def _uses(
        self, pointer: str, here: _Scope, outside: _Scope
    ) -> Iterator[tuple[str | None, str | None, tuple[_Scope, _Scope]]]:
        """Yield the anchor or the target of each reference in a schema, with what two scopes are there."""
        waiting = [(pointers.get(self.data, pointer), pointer, here, outside)]
        while waiting:
            node, pointer, here, outside = waiting.pop()
            here, outside = self._entered(node, pointer, here), self._entered(node, pointer, outside)
            if (name := _anchor(node.get("$dynamicRef"))) in self.places:
                yield name, None, (here, outside)
            if (target := self._target(node)) is not None:
                yield None, target, (here, outside)
            for tokens, value, kind in children(node, "schema"):
                if kind == "schema" and tokens[0] != "$defs" and isinstance(value, dict):
                    inner = [_inside(tokens[0], each) for each in (here, outside)]
                    waiting.append((value, pointers.join(pointer, *tokens), inner[0], inner[1]))
            self.steps += 1
            if self.steps > _LIMIT:
                message = f"the dynamic anchors combine in more than {_LIMIT:,} ways"
                raise failure("ambiguous-anchor", message, self.report.locate(origin_of(node)), _HELP)

    def _meant(self, name: str, scope: _Scope) -> str | None:
        """Return the pointer to the schema that an anchor means, or None if it is ambiguous."""
        for each, target in scope.anchors:
            if each == name:
                return target
        return self.places[name][0] if len(self.places[name]) == 1 else None

    def _entered(self, node: Node, pointer: str, scope: _Scope) -> _Scope:
        """Return the scope in a schema: that around it, and its own anchors.

        The outermost schema of the same value that declares an anchor decides. By the specification, the outermost of
        all does; nobody means that where a part of the value overrides the anchor again.
        """
        own = self._declared(node, pointer)
        if not own:
            return scope
        anchors, fresh = dict(scope.anchors), set(scope.fresh)
        for name, place in own.items():
            if place == pointer and "$defs" in pointers.split(pointer)[-2:-1]:  # an argument; its own may be another
                anchors.setdefault(name, place)
                fresh.discard(name)
            elif anchors.setdefault(name, place) == place:
                fresh.add(name)
            elif name not in fresh and self._overrides(node, name, frozenset()):
                anchors[name] = place
                fresh.add(name)
        return _Scope(frozenset(anchors.items()), frozenset(fresh))

    def _declared(self, node: Node, pointer: str) -> dict[str, str]:
        """Return the anchors that a schema and its `$defs` declare, with their pointers."""
        found = {_text(node.get("$dynamicAnchor")): pointer}
        members = node.get("$defs")
        for key, each in members.items() if isinstance(members, dict) else ():
            if isinstance(each, dict):
                found.setdefault(_text(each.get("$dynamicAnchor")), pointers.join(pointer, "$defs", key))
        return {name: place for name, place in found.items() if name in self.names}

    def _overrides(self, node: Node, name: str, passed: frozenset[str]) -> bool:
        """Return whether a schema describes the same value as another that declares this anchor."""
        target = self._target(node)
        if target is not None and target not in passed:
            other = pointers.get(self.data, target)
            if name in self._declared(other, target) or self._overrides(other, name, passed | {target}):
                return True
        inner = [each for tokens, each, _ in children(node, "schema") if tokens[0] in _SAME_VALUE]
        return any(isinstance(each, dict) and self._overrides(each, name, passed) for each in inner)

    def _target(self, node: Node) -> str | None:
        """Return the pointer to the schema that a schema refers to, or None."""
        ref = _text(node.get("$ref"))
        if ref.startswith("#") and ref not in self.targets:
            pointer = pointers.from_fragment(ref)
            found = through_refs(self.data, pointer) if pointer.startswith("/") else anchored(self.data, pointer)
            is_schema = found is not None and kind_at(pointers.split(found)) == "schema"
            self.targets[ref] = found if is_schema and isinstance(pointers.get(self.data, found or ""), dict) else None
        return self.targets.get(ref)


def _inside(keyword: str | int, scope: _Scope) -> _Scope:
    """Return the scope of the schemas in a keyword."""
    if keyword == "$defs":
        return _EMPTY
    return scope if keyword in _SAME_VALUE else scope.below()


def _copied(node: Node) -> Node:
    return {key: value for key, value in node.items() if key not in _OWN}


def _constrains(node: Node) -> bool:
    return any(key not in _NOTES and not is_extension(key) for key in node)


def _component(pointer: str) -> str:
    """Return the pointer to the schema component around a place, or an empty string."""
    tokens = pointers.split(pointer)
    return pointers.join("", *tokens[:3]) if pointers.is_within(pointer, _SCHEMAS) else ""


def _anchor(reference: Any) -> str | None:
    """Return the anchor that a reference names, or None."""
    fragment = pointers.from_fragment(_text(reference))
    return fragment if fragment and not fragment.startswith("/") else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
