"""Merging of two schemas that both apply into one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import attrs

from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import annotations_of, constraints, same
from specwire_codegen.normalize.source_map import HINT
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.walk import is_extension

MAX_VARIANTS = 64

_LARGEST = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"}
_SMALLEST = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"}
_SCHEMAS = {"items", "contains", "propertyNames", "contentSchema"}


@attrs.frozen
class Merger:
    """Merger of schemas; `resolve` follows a reference, `conflict` receives contradictions.

    `limit` receives schemas whose variants have too many combinations.
    """

    resolve: Callable[[Node], Node]
    conflict: Callable[[str, Node], None]
    limit: Callable[[Node], None]

    def bounded(self, pieces: list[Node], owner: Node) -> list[Node]:
        """Return the schemas to merge, with unions that have too many combinations replaced by objects."""
        if len(pieces) < 2 or math.prod(self._ways(piece, ()) for piece in pieces) <= MAX_VARIANTS:
            return pieces
        self.limit(owner)
        return [self._whole(piece) if self._ways(piece, ()) > 1 else piece for piece in pieces]

    def _ways(self, schema: Any, inside: tuple[str, ...]) -> int:
        """Return the number of variants of a schema."""
        if not isinstance(schema, dict):
            return 1
        if "$ref" in schema:
            ref = str(schema["$ref"])
            return 1 if ref in inside else self._ways(self.resolve(schema), (*inside, ref))
        ways = 1
        for union in nulls.UNIONS:
            members = schema.get(union)
            if isinstance(members, list) and not only_constraints(schema, members):
                ways *= max(1, sum(self._ways(each, inside) for each in members if not nulls.is_null(each)))
        return ways

    def _whole(self, schema: Node, inside: tuple[str, ...] = ()) -> Node:
        """Return a schema with its variants merged into one object; only properties that all require are required."""
        if "$ref" in schema:
            ref = str(schema["$ref"])
            schema = self.resolve(schema) if ref not in inside else {}
            inside = (*inside, ref)
        for union in nulls.UNIONS:
            members = schema.get(union)
            if isinstance(members, list) and not only_constraints(schema, members):
                wholes = [self._whole(each, inside) for each in members if isinstance(each, dict)]
                siblings = {key: value for key, value in schema.items() if key not in {union, "discriminator"}}
                schema = self._plain(siblings, _either(wholes), [])
        return schema

    def merge(self, one: Node, other: Node) -> Node:
        """Return a schema for values that satisfy both; if that is impossible, the second wins."""
        one, other = self.resolve(one), self.resolve(other)
        problems: list[str] = []
        merged = self._merge(one, other, problems)
        for problem in problems:
            self.conflict(problem, other)
        return merged

    def _merge(self, one: Node, other: Node, problems: list[str]) -> Node:
        one, other = self.resolve(one), self.resolve(other)
        for first, second in ((one, other), (other, one)):
            union = union_of(first)
            if union is not None and not same(constraints(first), constraints(second)):
                if self._ways(first, ()) * self._ways(second, ()) > MAX_VARIANTS:
                    self.limit(other)
                    return self._plain(self._whole(one), self._whole(other), problems)
                return self._distributed(first, union, second, first is other, problems)
        return self._plain(one, other, problems)

    def _distributed(self, schema: Node, union: str, base: Node, reverse: bool, problems: list[str]) -> Node:
        siblings = {key: value for key, value in schema.items() if key not in {*nulls.UNIONS, "discriminator"}}
        rest = {other: schema[other] for other in nulls.UNIONS if other != union and other in schema}
        base = self._merge(siblings, {**base, **rest}, problems) if constraints(siblings) or rest else base
        if not constraints(base):
            return {**schema, **annotations_of(base)}
        variants: list[Any] = []
        failed: list[str] = []
        for variant in schema[union]:
            if not isinstance(variant, dict) or nulls.is_null(variant):
                continue
            new = self._variant(variant, base, reverse, failed)
            if new is not None:
                variants.append(new)
        if not variants or len(variants) > MAX_VARIANTS:
            problems.extend(failed[:1] or [f"more than {MAX_VARIANTS} combinations of variants"])
            return base
        kept = {"discriminator": schema["discriminator"]} if "discriminator" in schema else {}
        return {**annotations_of(schema), **annotations_of(base), union: variants, **kept}

    def _variant(self, variant: Node, base: Node, reverse: bool, failed: list[str]) -> Node | None:
        resolved = self.resolve(variant)
        if constraints(base).keys() <= {"type"} and base.get("type") == resolved.get("type"):
            return variant
        problems: list[str] = []
        merged = self._merge(*((base, resolved) if reverse else (resolved, base)), problems)
        if problems:
            failed.extend(problems)
            return None
        hint = schema_name(variant["$ref"]) if "$ref" in variant else variant.get(HINT)
        return {**merged, **({HINT: hint} if hint else {})}

    def _plain(self, one: Node, other: Node, problems: list[str]) -> Node:
        merged = dict(one)
        for key, value in other.items():
            if key not in one or is_extension(key):
                merged[key] = value
            elif key == "properties":
                merged[key] = self._properties(one[key], value, problems)
            else:
                merged[key] = self._keyword(key, one[key], value, problems)
        if "const" in merged and "enum" in merged and merged["const"] not in merged.pop("enum"):
            problems.append(f"the value {merged['const']!r} is not among the allowed values")
        return merged

    def _properties(self, one: Node, other: Node, problems: list[str]) -> Node:
        merged = dict(one)
        for name, schema in other.items():
            known = one.get(name)
            if isinstance(known, dict) and isinstance(schema, dict):
                merged[name] = self._property(known, schema, f"property {name!r}", problems)
            else:
                merged[name] = schema
        return merged

    def _property(self, one: Node, other: Node, place: str, problems: list[str]) -> Node:
        if not constraints(other) or same(one, other):
            return {**one, **annotations_of(other)}
        if not constraints(one):
            return {**one, **other}
        found: list[str] = []
        left, left_null = nulls.split(self.resolve(one))
        right, right_null = nulls.split(self.resolve(other))
        if left is None or right is None:
            return other
        merged = self._merge(left, right, found)
        if found:
            problems.extend(f"{place}: {problem}" for problem in found)
            return other
        if same(merged, right) or ("$ref" in other and same(constraints(merged), constraints(right))):
            return {**annotations_of(one), **other}
        if "$ref" in one and same(merged, left):
            return {**one, **annotations_of(other)}
        return nulls.join(merged) if left_null and right_null else merged

    def _keyword(self, key: str, one: Any, other: Any, problems: list[str]) -> Any:
        if one == other:
            return other
        if key == "type":
            return self._types(one, other, problems)
        if key == "required":
            return [*one, *(name for name in other if name not in one)]
        if key == "enum":
            return self._enums(one, other, problems)
        if key == "const":
            problems.append(f"the values {one!r} and {other!r} exclude each other")
        if key in _LARGEST:
            return max(one, other)
        if key in _SMALLEST:
            return min(one, other)
        if key == "additionalProperties":
            return self._additional(one, other, problems)
        if key in _SCHEMAS and isinstance(one, dict) and isinstance(other, dict):
            return self._property(one, other, key, problems)
        if key == "uniqueItems":
            return one or other
        if key == "patternProperties":
            return self._properties(one, other, problems)
        if key in {"pattern", "format"}:
            problems.append(f"the {key}s {one!r} and {other!r} differ")
        return other

    def _types(self, one: Any, other: Any, problems: list[str]) -> Any:
        left = [one] if isinstance(one, str) else list(one)
        right = [other] if isinstance(other, str) else list(other)
        both = [kind for kind in left if kind in right or (kind == "integer" and "number" in right)]
        both += [kind for kind in right if kind == "integer" and kind not in both and "number" in left]
        if not both:
            problems.append(f"the types {one!r} and {other!r} exclude each other")
            return other
        return both[0] if len(both) == 1 else both

    def _enums(self, one: list[Any], other: list[Any], problems: list[str]) -> list[Any]:
        both = [value for value in other if value in one]
        if not both:
            problems.append("the allowed values exclude each other")
            return other
        return both

    def _additional(self, one: Any, other: Any, problems: list[str]) -> Any:
        if one is False or other is False:
            return False
        if isinstance(one, dict) and isinstance(other, dict):
            return self._property(one, other, "additionalProperties", problems)
        return one if isinstance(one, dict) else other


def _either(wholes: list[Node]) -> Node:
    """Return an object with the properties of all objects; empty if any of them is not an object."""
    objects = [each for each in wholes if "properties" in each or each.get("type") == "object"]
    if len(objects) < len([each for each in wholes if not nulls.is_null(each)]):
        return {}
    properties: dict[str, list[Any]] = {}
    for each in objects:
        for name, property_ in each.get("properties", {}).items():
            known = properties.setdefault(name, [])
            if not any(same(property_, one) for one in known):
                known.append(property_)
    required = [
        name for name in objects[0].get("required", ()) if all(name in each.get("required", ()) for each in objects)
    ]
    merged: Node = {
        "type": "object",
        "properties": {name: each[0] if len(each) == 1 else {"anyOf": each} for name, each in properties.items()},
    }
    if any("additionalProperties" not in each or each["additionalProperties"] is not False for each in objects):
        return {**merged, "required": required} if required else merged
    return {**merged, "additionalProperties": False, **({"required": required} if required else {})}


def union_of(schema: Node) -> str | None:
    """Return the union keyword of a schema whose variants are more than constraints, or None."""
    for union in nulls.UNIONS:
        members = schema.get(union)
        if isinstance(members, list) and not only_constraints(schema, members):
            return union
    return None


_STRUCTURAL = (
    "$ref",
    "properties",
    "items",
    "prefixItems",
    "enum",
    "const",
    "additionalProperties",
    "patternProperties",
)


def only_constraints(schema: Node, members: list[Any]) -> bool:
    """Return whether the variants of a union only restrict their schema and have no structure of their own."""
    if not any(key in schema for key in ("type", "properties", "additionalProperties")):
        return False
    for member in members:
        if not isinstance(member, dict):
            continue
        if any(key in member for key in (*_STRUCTURAL, *nulls.UNIONS, "allOf", "format")):
            return False
        if member.get("type", schema.get("type")) != schema.get("type"):
            return False
    return True
