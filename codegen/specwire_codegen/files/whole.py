"""Documents whose references all lead to their own components, which need no bundling, as nearly all."""

from __future__ import annotations

from typing import Any

from specwire_codegen.files.layout import Layout
from specwire_codegen.openapi.objects import FIELDS, Node, ObjectType
from specwire_codegen.openapi.walk import walk

_ELSEWHERE = frozenset({"$id", "$self", "<<", "externalValue"})
"""Keys that can lead to other files, or change what references mean."""


def is_whole(data: Node, layout: Layout) -> bool:
    """Return whether bundling a document changes nothing."""
    count = _references(data)
    if count is None:
        return False
    for node, kind, _ in walk(data, layout.root, kinds=frozenset({*layout.sections, "discriminator"})):
        if kind == "discriminator":
            mapping = node.get("mapping")
            targets = mapping.values() if isinstance(mapping, dict) else ()
            if not all(_is_own(target, "schema", data, layout) for target in targets):
                return False
        elif "$ref" in node:
            count -= 1
            allowed = "summary" not in node or "summary" in FIELDS[kind]
            if not allowed or not _is_own(node["$ref"], kind, data, layout):
                return False
    return count == 0


def _is_own(ref: Any, kind: ObjectType, data: Node, layout: Layout) -> bool:
    """Return whether a reference leads to a component of its kind, in its usual spelling."""
    prefix = f"#{layout.prefix}/{layout.sections[kind]}/"
    if not isinstance(ref, str) or not ref.startswith(prefix) or not {"/", "%", "~"}.isdisjoint(ref[len(prefix) :]):
        return False
    return isinstance(layout.section(data, kind).get(ref[len(prefix) :]), dict)


def _references(data: Any) -> int | None:
    """Return the number of keys that are `$ref`, wherever they are; None if there are keys that lead elsewhere."""
    count, waiting = 0, [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if not _ELSEWHERE.isdisjoint(value):
                return None
            count += "$ref" in value
            value = value.values()
        waiting += [each for each in value if isinstance(each, (dict, list))]
    return count
