"""Walks over documents, driven by the tables of OpenAPI objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import is_
from typing import Any

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
        return [(key, child) for key in node if not is_extension(key) and key != "$ref"]
    fields = _CHILDREN[kind]
    return [(key, fields[key]) for key in node if key in fields]


def child_of(kind: ObjectType, key: str) -> Child | None:
    """Return the type of a field that holds objects, or None."""
    if kind in PATTERNED:
        return None if is_extension(key) or key == "$ref" else _PATTERNED[kind]
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


_ALL = frozenset(FIELDS)


def rebuild(
    value: Any, kind: ObjectType, visit: Visit, pointer: str = "", kinds: frozenset[ObjectType] | None = None
) -> Any:
    """Return a tree with `visit` applied to each of its OpenAPI objects, children before parents.

    Objects in which nothing changes are shared with the given tree, so `visit` must not change what it gets. `kinds`
    are those that `visit` changes; objects that cannot hold any of them are not visited.
    """
    return _rebuilt(value, kind, visit, pointer, _ALL if kinds is None else leading_to(kinds))


def _rebuilt(value: Any, kind: ObjectType, visit: Visit, pointer: str, kinds: frozenset[ObjectType]) -> Any:
    if not isinstance(value, dict):
        return value
    node = value
    for key, child in _typed(value, kind):
        if child.kind not in kinds:
            continue
        inside, below = value[key], pointers.below(pointer, key)
        new = inside
        if child.shape == "one":
            new = _rebuilt(inside, child.kind, visit, below, kinds)
        elif child.shape == "list" and isinstance(inside, list):
            items = [_rebuilt(item, child.kind, visit, f"{below}/{index}", kinds) for index, item in enumerate(inside)]
            new = inside if all(map(is_, items, inside)) else items
        elif child.shape == "map" and isinstance(inside, dict):
            members = {
                name: _rebuilt(item, child.kind, visit, pointers.below(below, name), kinds)
                for name, item in inside.items()
            }
            new = inside if all(map(is_, members.values(), inside.values())) else members
        if new is not inside:
            node = dict(value) if node is value else node
            node[key] = new
    return visit(node, kind, pointer)


def walk(value: Any, kind: ObjectType, pointer: str = "") -> Iterator[tuple[Node, ObjectType, str]]:
    """Yield every OpenAPI object of a tree with its kind and pointer, parents before children."""
    if not isinstance(value, dict):
        return
    waiting = [(value, kind, pointer)]
    while waiting:
        node, kind, pointer = waiting.pop()
        yield node, kind, pointer
        found = [
            (child, child_kind, pointers.join(pointer, *tokens))
            for tokens, child, child_kind in children(node, kind)
            if isinstance(child, dict)
        ]
        waiting += reversed(found)


def operations_of(path_item: Node) -> Iterator[tuple[str, tuple[str | int, ...], Node]]:
    """Yield each operation of a path item: its HTTP method, the tokens of its place, and the operation."""
    for tokens, operation, kind in children(path_item, "pathItem"):
        if kind == "operation":
            *holder, name = tokens
            yield str(name) if holder else str(name).upper(), tokens, operation
