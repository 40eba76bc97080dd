"""Order of the document: reachable components only, keys in the order of the specification."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from specwire_codegen.normalize.operations.operations import methods
from specwire_codegen.normalize.refs.references import REFERRING
from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, SECTIONS, Child, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import is_extension, rebuild, walk


def prune(data: Node, _report: Report) -> Node:
    """Return the document without components that no operation reaches, and without empty sections.

    A document without operations keeps all components.
    """
    components = data.get("components", {})
    rest = {key: value for key, value in data.items() if key != "components"}
    found = reached(data)
    kept: Node = {}
    for section, values in components.items():
        child = FIELDS["components"].get(section)
        if isinstance(child, Child) and section != "securitySchemes":
            values = {name: values[name] for name in sorted(values) if (child.kind, name) in found}
        if values:
            kept[section] = values
    return {**rest, "components": kept} if kept else rest


def reached(data: Node) -> frozenset[tuple[ObjectType, str]]:
    """Return kind and name of all components that operations need, or of all components without operations."""
    components = _object(data.get("components"))
    rest = {key: value for key, value in data.items() if key != "components"}
    waiting = _refs(rest, "openapi") if _has_operations(data) else _all(components)
    found: set[tuple[ObjectType, str]] = set()
    while waiting:
        kind, name = waiting.pop()
        component = _object(components.get(SECTIONS[kind])).get(name)
        if component is not None and (kind, name) not in found:
            found.add((kind, name))
            waiting |= _refs(component, kind)
    return frozenset(found)


def _object(value: Any) -> Node:
    return value if isinstance(value, dict) else {}


def _has_operations(data: Node) -> bool:
    items = [
        item for key in ("paths", "webhooks") for item in _object(data.get(key)).values() if isinstance(item, dict)
    ]
    return any("$ref" in item or any(True for _ in methods(item)) for item in items)


def _all(components: Node) -> set[tuple[ObjectType, str]]:
    sections = {section: kind for kind, section in SECTIONS.items()}
    return {
        (sections[section], name)
        for section, each in components.items()
        if section in sections
        for name in _object(each)
    }


def _refs(value: Any, kind: ObjectType) -> set[tuple[ObjectType, str]]:
    found: set[tuple[ObjectType, str]] = set()
    for node, node_kind, _ in walk(value, kind, kinds=REFERRING):
        if node_kind in SECTIONS and isinstance(node.get("$ref"), str):
            found.add((node_kind, pointers.unescape(node["$ref"].rpartition("/")[2])))
        elif node_kind == "discriminator" and isinstance(node.get("defaultMapping"), str):
            found.add(("schema", pointers.unescape(node["defaultMapping"].rpartition("/")[2])))
    return found


def sort_keys(data: Node, _report: Report) -> Node:
    """Return the document with the keys of every object in canonical order."""

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Any:
        if kind == "responses":
            return dict(sorted(node.items(), key=lambda item: _status(item[0])))
        given = (*node,)
        keys = _arranged(given, kind)
        return node if keys == given else {key: node[key] for key in keys}

    arranged: Node = rebuild(data, "openapi", visit)
    return arranged


@lru_cache(4096)
def _arranged(keys: tuple[str, ...], kind: ObjectType) -> tuple[str, ...]:
    """Return the keys of an object in canonical order; most objects have the same keys as others."""
    fields = FIELDS[kind]
    return (*filter(keys.__contains__, fields), *sorted(key for key in keys if key not in fields)) if fields else keys


def _status(status: str) -> tuple[int, str]:
    return (2 if is_extension(status) else 1 if status == "default" else 0, status)
