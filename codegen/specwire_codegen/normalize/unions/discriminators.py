"""Discriminators of unions, with a value for every variant."""

from __future__ import annotations

from collections import Counter
from typing import Any

from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.source_map import HINT, ORIGIN, Report, origin_of
from specwire_codegen.normalize.unions.variants import TAGS, const_of
from specwire_codegen.openapi import pointer as pointers, words
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild


def apply(data: Node, report: Report) -> Node:
    """Return the document with full mappings, and with discriminators wherever the variants imply one."""
    schemas = data.get("components", {}).get("schemas", {})

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Any:
        union = nulls.union_in(node)
        if union is None:
            return _without_discriminator(node)
        members = [each for each in node[union] if not nulls.is_null(each)]
        if "discriminator" in node:
            return _explicit(node, members, schemas, report)
        return _inferred(node, members, schemas)

    settled: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return settled


def _without_discriminator(node: Node) -> Node:
    return {key: value for key, value in node.items() if key != "discriminator"} if "discriminator" in node else node


def _explicit(node: Node, members: list[Any], schemas: Node, report: Report) -> Node:
    given = node["discriminator"]
    field = given["propertyName"]
    refs = [each["$ref"] for each in members if isinstance(each, dict) and "$ref" in each]
    if len(refs) != len(members):
        message = "the discriminator is ignored: not all variants are objects"
        report.warning("useless-discriminator", message, origin_of(node), "remove it")
        return _without_discriminator(node)
    mapping: dict[str, str] = {}
    for value, target in given.get("mapping", {}).items():
        if target in refs:
            mapping[value] = target
            continue
        place = pointers.join(origin_of(given, origin_of(node)), "mapping", value)
        report.warning(
            "foreign-mapping", f"{target!r} is not a variant of this union; ignored", place, "use the name of a variant"
        )
    stated = {
        ref: _values(ref, field, schemas)
        for ref in refs
        if (ref not in mapping.values() or _is_tagged_by(ref, field, schemas))
        and not (ref == given.get("defaultMapping") and _is_open(ref, field, schemas))
    }
    counts = Counter([*mapping, *(value for values in stated.values() for value in values)])
    for ref, values in stated.items():
        shared = len(values) > 1 and any(counts[value] > 1 for value in values)
        inherited = shared and not _is_tagged_by(ref, field, schemas)
        for value in [_name_of(ref, schemas)] if inherited else values:
            mapping.setdefault(value, ref)
    discriminator = {**given, "mapping": mapping}
    if schema_name(given.get("defaultMapping", "")) not in schemas:
        discriminator.pop("defaultMapping", None)
    return {**node, "discriminator": discriminator}


def _is_tagged_by(ref: str, field: str, schemas: Node) -> bool:
    """Return whether a variant is a union that has the same discriminator."""
    schema = schemas.get(schema_name(ref))
    return isinstance(schema, dict) and schema.get("discriminator", {}).get("propertyName") == field


def _is_open(ref: str, field: str, schemas: Node) -> bool:
    """Return whether a variant states that its discriminator can have any value, so that its name is not one."""
    schema = schemas.get(schema_name(ref))
    property_ = schema.get("properties", {}).get(field) if isinstance(schema, dict) else None
    return (
        isinstance(property_, dict) and property_.get("type") == "string" and not {"const", "enum"} & property_.keys()
    )


def _values(ref: str, field: str, schemas: Node, inside: tuple[str, ...] = ()) -> list[str]:
    name = schema_name(ref)
    schema = schemas.get(name)
    if name in inside:
        return []
    if isinstance(schema, dict):
        union = nulls.union_in(schema)
        if union is not None:
            inner = [each["$ref"] for each in schema[union] if isinstance(each, dict) and "$ref" in each]
            stated = schema.get("discriminator", {})
            mapping = stated.get("mapping", {}) if stated.get("propertyName") == field else {}
            rest = [each for each in inner if each not in mapping.values()]
            found = [value for each in rest for value in _values(each, field, schemas, (*inside, name))]
            return [*mapping, *found]
        const = const_of(schema, field)
        if isinstance(const, str):
            return [const]
        property = schema.get("properties", {}).get(field, {})
        if isinstance(property, dict) and "$ref" in property:
            property = schemas.get(schema_name(property["$ref"]), {})
        values = property.get("enum") if isinstance(property, dict) else None
        if isinstance(values, list) and all(isinstance(value, str) for value in values):
            return list(values)
    return [_name_of(ref, schemas)]


def _name_of(ref: str, schemas: Node) -> str:
    """Return the name of a variant in the source, before it became an identifier."""
    name = schema_name(ref)
    schema = schemas.get(name)
    hint = schema.get(HINT) if isinstance(schema, dict) else None
    if isinstance(hint, str):
        return hint
    origin = pointers.split(origin_of(schema))
    renamed = len(origin) == 3 and origin[:2] == ("components", "schemas") and words.identifier(origin[2]) == name
    return origin[2] if renamed else name


def _inferred(node: Node, members: list[Any], schemas: Node) -> Node:
    variants: dict[str, Node] = {}
    for member in members:
        ref = member.get("$ref") if isinstance(member, dict) else None
        schema = schemas.get(schema_name(ref)) if ref else None
        if ref is None or not isinstance(schema, dict) or not schema.get("properties"):
            return node
        variants[ref] = schema
    if len(variants) < 2:
        return node
    first = next(iter(variants.values()))
    fields = sorted(first["properties"], key=lambda each: TAGS.index(each) if each in TAGS else len(TAGS))
    for field in fields:
        stated = {ref: const_of(each, field) for ref, each in variants.items() if field in each.get("required", [])}
        mapping = {value: ref for ref, value in stated.items() if isinstance(value, str)}
        if len(mapping) == len(variants):
            return {**node, "discriminator": {"propertyName": field, "mapping": mapping, ORIGIN: origin_of(node)}}
    return node
