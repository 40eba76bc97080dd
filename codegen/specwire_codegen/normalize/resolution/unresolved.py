"""Unresolved references: their objects are dropped unless a call needs them.

An unresolved schema accepts any value. A response, a header, an optional parameter or a link is removed. A request
body, a path, a required parameter or a security scheme is an error, because no call is possible without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.normalize import order
from specwire_codegen.normalize.refs.references import schema_ref
from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, SECTIONS, Child, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild, walk

_GONE = "x-\0gone"
"""Temporary mark of an object to remove."""
_NEEDED = frozenset({"requestBody", "pathItem", "securityScheme"})
"""Kinds that cannot be removed."""

Use = tuple[ObjectType, str]


def apply(data: Node, missing: Mapping[Use, Diagnostic], report: Report) -> Node:
    """Return the document without unresolved references; report those that a call needs."""
    if not missing:
        return data
    gone = dict(missing)
    while True:
        pruned, lost = _without(data, gone)
        if not lost:
            break
        gone |= lost
    needed = _needed(data, frozenset(gone))
    for use, finding in missing.items():
        reached = [each for each, cause in gone.items() if cause is finding and each in needed]
        if reached:
            report.diagnostics.append(
                _diagnostic(use, finding, required=any(each in needed.required for each in reached))
            )
    return pruned


@attrs.frozen
class _Needed:
    uses: frozenset[Use]
    required: frozenset[Use]
    """References of required parameters."""

    def __contains__(self, use: object) -> bool:
        return use in self.uses


def _diagnostic(use: Use, finding: Diagnostic, *, required: bool) -> Diagnostic:
    kind, _ = use
    if finding.severity == "error" or kind in _NEEDED or required:
        return attrs.evolve(finding, severity="error")
    outcome = "treated as any value" if kind in ("schema", "mediaType") else "left out"
    return attrs.evolve(finding, message=f"{finding.message}; {outcome}")


def _without(data: Node, gone: Mapping[Use, Diagnostic]) -> tuple[Node, dict[Use, Diagnostic]]:
    """Return the document without removed objects, and the references to components that this removes."""
    lost: dict[Use, Diagnostic] = {}

    def visit(node: Node, kind: ObjectType, trail: Trail) -> Any:
        node = {key: _members(value, kind, key) for key, value in node.items() if not _is_gone(value)}
        for key in ("$ref", "$dynamicRef"):
            cause = gone.get((kind, node[key])) if isinstance(node.get(key), str) else None
            if cause is None:
                continue
            if kind in ("schema", "mediaType"):
                return {name: value for name, value in node.items() if name != key}
            pointer = pointers.of(trail)
            tokens = pointers.split(pointer)
            if len(tokens) == 3 and tokens[0] == "components":
                use = (kind, f"#{pointer}")
                if use not in gone:
                    lost[use] = cause
            return {_GONE: True}
        return node

    return rebuild(data, "openapi", visit), lost


def _members(value: Any, kind: ObjectType, key: str) -> Any:
    """Return a field without removed members."""
    field = FIELDS[kind].get(key)
    if not isinstance(field, Child):
        return value
    if isinstance(value, list):
        return [each for each in value if not _is_gone(each)]
    if field.shape == "map" and isinstance(value, dict):
        return {name: each for name, each in value.items() if not _is_gone(each)}
    return value


def _is_gone(value: Any) -> bool:
    return isinstance(value, dict) and _GONE in value


def _needed(data: Node, gone: frozenset[Use]) -> _Needed:
    """Return the unresolved references that affect a call."""
    components = data.get("components")
    components = components if isinstance(components, dict) else {}
    reached = order.reached(_with_variants(data, components))
    values: list[tuple[Any, ObjectType]] = [
        ({key: each for key, each in data.items() if key != "components"}, "openapi")
    ]
    for kind, name in reached:
        section = components.get(SECTIONS[kind])
        values.append((section.get(name) if isinstance(section, dict) else None, kind))
    schemes = components.get("securitySchemes")
    values += [(each, "securityScheme") for each in (schemes.values() if isinstance(schemes, dict) else ())]
    uses: set[Use] = set()
    required: set[Use] = set()
    for value, kind in values:
        for node, node_kind, _ in walk(value, kind):
            for key in ("$ref", "$dynamicRef"):
                if isinstance(node.get(key), str) and (node_kind, node[key]) in gone:
                    uses.add((node_kind, node[key]))
                    if node_kind == "parameter" and node.get("required") is True:
                        required.add((node_kind, node[key]))
    return _Needed(frozenset(uses), frozenset(required))


def _with_variants(data: Node, components: Node) -> Node:
    """Return the document with every discriminated base referring to the schemas that extend it."""
    schemas = components.get("schemas")
    schemas = schemas if isinstance(schemas, dict) else {}
    extended: dict[str, list[Node]] = {}
    for name, schema in schemas.items():
        for base in schema.get("allOf") or () if isinstance(schema, dict) else ():
            if isinstance(base, dict) and isinstance(base.get("$ref"), str):
                extended.setdefault(base["$ref"], []).append({"$ref": schema_ref(name)})
    whole = {
        name: {**schema, "anyOf": [{"anyOf": schema.get("anyOf")}, *extended.get(schema_ref(name), ())]}
        if isinstance(schema, dict) and "discriminator" in schema
        else schema
        for name, schema in schemas.items()
    }
    return {**data, "components": {**components, "schemas": whole}}
