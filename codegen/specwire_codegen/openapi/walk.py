"""Walks over documents, driven by the tables of OpenAPI objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import is_
from typing import Any, NamedTuple, TypeAlias

from specwire_codegen.openapi.objects import FIELDS, PATTERNED, Child, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail

_CHILDREN: Mapping[ObjectType, Mapping[str, Child]] = {
    kind: {key: field for key, field in fields.items() if isinstance(field, Child)} for kind, fields in FIELDS.items()
}
_PATTERNED: Mapping[ObjectType, Child] = {kind: Child(member) for kind, member in PATTERNED.items()}


def children(node: Node, kind: ObjectType) -> Iterator[tuple[tuple[str | int, ...], Any, ObjectType]]:
    """Yield the tokens, the value and the kind of every typed object directly below a node."""
    for key, child in _typed(node, kind):
        value = node[key]
        if child.shape == "one":
            yield (key,), value, child.kind
        elif child.shape == "list" and isinstance(value, list):
            for index, item in enumerate(value):
                yield (key, index), item, child.kind
        elif child.shape == "map" and isinstance(value, dict):
            for name, item in value.items():
                yield (key, name), item, child.kind


def _typed(node: Node, kind: ObjectType) -> list[tuple[str, Child]]:
    """Return the fields of a node that hold typed objects."""
    if kind in PATTERNED:
        child = _PATTERNED[kind]
        return [(key, child) for key in node if not _is_fixed(key)]
    fields = _CHILDREN[kind]
    return [(key, fields[key]) for key in node if key in fields]


def child_of(kind: ObjectType, key: str) -> Child | None:
    """Return the type of a field that holds objects, or None."""
    if kind in PATTERNED:
        return None if _is_fixed(key) else _PATTERNED[kind]
    return _CHILDREN[kind].get(key)


CONTAINER: ObjectType = "list or map"


def kind_at(tokens: Sequence[str], kind: ObjectType = "openapi") -> ObjectType | None:
    """Return the kind of object at a place of a document; None for places unknown to the specification."""
    if not tokens:
        return kind
    child = child_of(kind, tokens[0])
    if child is None:
        return None
    if child.shape == "one":
        return kind_at(tokens[1:], child.kind)
    return kind_at(tokens[2:], child.kind) if len(tokens) > 1 else CONTAINER


def is_extension(key: str) -> bool:
    """Return whether a key is a specification extension."""
    return key.startswith("x-")


def _is_fixed(key: str) -> bool:
    """Return whether a key of an object with arbitrary keys is not one of them."""
    return key == "$ref" or key.startswith("x-")


Replace = Callable[[Any, ObjectType, tuple[str | int, ...]], Any]


def map_children(node: Node, kind: ObjectType, replace: Replace) -> Node:
    """Return a node with every typed object directly below it replaced: the same node if nothing changes in it."""
    changed = node
    for key, child in _typed(node, kind):
        inside = new = node[key]
        below = child.kind
        if child.shape == "one":
            new = replace(inside, below, (key,))
        elif child.shape == "map" and isinstance(inside, dict):
            members = {name: replace(item, below, (key, name)) for name, item in inside.items()}
            new = inside if all(map(is_, members.values(), inside.values())) else members
        elif child.shape == "list" and isinstance(inside, list):
            items = [replace(item, below, (key, index)) for index, item in enumerate(inside)]
            new = inside if all(map(is_, items, inside)) else items
        if new is not inside:
            changed = node.copy() if changed is node else changed
            changed[key] = new
    return changed


Visit = Callable[[Node, ObjectType, Trail], Any]
"""Called with an object, its kind and its trail."""


@cache
def leading_to(kinds: frozenset[ObjectType]) -> frozenset[ObjectType]:
    """Return these kinds, and those of objects that can hold objects of these kinds at any depth."""
    found = set(kinds)
    held = {kind: {child.kind for child in children.values()} for kind, children in _CHILDREN.items()}
    held |= {kind: {child.kind} for kind, child in _PATTERNED.items()}
    while more := {kind for kind in held.keys() - found if not found.isdisjoint(held[kind])}:
        found |= more
    return frozenset(found)


class _Steps(NamedTuple):
    """What a walk does at objects of one kind."""

    visited: bool
    fields: Mapping[str, tuple[str, ObjectType]]
    """Fields in which there can be objects to visit, with their shape and the kind of the objects."""
    members: ObjectType | None
    """Kind of the values of an object with arbitrary keys."""
    is_leaf: Callable[[Node], bool]
    """Whether an object has none of these fields; most schemas have no others in them."""


@cache
def _steps_to(kinds: frozenset[ObjectType]) -> Mapping[ObjectType, _Steps]:
    """Return the steps at each kind that lead to objects of these kinds, at any depth."""
    ends = leading_to(kinds)
    return {
        kind: _Steps(
            kind in kinds,
            leading := {key: (child.shape, child.kind) for key, child in fields.items() if child.kind in ends},
            PATTERNED.get(kind),
            leading.keys().isdisjoint,
        )
        for kind, fields in _CHILDREN.items()
    }


_ALL = frozenset(FIELDS)
SCHEMAS_ONLY: frozenset[ObjectType] = frozenset({"schema"})


def rebuild(value: Any, kind: ObjectType, visit: Visit, trail: Trail = "", kinds: frozenset[ObjectType] = _ALL) -> Any:
    """Return a tree with `visit` applied to its OpenAPI objects of some kinds, children before parents.

    Objects in which nothing changes are shared with the given tree, so `visit` must not change what it gets, and should
    return the same object if nothing changes in it. Parts of the tree that cannot hold any object of these kinds are
    skipped.
    """
    return _Rebuilding(visit, kinds).rebuilt(value, kind, trail) if isinstance(value, dict) else value


class _Rebuilding:
    """A walk that rebuilds a tree; normalization spends much of its time here.

    The functions are methods, not closures that call each other: a cycle would keep what `visit` refers to, such as an
    earlier form of the document, until the end.
    """

    __slots__ = ("_steps", "_visit")

    def __init__(self, visit: Visit, kinds: frozenset[ObjectType]) -> None:
        self._visit = visit
        self._steps = _steps_to(kinds)

    def rebuilt(self, node: Node, kind: ObjectType, trail: Trail) -> Any:
        changed = node
        visited, fields, members, _ = self._steps[kind]
        if members is not None:
            changed = self._members(node, members, trail, patterned=True)
        else:
            for key in node:
                if key not in fields:
                    continue
                inside = new = node[key]
                shape, below = fields[key]
                if isinstance(inside, dict):
                    if shape == "one":
                        new = self.rebuilt(inside, below, (trail, key))
                    elif shape == "map":
                        new = self._members(inside, below, (trail, key))
                elif shape == "list" and isinstance(inside, list):
                    new = self._items(inside, below, (trail, key))
                if new is not inside:
                    changed = node.copy() if changed is node else changed
                    changed[key] = new
        return self._visit(changed, kind, trail) if visited else changed

    def _members(self, container: Node, kind: ObjectType, trail: Trail, *, patterned: bool = False) -> Node:
        changed, rebuilt, visit = container, self.rebuilt, self._visit
        visited, _, members, is_leaf = self._steps[kind]
        visits = visited and members is None
        for name, item in container.items():
            if not isinstance(item, dict) or (patterned and _is_fixed(name)):
                continue
            new = visit(item, kind, (trail, name)) if visits and is_leaf(item) else rebuilt(item, kind, (trail, name))
            if new is not item:
                changed = container.copy() if changed is container else changed
                changed[name] = new
        return changed

    def _items(self, container: list[Any], kind: ObjectType, trail: Trail) -> list[Any]:
        changed = container
        for index, item in enumerate(container):
            new = self.rebuilt(item, kind, (trail, index)) if isinstance(item, dict) else item
            if new is not item:
                changed = container.copy() if changed is container else changed
                changed[index] = new
        return changed


Found: TypeAlias = tuple[Node, ObjectType, Trail]
"""An object with its kind and its trail."""


def walk(value: Any, kind: ObjectType, kinds: frozenset[ObjectType] = _ALL) -> Sequence[Found]:
    """Return the OpenAPI objects of some kinds in a tree with their kind and trail, parents before children."""
    found: list[Found] = []
    if isinstance(value, dict):
        _collect(value, kind, "", _steps_to(kinds), found)
    return found


def _collect(
    node: Node, kind: ObjectType, trail: Trail, steps: Mapping[ObjectType, _Steps], found: list[Found]
) -> None:
    visited, fields, members, is_leaf = steps[kind]
    if visited:
        found.append((node, kind, trail))
    if members is not None:
        for name, item in node.items():
            if isinstance(item, dict) and not _is_fixed(name):
                _collect(item, members, (trail, name), steps, found)
        return
    if is_leaf(node):
        return
    for key in node:
        if key not in fields:
            continue
        inside, here = node[key], (trail, key)
        shape, below = fields[key]
        if isinstance(inside, dict):
            if shape == "one":
                _collect(inside, below, here, steps, found)
            elif shape == "map":
                for name, item in inside.items():
                    if isinstance(item, dict):
                        _collect(item, below, (here, name), steps, found)
        elif shape == "list" and isinstance(inside, list):
            for index, item in enumerate(inside):
                if isinstance(item, dict):
                    _collect(item, below, (here, index), steps, found)


def operations_of(path_item: Node) -> Iterator[tuple[str, tuple[str | int, ...], Node]]:
    """Yield each operation of a path item: its HTTP method, the tokens of its place, and the operation."""
    for tokens, operation, kind in children(path_item, "pathItem"):
        if kind == "operation":
            *holder, name = tokens
            yield str(name) if holder else str(name).upper(), tokens, operation
