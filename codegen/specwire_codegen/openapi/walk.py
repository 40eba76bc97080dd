"""Walks over documents, driven by the tables of OpenAPI objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import is_
from typing import Any, NamedTuple

from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, PATTERNED, Child, Node, ObjectType

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
    """Return a shallow copy of a node with every typed object directly below it replaced."""
    copy = dict(node)
    for tokens, value, child_kind in list(children(node, kind)):
        new = replace(value, child_kind, tokens)
        if new is value:
            continue
        if len(tokens) == 1:
            copy[str(tokens[0])] = new
            continue
        container, key = str(tokens[0]), tokens[1]
        if copy[container] is node[container]:
            copy[container] = copy[container].copy()
        copy[container][key] = new
    return copy


Visit = Callable[[Node, ObjectType, str], Any]


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
    fields: Mapping[str, Child]
    """Fields in which there can be objects to visit."""
    members: ObjectType | None
    """Kind of the values of an object with arbitrary keys."""


@cache
def _steps_to(kinds: frozenset[ObjectType]) -> Mapping[ObjectType, _Steps]:
    """Return the steps at each kind that lead to objects of these kinds."""
    return {kind: _Steps(kind in kinds, fields, PATTERNED.get(kind)) for kind, fields in _fields_to(kinds).items()}


@cache
def _fields_to(kinds: frozenset[ObjectType]) -> Mapping[ObjectType, Mapping[str, Child]]:
    """Return the fields of each kind in which there can be objects of these kinds, at any depth."""
    ends = leading_to(kinds)
    return {
        kind: {key: child for key, child in fields.items() if child.kind in ends} for kind, fields in _CHILDREN.items()
    }


_ALL = frozenset(FIELDS)
SCHEMAS_ONLY: frozenset[ObjectType] = frozenset({"schema"})


def rebuild(value: Any, kind: ObjectType, visit: Visit, pointer: str = "", kinds: frozenset[ObjectType] = _ALL) -> Any:
    """Return a tree with `visit` applied to its OpenAPI objects of some kinds, children before parents.

    Objects in which nothing changes are shared with the given tree, so `visit` must not change what it gets, and should
    return the same object if nothing changes in it. Parts of the tree that cannot hold any object of these kinds are
    skipped.
    """
    return _Rebuilding(visit, kinds).rebuilt(value, kind, pointer) if isinstance(value, dict) else value


class _Rebuilding:
    """A walk that rebuilds a tree.

    The functions are methods, not closures that call each other: a cycle would keep what `visit` refers to, such as an
    earlier form of the document, until the end.
    """

    __slots__ = ("_steps", "_visit")

    def __init__(self, visit: Visit, kinds: frozenset[ObjectType]) -> None:
        self._visit = visit
        self._steps = _steps_to(kinds)

    def rebuilt(self, node: Node, kind: ObjectType, pointer: str) -> Any:
        changed = node
        visited, fields, members = self._steps[kind]
        if members is not None:
            changed = self._members(node, members, pointer, patterned=True)
        elif not fields.keys().isdisjoint(node):
            for key, inside in node.items():
                if key not in fields:
                    continue
                child, below, new = fields[key], f"{pointer}/{key}", inside
                if child.shape == "one":
                    new = self.rebuilt(inside, child.kind, below) if isinstance(inside, dict) else inside
                elif child.shape == "map":
                    new = self._members(inside, child.kind, below) if isinstance(inside, dict) else inside
                elif isinstance(inside, list):
                    new = self._items(inside, child.kind, below)
                if new is not inside:
                    changed = node.copy() if changed is node else changed
                    changed[key] = new
        return self._visit(changed, kind, pointer) if visited else changed

    def _members(self, container: Node, kind: ObjectType, pointer: str, *, patterned: bool = False) -> Node:
        changed, rebuilt = container, self.rebuilt
        for name, item in container.items():
            if isinstance(item, dict) and not (patterned and _is_fixed(name)):
                new = rebuilt(item, kind, pointers.below(pointer, name))
                if new is not item:
                    changed = container.copy() if changed is container else changed
                    changed[name] = new
        return changed

    def _items(self, container: list[Any], kind: ObjectType, pointer: str) -> list[Any]:
        new = [
            self.rebuilt(item, kind, f"{pointer}/{index}") if isinstance(item, dict) else item
            for index, item in enumerate(container)
        ]
        return container if all(map(is_, new, container)) else new


def walk(
    value: Any, kind: ObjectType, pointer: str = "", kinds: frozenset[ObjectType] = _ALL
) -> Iterator[tuple[Node, ObjectType, str]]:
    """Yield the OpenAPI objects of some kinds in a tree with their kind and pointer, parents before children."""
    fields_of = _fields_to(kinds)
    waiting = [(value, kind, pointer)] if isinstance(value, dict) else []
    while waiting:
        node, kind, pointer = waiting.pop()
        if kind in kinds:
            yield node, kind, pointer
        fields = fields_of[kind]
        found: list[tuple[Node, ObjectType, str]] = []
        if kind in PATTERNED:
            member = PATTERNED[kind]
            for name, item in node.items():
                if isinstance(item, dict) and not _is_fixed(name):
                    found.append((item, member, pointers.below(pointer, name)))
        elif not fields.keys().isdisjoint(node):
            for key, inside in node.items():
                if key in fields:
                    found += _below(inside, fields[key], f"{pointer}/{key}")
        found.reverse()
        waiting += found


def _below(inside: Any, child: Child, pointer: str) -> list[tuple[Node, ObjectType, str]]:
    """Return the objects in a field with their kind and pointer."""
    if child.shape == "one":
        return [(inside, child.kind, pointer)] if isinstance(inside, dict) else []
    named = inside.items() if child.shape == "map" and isinstance(inside, dict) else ()
    numbered = enumerate(inside) if child.shape == "list" and isinstance(inside, list) else ()
    return [
        *((item, child.kind, pointers.below(pointer, name)) for name, item in named if isinstance(item, dict)),
        *((item, child.kind, f"{pointer}/{index}") for index, item in numbered if isinstance(item, dict)),
    ]


def operations_of(path_item: Node) -> Iterator[tuple[str, tuple[str | int, ...], Node]]:
    """Yield each operation of a path item: its HTTP method, the tokens of its place, and the operation."""
    for tokens, operation, kind in children(path_item, "pathItem"):
        if kind == "operation":
            *holder, name = tokens
            yield str(name) if holder else str(name).upper(), tokens, operation
