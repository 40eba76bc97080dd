"""Unions of conditions only, such as `anyOf` of `required`; they are not variants of an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import constraints
from specwire_codegen.openapi.objects import Node

_CONDITIONS = frozenset("required not minProperties maxProperties dependentRequired propertyNames if then else".split())
Resolve = Callable[[Node], Any]


def without_conditions(schema: Node, resolve: Resolve) -> Node:
    """Return a schema without unions of conditions; properties that every branch requires become required.

    `resolve` follows a reference.
    """
    for union in nulls.UNIONS:
        members = schema.get(union)
        if (
            isinstance(members, list)
            and any(map(_has_constraints, members))
            and all(is_condition(each, resolve) for each in members)
        ):
            required = [name for name in _of_all(members, resolve) if name not in schema.get("required", ())]
            schema = {key: value for key, value in schema.items() if key not in {union, "discriminator"}}
            if required:
                schema["required"] = [*schema.get("required", ()), *required]
    return schema


def is_condition(schema: Any, resolve: Resolve, known: dict[str, bool] | None = None) -> bool:
    """Return whether a schema only restricts the presence of properties.

    `known` caches the results for references; a recursive reference is not a condition.
    """
    known = {} if known is None else known
    if isinstance(schema, bool):
        return True
    if not isinstance(schema, dict):
        return False
    if "$ref" in schema and constraints(schema).keys() == {"$ref"}:
        ref = schema["$ref"]
        if ref not in known:
            known[ref] = False
            target = resolve(schema)
            direct = isinstance(target, dict) and "$ref" not in target and bool(target)
            known[ref] = direct and is_condition(target, resolve, known)
        return known[ref]
    for key, value in constraints(schema).items():
        if key == "type" and value == "object" or key in _CONDITIONS:
            continue
        if key == "properties" and all(_is_presence(each) for each in value.values()):
            continue
        if key in (*nulls.UNIONS, "allOf") and isinstance(value, list):
            if all(is_condition(each, resolve, known) for each in value):
                continue
        return False
    return True


def _has_constraints(schema: Any) -> bool:
    """Return whether a schema has constraints other than `type`."""
    return isinstance(schema, bool) or isinstance(schema, dict) and bool(constraints(schema).keys() - {"type"})


def _is_presence(schema: Any) -> bool:
    """Return whether the schema of a property only allows or forbids its presence."""
    return isinstance(schema, bool) or isinstance(schema, dict) and constraints(schema) in ({}, {"not": {}})


def _of_all(members: list[Any], resolve: Resolve, known: dict[str, list[str]] | None = None) -> list[str]:
    """Return the names that every branch of a union requires, in the order of the first; `known` caches references."""
    known = {} if known is None else known
    branches = [_required(member, resolve, known) for member in members if member is not False]
    return [name for name in branches[0] if all(name in each for each in branches[1:])] if branches else []


def _required(schema: Any, resolve: Resolve, known: dict[str, list[str]]) -> list[str]:
    if not isinstance(schema, dict):
        return []
    if "$ref" in schema:
        if schema["$ref"] not in known:
            known[schema["$ref"]] = _required(resolve(schema), resolve, known)
        return known[schema["$ref"]]
    found = list(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        found += _required(part, resolve, known)
    for union in nulls.UNIONS:
        if isinstance(schema.get(union), list):
            found += _of_all(schema[union], resolve, known)
    return list(dict.fromkeys(found))
