"""Recursive unions: a union that is its own variant is equal without that variant."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import annotations_of
from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi.objects import Node


def apply(data: Node, report: Report) -> Node:
    """Return the document without unions that are their own variants; schemas must already be simple."""
    schemas = dict(data.get("components", {}).get("schemas", {}))
    done: set[str] = set()

    def visit(name: str, above: frozenset[str]) -> None:
        if name in done:
            return
        done.add(name)
        schema = schemas.get(name)
        if not isinstance(schema, dict):
            return
        union = next((each for each in nulls.UNIONS if each in schema), None)
        if union is None:
            return
        kept = [member for member in schema[union] if _variant(member) not in above | {name}]
        if len(kept) < len(schema[union]):
            message = "this union is one of its own variants; that variant is ignored"
            report.warning("recursive-union", message, origin_of(schema), "remove the variant")
            schemas[name] = _with(schema, union, kept)
        for member in kept:
            target = _variant(member)
            if target is not None:
                visit(target, above | {name})

    for name in list(schemas):
        visit(name, frozenset())
    return {**data, "components": {**data["components"], "schemas": schemas}} if schemas else data


def _variant(member: Any) -> str | None:
    return schema_name(member["$ref"]) if isinstance(member, dict) and "$ref" in member else None


def _with(schema: Node, union: str, members: list[Any]) -> Node:
    rest = {key: value for key, value in schema.items() if key not in {union, "discriminator"}}
    if len(members) == 1 and isinstance(members[0], dict):
        return {**members[0], **annotations_of(schema)}
    if not members:
        return rest
    discriminator = {"discriminator": schema["discriminator"]} if "discriminator" in schema else {}
    return {**rest, union: members, **discriminator}
