"""Values generated from the schemas of a document, by schemathesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from hypothesis.strategies import SearchStrategy
from schemathesis.core import NotSet

from specwire_codegen.contract.subject import component_name
from specwire_codegen.lower.schema import is_tuple, text_type
from specwire_codegen.openapi.annotations import ANNOTATIONS

Schema = Mapping[str, Any]


_BOUNDS = frozenset(
    "pattern minLength maxLength minItems maxItems uniqueItems minimum maximum exclusiveMinimum exclusiveMaximum "
    "multipleOf minProperties maxProperties".split()
)
_NUMBERS = {
    "Decimal": r"^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$",
    "IntText": r"^(0|-?[1-9][0-9]{0,17})$",
}
"""Patterns of the texts that clients take as numbers, and write back unchanged."""
_INEXACT = (2**53 + 1, -(2**53) - 1, 2**63 - 1, 1 - 2**63)
"""Integers of 64 bits that no double represents."""
_TEXT_FORMATS = frozenset(
    "email hostname idn-email idn-hostname ipv4 ipv6 iri iri-reference json-pointer password regex "
    "relative-json-pointer uri uri-reference uri-template url".split()
)


def values(schemas: Mapping[str, Schema], schema: Schema) -> SearchStrategy[Any]:
    """Return a strategy of the JSON values of a schema, whose references lead into `schemas`.

    schemathesis generates whole requests with serialized parameters. To get plain values of any schema from it, the
    schema becomes the JSON body of an operation.
    """
    schema = _textual(schema)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "values", "version": "1"},
        "components": {"schemas": _textual(reached(schemas, schema))},
        "paths": {
            "/": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
                    "responses": {"200": {"description": "taken"}},
                }
            }
        },
    }
    operation = schemathesis.openapi.from_dict(document, config=schemathesis.Config())["/"]["POST"]
    return operation.as_strategy().map(_body).filter(_is_set)


def _textual(schema: Any) -> Any:
    """Return a schema whose values clients take as declared: texts for bytes and numbers, tuples of full length."""
    if isinstance(schema, list):
        return [_textual(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {key: _textual(one) for key, one in schema.items() if (key, one) != ("format", "binary")}
    if (pattern := _NUMBERS.get(text_type(found) or "")) is not None:
        found.setdefault("pattern", pattern)
    if _is_any_integer(found):
        # Small ones, larger ones, and ones that are lost where numbers are doubles; ranges that overlap would be joined.
        rest = {key: one for key, one in found.items() if key not in ("type", "format")}
        ranges = [{"type": "integer", "minimum": -most, "maximum": most} for most in (2**10, 2**53)]
        null = [{"type": "null"}] if "null" in found["type"] else []
        return {**rest, "anyOf": [*ranges, {"enum": [*_INEXACT]}, *null]}
    if is_tuple(found):  # clients report another length as drift, though JSON Schema allows it
        found.update(minItems=len(found["prefixItems"]), items=False)
    return found


def _is_any_integer(schema: Schema) -> bool:
    """Return whether a schema allows all integers of 64 bits, and at most null as well."""
    rules = {key for key in schema if key not in ANNOTATIONS and not key.startswith("x-")}
    integer = schema.get("type") in ("integer", ["integer"], ["integer", "null"], ["null", "integer"])
    return integer and schema.get("format", "int64") == "int64" and rules <= {"type", "format"}


def _is_set(body: Any) -> bool:
    return not isinstance(body, NotSet)


def _body(case: schemathesis.Case[Any]) -> Any:
    return case.body


def reached(schemas: Mapping[str, Schema], schema: Any) -> dict[str, Schema]:
    """Return the components that the references of a schema lead to, in their order."""
    found: set[str] = set()
    left = [schema]
    while left:
        for name in _references(left.pop()):
            if name in schemas and name not in found:
                found.add(name)
                left.append(schemas[name])
    return {name: one for name, one in schemas.items() if name in found}


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for one in schema:
            yield from _references(one)
    elif isinstance(schema, Mapping):
        target = schema.get("$ref")
        if isinstance(target, str):
            yield component_name(target)
        for one in schema.values():
            yield from _references(one)


def without(schema: Schema, names: frozenset[str]) -> dict[str, Any]:
    """Return an object's schema without some of its properties and closed to undeclared ones."""
    properties = {name: one for name, one in schema.get("properties", {}).items() if name not in names}
    required = [name for name in schema.get("required", ()) if name not in names]
    found = {**schema, "properties": properties, "required": required}
    if schema.get("additionalProperties", False) is not False or "patternProperties" in schema:
        foreign = {"propertyNames": {"not": {"enum": sorted(names)}}} if names else {}
        return {**found, **foreign, "additionalProperties": schema.get("additionalProperties", False)}
    return {**found, "additionalProperties": False}


def relaxed(schema: Any) -> Any:
    """Return a schema without constraints that make generation hard or impossible: bounds, patterns, text formats.

    `oneOf` becomes `anyOf`. A client checks none of these. Documents have patterns that nothing can match, formats
    that contradict them, and variants that overlap.
    """
    if isinstance(schema, list):
        return [relaxed(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    loose = {
        key: relaxed(one)
        for key, one in schema.items()
        if (key not in _BOUNDS or "prefixItems" in schema) and not (key == "format" and one in _TEXT_FORMATS)
    }
    if isinstance(loose.get("oneOf"), list) and "anyOf" not in loose:
        loose["anyOf"] = loose.pop("oneOf")
    for key in ("properties", "schemas"):
        if isinstance(schema.get(key), Mapping):
            loose[key] = {name: relaxed(one) for name, one in schema[key].items()}
    return loose


def closed(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return components as a server that follows the document exactly sends them.

    Objects have only declared or allowed properties, and none that only requests have.
    """
    return {name: closed_schema(schema) for name, schema in schemas.items()}


def closed_schema(schema: Any) -> Any:
    """Return a schema and all its subschemas closed by `closed`."""
    if isinstance(schema, list):
        return [closed_schema(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    # schemathesis generates requests, which would lack properties that only responses have.
    found = {key: one for key, one in schema.items() if key != "readOnly" or isinstance(one, Mapping)}
    for key in ("items", "additionalProperties", "contentSchema", "anyOf", "oneOf", "allOf", "prefixItems"):
        if key in found:
            found[key] = closed_schema(found[key])
    if found.get("properties"):
        foreign = frozenset(name for name, one in found["properties"].items() if _write_only(one))
        found["properties"] = {name: closed_schema(one) for name, one in found["properties"].items()}
        found = without(found, foreign)
    return found


def _write_only(schema: Any) -> bool:
    return isinstance(schema, Mapping) and bool(schema.get("writeOnly"))
