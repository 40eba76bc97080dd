"""Discriminator values: every variant of a discriminated union declares its own values."""

from __future__ import annotations

from collections.abc import Iterator

from specwire_codegen.normalize.refs.references import schema_name
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import annotations_of
from specwire_codegen.normalize.source_map import HINT, ORIGIN, Report, origin_of
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, walk

_NOT_THE_TAGS = frozenset({"default", "readOnly", "writeOnly", "example", "examples"})
"""Annotations of a property that do not apply to a tag, which is always sent."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with the tag of each variant as a required property with the values of the mapping."""
    schemas = data.get("components", {}).get("schemas", {})
    wanted: dict[str, dict[str, list[str]]] = {}
    for node, _, _ in walk(data, "openapi", kinds=SCHEMAS_ONLY):
        if "discriminator" in node and nulls.union_in(node) is not None:
            for name, field, value in _stated(node["discriminator"], schemas):
                values = wanted.setdefault(name, {}).setdefault(field, [])
                if value not in values:
                    values.append(value)
    if not wanted:
        return data
    tagged = dict(schemas)
    for name, fields in wanted.items():
        for field, values in fields.items():
            tagged[name] = _tagged(tagged[name], field, values, schemas, report)
    return {**data, "components": {**data["components"], "schemas": tagged}}


def _stated(discriminator: Node, schemas: Node) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each variant of a union with the discriminator's field and value."""
    field, mapping = discriminator["propertyName"], discriminator.get("mapping", {})
    for value, ref in mapping.items():
        yield from ((name, field, value) for name in _objects(ref, field, schemas, ()))
    default, own = str(discriminator.get("defaultMapping", "")), discriminator.get(HINT)
    if own is not None and default not in mapping.values():
        yield from ((name, field, own) for name in _objects(default, field, schemas, ()))


def _objects(ref: str, field: str, schemas: Node, inside: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of the objects that a reference leads to, except those that a nested union tags itself."""
    name = schema_name(ref)
    schema = schemas.get(name)
    if not isinstance(schema, dict) or name in inside:
        return
    union = nulls.union_in(schema)
    if union is None:
        if schema.get("type") == "object":
            yield name
    elif schema.get("discriminator", {}).get("propertyName") != field:
        for member in schema[union]:
            if isinstance(member, dict) and "$ref" in member:
                yield from _objects(member["$ref"], field, schemas, (*inside, name))


def _tagged(schema: Node, field: str, values: list[str], schemas: Node, report: Report) -> Node:
    properties = schema.get("properties", {})
    property_ = properties.get(field)
    stated: Node = property_ if isinstance(property_, dict) else {ORIGIN: origin_of(schema)}
    target = schemas.get(schema_name(stated["$ref"]), {}) if "$ref" in stated else stated
    if target.get("type") == "boolean":
        return schema
    allowed = target.get("enum", [target["const"]] if "const" in target else None)
    typed = [int(value) if target.get("type") == "integer" and _is_integer(value) else value for value in values]
    agreed = typed if allowed is None else [value for value in typed if value in allowed]
    if not agreed:
        listed = ", ".join(map(repr, typed))
        message = f"the mapping has {listed} for {field!r}, but the variant allows other values; the mapping is used"
        report.warning("tag-conflict", message, origin_of(stated, origin_of(schema)), "make the two agree")
        agreed = typed
    notes = {key: value for key, value in annotations_of(stated).items() if key not in _NOT_THE_TAGS}
    kind = "integer" if all(isinstance(value, int) for value in agreed) else "string"
    tag = {**notes, "type": kind, **({"const": agreed[0]} if len(agreed) == 1 else {"enum": agreed})}
    required = schema.get("required", [])
    free = {} if properties else {"additionalProperties": schema.get("additionalProperties", True)}
    return {
        **schema,
        **free,
        "type": "object",
        "properties": {**properties, field: tag},
        "required": required if field in required else [*required, field],
    }


def _is_integer(value: str) -> bool:
    return value.removeprefix("-").isascii() and value.removeprefix("-").isdecimal() and len(value) < 19
