"""Upgrade from OpenAPI 3.0 and 3.1 to 3.2."""

from __future__ import annotations

from itertools import starmap
from typing import Any

from specwire_codegen.normalize.source_map import Report, annotate, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.annotations import ANNOTATIONS
from specwire_codegen.openapi.objects import STYLE_KEYS, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, is_extension, rebuild

_ALLOWED_BESIDE_REF_30 = frozenset(
    {"$ref", "title", "description", "default", "deprecated", "readOnly", "writeOnly", "nullable", "example"}
)

_CHANGED = frozenset(
    "$id $schema $vocabulary additionalItems definitions discriminator example examples exclusiveMaximum exclusiveMinimum "
    "id items nullable patternProperties properties x-nullable".split()
)
"""Keywords of schemas that can differ from OpenAPI 3.2."""
_OLD_TYPES = ("any", "file")


def tuples(data: Node, report: Report) -> Node:
    """Return the document without lists of schemas in `items`, which old JSON Schema used for tuples.

    A list of one schema almost always means all items.
    """

    def visit(node: Node, _kind: ObjectType, trail: Trail) -> Any:
        listed = node.get("items")
        if not isinstance(listed, list) or not listed:
            return node
        here = pointers.join(origin_of(node, trail), "items")
        items = [annotate(each, "schema", pointers.join(here, index)) for index, each in enumerate(listed)]
        items = [rebuild(each, "schema", visit, kinds=SCHEMAS_ONLY) for each in items]
        rest = {key: value for key, value in node.items() if key != "items"}
        if len(items) == 1:
            report.warning(
                "wrong-type",
                "'items' is a list of one schema; treated as that schema",
                here,
                "write the schema without a list",
            )
            return {**rest, "items": items[0]}
        report.warning("wrong-type", "'items' is a list; treated as 'prefixItems'", here, "write 'prefixItems'")
        more = node.get("additionalItems")
        return {**rest, "prefixItems": items, **({} if more is None else {"items": more})}

    changed: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return changed


def upgrade(data: Node, _report: Report) -> Node:
    """Return the document as OpenAPI 3.2."""
    old = str(data.get("openapi", "")).startswith("3.0")

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Any:
        if kind == "schema":
            return _schema(_without_ignored(node) if old else node)
        if kind in {"parameter", "header", "mediaType"} and "example" in node:
            node = _examples(node)
        if kind == "requestBody" and old and isinstance(node.get("content"), dict):
            return {**node, "content": dict(starmap(_without_styles, node["content"].items()))}
        return node

    kinds = frozenset({"schema", "parameter", "header", "mediaType", "requestBody"})
    upgraded: Node = rebuild(data, "openapi", visit, kinds=kinds)
    kept = {key: value for key, value in upgraded.items() if key not in {"$self", "jsonSchemaDialect"}}
    return {**kept, "openapi": "3.2.0"}


def _without_ignored(schema: Node) -> Node:
    if "$ref" not in schema:
        return schema
    return {key: each for key, each in schema.items() if key in _ALLOWED_BESIDE_REF_30 or is_extension(key)}


def _without_styles(media_type: str, media: Any) -> tuple[str, Any]:
    """Return a media type without the styles of its multipart parts, which OpenAPI 3.0 ignores."""
    encodings = media.get("encoding") if isinstance(media, dict) else None
    if not media_type.lower().startswith("multipart/") or not isinstance(encodings, dict):
        return media_type, media
    plain = {
        name: {key: value for key, value in each.items() if key not in STYLE_KEYS} if isinstance(each, dict) else each
        for name, each in encodings.items()
    }
    return media_type, {**media, "encoding": plain}


def _examples(node: Node) -> Node:
    rest = {key: value for key, value in node.items() if key != "example"}
    if isinstance(rest.get("examples"), dict) and rest["examples"]:
        return rest
    return {**rest, "examples": {"example": {"value": node["example"]}}}


def _schema(schema: Node) -> Node:
    if _CHANGED.isdisjoint(schema) and schema.get("type") not in _OLD_TYPES:
        return schema
    schema = dict(schema)
    for old, new in (("id", "$id"), ("definitions", "$defs")):
        if isinstance(schema.get(old), str if old == "id" else dict):
            schema.setdefault(new, schema.pop(old))
    for key in ("$schema", "$id", "$vocabulary", "additionalItems"):
        schema.pop(key, None)
    _example(schema)
    _bounds(schema)
    _truths(schema)
    if schema.get("type") == "any":
        del schema["type"]
    if schema.get("type") == "file":
        schema.update(type="string", format="binary")
    if isinstance(schema.get("discriminator"), str):
        schema["discriminator"] = {"propertyName": schema["discriminator"]}
    return _nullable(schema)


def _example(schema: Node) -> None:
    if "example" in schema:
        example = schema.pop("example")
        known = schema.get("examples")
        schema["examples"] = (
            [example, *(each for each in known if each != example)] if isinstance(known, list) else [example]
        )
    elif isinstance(schema.get("examples"), dict):
        values = schema["examples"].values()
        schema["examples"] = [each["value"] if isinstance(each, dict) and "value" in each else each for each in values]
    if isinstance(schema.get("examples"), list):
        schema["examples"] = [each["value"] if _is_wrapped(each, schema) else each for each in schema["examples"]]


def _is_wrapped(example: Any, schema: Node) -> bool:
    """Return whether an example of a schema is an Example Object, which only media types and parameters have."""
    if not isinstance(example, dict) or not {"value"} < example.keys() <= {"summary", "description", "value"}:
        return False
    declared = schema.get("properties")
    return "value" not in declared if isinstance(declared, dict) else "summary" in example


def _bounds(schema: Node) -> None:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive) and bound in schema:
            schema[exclusive] = schema.pop(bound)


def _truths(schema: Node) -> None:
    for key in ("properties", "patternProperties"):
        if isinstance(schema.get(key), dict) and any(each is True for each in schema[key].values()):
            schema[key] = {name: {} if each is True else each for name, each in schema[key].items()}
    if schema.get("items") is True:
        schema["items"] = {}


def _nullable(schema: Node) -> Node:
    nullable = schema.pop("nullable", False) is True
    nullable = schema.pop("x-nullable", False) is True or nullable
    if not nullable:
        return schema
    kind = schema.get("type")
    enum = schema.get("enum")
    if isinstance(enum, list) and None not in enum:
        schema["enum"] = [*enum, None]
    if isinstance(kind, str) and kind != "null":
        schema["type"] = [kind, "null"]
    elif isinstance(kind, list) and "null" not in kind:
        schema["type"] = [*kind, "null"]
    if "const" in schema:
        schema["enum"] = [schema.pop("const"), None]
    for union in ("anyOf", "oneOf"):
        if isinstance(schema.get(union), list):
            schema[union] = [*schema[union], {"type": "null"}]
            return schema
    if ("$ref" in schema or "allOf" in schema) and isinstance(schema.get("allOf", []), list):
        return _either_null(schema)
    return schema


def _either_null(schema: Node) -> Node:
    outer = {key: value for key, value in schema.items() if key in ANNOTATIONS or is_extension(key)}
    inner = {key: value for key, value in schema.items() if key not in outer}
    if isinstance(inner.get("type"), list):
        inner["type"] = [kind for kind in inner["type"] if kind != "null"]
    return {**outer, "anyOf": [inner, {"type": "null"}]}
