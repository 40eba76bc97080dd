"""Simplification of schemas: `allOf` merged, unions flat, null in one place."""

from __future__ import annotations

from typing import Any

import attrs

from specwire_codegen.normalize.refs.references import SCHEMAS, collapse, only_annotated, schema_name
from specwire_codegen.normalize.schema import condition_unions, enums, nullability, nulls, types
from specwire_codegen.normalize.schema.equality import annotations_of, annotations_of_place, constraints, fingerprint
from specwire_codegen.normalize.schema.merge import MAX_VARIANTS, Merger, only_constraints
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.annotations import PLACE_ONLY
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, map_children, rebuild


@attrs.define
class Simplifier:
    """Simplifier for the schemas of one document; components are simplified on first use."""

    schemas: dict[str, Any]
    report: Report
    done: dict[str, Any] = attrs.field(factory=dict)
    active: set[str] = attrs.field(factory=set)
    limited: set[tuple[str, ...]] = attrs.field(factory=set)
    """Places whose number of combinations was already reported."""
    merger: Merger = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.merger = Merger(self.target, self._conflict, self._limit)

    def component(self, name: str) -> Any:
        """Return a simplified component."""
        if name not in self.done:
            self.active.add(name)
            self.done[name] = rebuild(self.schemas[name], "schema", self.visit, kinds=SCHEMAS_ONLY)
            self.active.discard(name)
        return self.done[name]

    def target(self, schema: Node) -> Node:
        """Return the target of a reference without annotations and null; other schemas unchanged."""
        seen: set[str] = set()
        while "$ref" in schema and only_annotated(schema):
            name = schema_name(schema["$ref"])
            if name in self.active or name in seen:
                self.report.warning(
                    "recursive-allof",
                    f"'{schema['$ref']}' is merged into itself; only the outer part is kept",
                    origin_of(schema),
                    "move the common part to a separate schema",
                )
                return {}
            seen.add(name)
            found = self.shared(name)
            if not isinstance(found, dict):
                return {}
            without, _ = nulls.split(found)
            schema = without if without is not None else nulls.NULL
            if not only_annotated(schema):
                schema = {**constraints(schema)}
                if not any(union in schema for union in nulls.UNIONS):
                    schema.pop("discriminator", None)
        return schema

    def shared(self, name: str) -> Any:
        """Return a simplified component with its inline objects, unions and enumerations as provisional components.

        Schemas merged with it then share these instead of copying them.
        """
        found = self.component(name)
        if isinstance(found, dict) and isinstance(found.get("properties"), dict):
            pointer = pointers.join("/components/schemas", name)
            found = map_children(
                found, "schema", lambda child, _kind, path: self._with_provisional_parts(child, pointer, path)
            )
            self.done[name] = found
        return found

    def _with_provisional_parts(self, schema: Any, pointer: str, path: tuple[str | int, ...]) -> Any:
        if not isinstance(schema, dict) or path[0] not in {"properties", "items", "additionalProperties"}:
            return schema
        here = pointers.join(pointer, *path)
        core, nullable = nulls.split(schema)
        if core is None or "$ref" in core:
            return schema
        if core.get("type") in ("array", "object") and not core.get("properties"):
            return map_children(
                schema, "schema", lambda child, _kind, more: self._with_provisional_parts(child, here, more)
            )
        if not (core.get("properties") or "enum" in core or any(union in core for union in nulls.UNIONS)):
            return schema
        self.schemas[here] = self.done[here] = {k: v for k, v in core.items() if k not in PLACE_ONLY}
        reference = {**annotations_of_place(core), "$ref": SCHEMAS + pointers.escape(here)}
        return nulls.join(reference) if nullable else reference

    def visit(self, schema: Node, _kind: ObjectType, _trail: Trail) -> Any:
        """Return one schema in its simplest form; its children must already be simple."""
        if self._leads_to_null(schema):
            schema = {**{key: value for key, value in schema.items() if key != "$ref"}, "type": "null"}
        apart = self._without_null_type(schema)
        simple = self.united(self.composed(_typed(condition_unions.without_conditions(apart, self._unmodified))))
        return simple if apart is schema else nulls.join(simple)

    def _leads_to_null(self, schema: Node) -> bool:
        """Return whether a schema only refers to one that accepts only null."""
        if "$ref" not in schema or not only_annotated(schema):
            return False
        target = self._unmodified(schema)
        return isinstance(target, dict) and (nulls.is_null(target) or target.get("enum") == [None])

    def _without_null_type(self, schema: Node) -> Node:
        """Return a schema without a null type that contradicts the rest; it is meant as nullable."""
        if schema.get("type") not in ("null", ["null"]) or not any(
            key in schema for key in ("$ref", "allOf", *nulls.UNIONS, "properties")
        ):
            return schema
        message = "the type 'null' contradicts the rest of this schema; treated as nullable"
        help = "write the rest and {type: 'null'} as the two members of anyOf"
        self.report.warning("allof-conflict", message, origin_of(schema), help)
        return {key: value for key, value in schema.items() if key != "type"}

    def _unmodified(self, reference: Node) -> Any:
        """Return the unmodified target of a reference."""
        return self.schemas.get(schema_name(reference["$ref"]))

    def composed(self, schema: Node) -> Node:
        """Return the schema without `allOf`, and with annotations only next to a `$ref`."""
        if "allOf" not in schema and ("$ref" not in schema or only_annotated(schema)):
            return schema
        parts = [part for part in schema.get("allOf", []) if isinstance(part, dict)]
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        if "$ref" in rest and not only_annotated(rest):
            parts.insert(0, {"$ref": rest.pop("$ref"), ORIGIN: origin_of(schema)})
        if not parts:
            return rest
        notes: Node = {}
        for part in parts:
            notes.update({} if "$ref" in part and not only_annotated(part) else annotations_of(part))
        notes.update(annotations_of(rest))
        parts = [condition_unions.without_conditions(part, self._unmodified) for part in parts]
        rest = condition_unions.without_conditions(rest, self._unmodified)
        pieces = [constraints(part) | {ORIGIN: origin_of(part)} for part in parts if constraints(part)]
        if constraints(rest):
            pieces.append(constraints(rest) | {ORIGIN: origin_of(schema)})
        if not pieces:
            return notes
        nullable = len(pieces) > 1 and all(self._accepts_null(piece) for piece in pieces)
        pieces = self.merger.bounded(self._without_redundant_types(pieces), schema)
        merged = pieces[0]
        for piece in pieces[1:]:
            merged = self.merger.merge(merged, piece)
        if len(pieces) > 1:
            merged = _typed(merged)
        return nulls.join({**merged, **notes}) if nullable else {**merged, **notes}

    def _without_redundant_types(self, pieces: list[Node]) -> list[Node]:
        """Return the parts of an `allOf` without those that only repeat the type of another part."""
        kept = list(pieces)
        for piece in reversed(pieces):
            others = [each for each in kept if each is not piece]
            base = constraints(piece)
            if "type" in base and any(self._implied(base, each) for each in others):
                kept = others
        return kept

    def _accepts_null(self, piece: Node) -> bool:
        if "$ref" in piece:
            name = schema_name(piece["$ref"])
            found = None if name in self.active else self.component(name)
            return isinstance(found, dict) and self._accepts_null(found)
        return nulls.is_null(piece) or nulls.split(piece)[1]

    def united(self, schema: Node) -> Node:
        """Return the schema with its union flat, without repetitions, and null last."""
        if "anyOf" in schema and "oneOf" in schema:
            both = {key: value for key, value in schema.items() if key != "anyOf"}
            schema = self.united(self.merger.merge(both, {"anyOf": schema["anyOf"]}))
        union = nulls.stated_union(schema)
        if union is None:
            return types.split(schema)
        if only_constraints(schema, schema[union]):
            possible = [member for member in schema[union] if member is not False]
            return {k: possible if k == union else v for k, v in schema.items() if k != union or possible}
        base = {k: v for k, v in constraints(schema).items() if k not in {union, "discriminator"}}
        members, nullable = self._members(schema[union])
        if base:
            base_rest, _ = nulls.split(base)
            if base_rest is not None and not all(self._implied(base_rest, member) for member in members):
                bare = {
                    key: members if key == union else schema[key] for key in (union, "discriminator") if key in schema
                }
                merged = self.merger.merge(base_rest | {ORIGIN: origin_of(schema)}, bare)
                members, more = self._members(merged.get(union, [merged]))
                nullable = nullable or more
        return self._union(schema, union, members, nullable)

    def _union(self, schema: Node, union: str, members: list[Node], nullable: bool) -> Node:
        notes = annotations_of(schema)
        members = types.joined(list({fingerprint(member): member for member in reversed(members)}.values())[::-1])
        if not members:
            return {**notes, **(nulls.NULL if nullable else {})}
        if len(members) == 1:
            only = {**members[0], **notes}
            return nulls.join(only) if nullable else only
        result: Node = {**notes, union: members}
        if "discriminator" in schema:
            result["discriminator"] = schema["discriminator"]
        return nulls.join(result) if nullable else result

    def _members(self, members: list[Any]) -> tuple[list[Node], bool]:
        flat: list[Node] = []
        nullable = False
        for member in members:
            if not isinstance(member, dict):
                flat.extend([{}] if member is True else [])
                continue
            without, had_null = nulls.split(member)
            nullable = nullable or had_null
            if without is None:
                continue
            inner = nulls.stated_union(without)
            if inner is not None and constraints(without).keys() == {inner}:
                more, had_null = self._members(without[inner])
                nullable = nullable or had_null
                flat.extend(more)
            else:
                flat.append(without)
        return flat, nullable

    def _implied(self, base: Node, member: Node) -> bool:
        if base.keys() - {"type"}:
            return False
        if "$ref" in member:
            name = schema_name(member["$ref"])
            member = self.schemas.get(name, {}) if name in self.active else self.target(member)
            if not isinstance(member, dict):
                return False
        if "type" not in member:
            union = next((each for each in nulls.UNIONS if each in member), None)
            members = member[union] if union else []
            return bool(members) and all(isinstance(each, dict) and self._implied(base, each) for each in members)
        return without_null(base["type"]) == without_null(member["type"])

    def _limit(self, schema: Node) -> None:
        owner = tuple(pointers.split(origin_of(schema))[:3])
        if owner in self.limited:
            return
        self.limited.add(owner)
        message = f"the parts of this schema have more than {MAX_VARIANTS} combinations; it is kept as one object"
        help = "properties that only some variants require are optional; declare the variants one by one"
        self.report.warning("many-combinations", message, origin_of(schema), help)

    def _conflict(self, problem: str, schema: Node) -> None:
        message = f"parts of this schema contradict each other: {problem}; the last one is used"
        self.report.warning("allof-conflict", message, origin_of(schema), "make the parts agree")


def _typed(schema: Node) -> Node:
    """Return the schema with its implied type, and without keywords of other types."""
    return types.relevant(enums.canonical(types.typed(schema)))


def without_null(kinds: str | list[str]) -> list[str]:
    """Return the value of `type` as a list without null."""
    return [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]


def apply(data: Node, report: Report) -> Node:
    """Return the document with every schema in its simplest form; no component accepts null."""
    schemas = dict(data.get("components", {}).get("schemas", {}))
    simplifier = Simplifier(schemas, report)
    for name in list(schemas):
        simplifier.component(name)
    rest = rebuild(_with_schemas(data, {}), "openapi", simplifier.visit, kinds=SCHEMAS_ONLY)
    simple = {name: simplifier.done[name] for name in simplifier.schemas}
    data = nullability.outside(_with_schemas(rest, simple), simplifier.united)
    while (collapsed := collapse(data, report)) is not data:
        data = _united_again(collapsed, simplifier)
    return data


def _united_again(data: Node, simplifier: Simplifier) -> Node:
    """Return the document with its unions simplified again, because different references can have become equal."""

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Any:
        return simplifier.united(node) if any(each in node for each in nulls.UNIONS) else node

    simplifier.schemas = simplifier.done = data["components"]["schemas"]
    united: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return united


def _with_schemas(data: Node, schemas: Node) -> Node:
    return {**data, "components": {**data.get("components", {}), "schemas": schemas}}
