"""References between components: collapsing aliases, renaming targets, inlining small objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.annotations import ANNOTATIONS
from specwire_codegen.openapi.objects import FIELDS, SECTIONS, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import is_extension, leading_to, map_children, rebuild

SCHEMAS = "#/components/schemas/"
REFERRING: frozenset[ObjectType] = frozenset({*SECTIONS, "discriminator"})
"""Kinds of objects that can refer to components."""
ASKED_BACK: frozenset[ObjectType] = frozenset({"pathItem", "callback"})
"""Kinds that can be recursive: the operations of a callback can have callbacks."""


def schema_ref(name: str) -> str:
    """Return the reference to a named schema."""
    return SCHEMAS + pointers.escape(name)


def schema_name(ref: str) -> str:
    """Return the name in a reference to a named schema."""
    return pointers.unescape(ref[len(SCHEMAS) :])


def only_annotated(schema: Node) -> bool:
    """Return whether a schema is a reference with annotations only."""
    return "$ref" in schema and all(key in ANNOTATIONS or key == "$ref" or is_extension(key) for key in schema)


def collapse(data: Node, report: Report) -> Node:
    """Return the document with chains of references replaced by their final target."""
    renames: dict[str, str] = {}
    for section in SECTIONS.values():
        components = data.get("components", {}).get(section, {})
        for name, component in components.items():
            ref = f"#/components/{section}/{pointers.escape(name)}"
            end, seen = ref, {ref}
            while True:
                target = components.get(pointers.unescape(end.rpartition("/")[2]))
                if not isinstance(target, dict) or not _is_alias(target, section):
                    break
                end = target["$ref"]
                if end in seen:
                    report.error(
                        "ref-cycle", f"{ref!r} refers to itself", origin_of(component), "remove one of the references"
                    )
                    return data
                seen.add(end)
            if end != ref:
                renames[ref] = end
    return redirected(data, renames) if renames else data


def _is_alias(component: Node, section: str) -> bool:
    return "$ref" in component and (section != "schemas" or only_annotated(component))


def redirected(data: Node, renames: Mapping[str, str]) -> Node:
    """Return the document with references renamed, and the old components removed."""
    kept: dict[str, Any] = {}
    for section, components in data.get("components", {}).items():
        if section in FIELDS["components"]:
            prefix = f"#/components/{section}/"
            components = {n: each for n, each in components.items() if prefix + pointers.escape(n) not in renames}
        kept[section] = components
    return rewired({**data, "components": kept}, renames)


def rewired(data: Node, renames: Mapping[str, str]) -> Node:
    """Return the document with references renamed."""

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Node:
        ref = node.get("$ref")
        if kind in SECTIONS and ref in renames:
            return {**node, "$ref": renames[str(ref)]}
        return _renamed_mapping(node, renames) if kind == "discriminator" else node

    rewritten: Node = rebuild(data, "openapi", visit, kinds=REFERRING)
    return rewritten


def _renamed_mapping(node: Node, renames: Mapping[str, str]) -> Node:
    changed = dict(node)
    if isinstance(node.get("mapping"), dict):
        changed["mapping"] = {value: renames.get(target, target) for value, target in node["mapping"].items()}
    if "defaultMapping" in node:
        changed["defaultMapping"] = renames.get(node["defaultMapping"], node["defaultMapping"])
    return changed


def inline(data: Node, kinds: frozenset[ObjectType], report: Report) -> Node:
    """Return the document with references to components of the given kinds inlined."""
    active: list[str] = []
    holders = leading_to(kinds)

    def expand(value: Any, kind: ObjectType) -> Any:
        if kind not in holders or not isinstance(value, dict):
            return value
        ref = value.get("$ref")
        if kind in kinds and isinstance(ref, str):
            if ref in active and kinds <= ASKED_BACK:
                return {}
            if ref in active:
                report.error("ref-cycle", f"{ref!r} refers to itself", origin_of(value), "remove one of the references")
                return {}
            active.append(ref)
            target = expand(pointers.get(data, pointers.from_fragment(ref)), kind)
            active.pop()
            siblings = {key: each for key, each in value.items() if _has(kind, key) and key not in {"$ref", ORIGIN}}
            return {**target, **siblings}
        return map_children(value, kind, lambda child, child_kind, _tokens: expand(child, child_kind))

    components = data.get("components", {})
    # Requirements name security schemes by their key, so these stay where they are.
    gone = {SECTIONS[kind] for kind in kinds} - {"securitySchemes"}
    rest = {section: value for section, value in components.items() if section not in gone}
    expanded: Node = expand({**data, "components": rest}, "openapi")
    return expanded


def _has(kind: ObjectType, key: str) -> bool:
    """Return whether objects of a kind have a field; a reference can have a summary its target kind lacks."""
    return is_extension(key) or key in FIELDS[kind]
