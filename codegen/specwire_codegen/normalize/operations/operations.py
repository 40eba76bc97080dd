"""Operations: finding them and making their operationIds unique."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi import pointer as pointers, words
from specwire_codegen.openapi.methods import METHODS
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.walk import is_extension, walk


def methods(path_item: Node) -> Iterator[tuple[str, Node]]:
    """Yield the HTTP methods of a path item with their operations, custom methods included."""
    for method in METHODS:
        if method in path_item and isinstance(path_item[method], dict):
            yield method, path_item[method]
    for method, operation in path_item.get("additionalOperations", {}).items():
        if isinstance(operation, dict):
            yield method, operation


def with_methods(path_item: Node, operations: dict[str, Node]) -> Node:
    """Return a path item with its operations replaced, by method."""
    changed = {**path_item, **{method: each for method, each in operations.items() if method in METHODS}}
    unusual = path_item.get("additionalOperations", {})
    if unusual:
        changed["additionalOperations"] = {method: operations.get(method, each) for method, each in unusual.items()}
    return changed


def with_operations(data: Node, changed: Callable[[str, str, Node], Node]) -> Node:
    """Return a document with its operations replaced: `changed` gets the path, the method and the operation."""
    paths = {
        path: with_methods(item, {method: changed(path, method, each) for method, each in methods(item)})
        if isinstance(item, dict)
        else item
        for path, item in data.get("paths", {}).items()
    }
    return {**data, "paths": paths} if "paths" in data else data


def apply(data: Node, report: Report) -> Node:
    """Return the document with a unique operationId on every operation."""
    given = {str(node.get("operationId")) for node, _, _ in walk(data, "openapi", kinds=frozenset({"operation"}))}
    namer = _Namer(report, given)
    changed = dict(data)
    changed["paths"] = namer.paths(data.get("paths", {}), None)
    if "webhooks" in data:
        changed["webhooks"] = namer.events(data["webhooks"])
    callbacks = data.get("components", {}).get("callbacks")
    if callbacks:
        named = {
            name: namer.paths(callback, f"{words.snake(name)}_callback", own=True)
            for name, callback in callbacks.items()
        }
        changed["components"] = {**data["components"], "callbacks": named}
    return changed


@attrs.define
class _Namer:
    report: Report
    taken: set[str]
    seen: set[str] = attrs.field(factory=set)

    def events(self, webhooks: Node) -> Node:
        """Name the operations of webhooks after their events."""
        return {
            name: self.paths({name: item}, words.snake(name) or "webhook", own=True)[name]
            for name, item in webhooks.items()
        }

    def paths(self, container: Node, prefix: str | None, *, own: bool = False) -> Node:
        """Name the operations of a map of path items; `prefix` replaces the paths in the names, if given.

        With `own`, a single operation is named by the prefix alone.
        """
        named: dict[str, Any] = {}
        several = len([path for path in container if not is_extension(path)]) > 1
        for path, item in container.items():
            if is_extension(path) or not isinstance(item, dict) or "$ref" in container:
                named[path] = item
                continue
            place = prefix or words.snake(path) or "root"
            alone = own and not several and len(list(methods(item))) == 1
            operations = {
                method: self.operation(operation, place if alone else f"{words.snake(method)}_{place}")
                for method, operation in methods(item)
            }
            named[path] = with_methods(item, operations)
        return named

    def operation(self, node: Node, derived: str) -> Node:
        """Name one operation and those in its callbacks."""
        name = str(node.get("operationId", ""))
        if not words.pascal(name):
            name = self.free(derived)
        elif name in self.seen:
            name = self.free(derived)
            message = f"{node['operationId']!r} is also the id of another operation; this one becomes {name!r}"
            place = pointers.join(origin_of(node), "operationId")
            self.report.warning("duplicate-operation-id", message, place, "give every operation a unique id")
        self.seen.add(name)
        callbacks = {
            key: self.paths(callback, f"{name}_{words.snake(key)}", own=True)
            if isinstance(callback, dict)
            else callback
            for key, callback in node.get("callbacks", {}).items()
        }
        return {**node, "operationId": name, **({"callbacks": callbacks} if callbacks else {})}

    def free(self, name: str) -> str:
        """Return a name that no other operation has."""
        while name in self.taken:
            name += "_alternative"
        self.taken.add(name)
        return name
