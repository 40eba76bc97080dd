"""Documents of many schemas, and responses that drift from them."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

Schema = dict[str, Any]
_REF = "#/components/schemas/"


class Case(NamedTuple):
    """A schema, a value that fits it, and values that drift from it by kind."""

    schema: Schema
    fits: Any
    drifts: dict[str, Any]


def _others(kind: str) -> dict[str, Any]:
    """Return values of other types, by name."""
    values = {"string": "text", "integer": 3, "boolean": True, "array": ["x"], "object": {"zz": 1}}
    return {f"type {name}": value for name, value in values.items() if name != kind}


CASES: dict[str, Case] = {
    "string": Case({"type": "string", "description": "A text."}, "a", {"null": None, **_others("string")}),
    "integer": Case(
        {"type": "integer", "format": "int32"}, 1, {"null": None, "type number": 1.5, **_others("integer")}
    ),
    "boolean": Case({"type": "boolean", "default": False}, True, {"null": None, **_others("boolean")}),
    "date": Case(
        {"type": "string", "format": "date-time"}, "2026-01-01T00:00:00Z", {"null": None, "type text": "soon"}
    ),
    "enum": Case({"type": "string", "enum": ["a", "b"]}, "a", {"null": None, "value": "c", "type integer": 3}),
    "integer enum": Case({"type": "integer", "enum": [1, 2]}, 1, {"null": None, "value": 7}),
    "shared enum": Case({"$ref": f"{_REF}Color"}, "red", {"null": None, "value": "blue"}),
    "object": Case({"$ref": f"{_REF}Owner"}, {"name": "x"}, {"null": None, "missing": {"age": 1}, "type string": "x"}),
    "inline object": Case(
        {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}},
        {"a": "x", "b": 1},
        {"null": None, "missing": {"a": "x"}, "inner null": {"a": None, "b": 1}, "inner type": {"a": "x", "b": "y"}},
    ),
    "array": Case(
        {"type": "array", "items": {"type": "string"}},
        ["a"],
        {"null": None, "item null": ["a", None], "item type": [1]},
    ),
    "array of enums": Case(
        {"type": "array", "items": {"$ref": f"{_REF}Color"}}, ["red"], {"item value": ["red", "green"]}
    ),
    "map": Case(
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"a": 1},
        {"item null": {"a": None}, "item type": {"a": "x"}},
    ),
    "array of objects": Case(
        {"type": "array", "items": {"$ref": f"{_REF}Owner"}},
        [{"name": "x"}],
        {"item missing": [{"name": "x"}, {"age": 1}], "item inner null": [{"name": None}]},
    ),
    "union": Case(
        {"$ref": f"{_REF}Pet"},
        {"kind": "cat", "lives": 9},
        {"null": None, "variant": {"kind": "bird", "wings": 2}, "inner type": {"kind": "dog", "tail": 3}},
    ),
    "array of unions": Case(
        {"type": "array", "items": {"$ref": f"{_REF}Pet"}},
        [{"kind": "dog", "tail": "long"}],
        {"item variant": [{"kind": "cat", "lives": 1}, {"kind": "bird", "wings": 2}]},
    ),
    "dotted name": Case(
        {"type": "object", "required": ["a.b"], "properties": {"a.b": {"type": "string"}, "c[0]": {"type": "string"}}},
        {"a.b": "x"},
        {"inner null": {"a.b": None}, "missing": {"c[0]": "x"}},
    ),
}


def document(version: str) -> dict[str, Any]:
    """Return a document with an operation for each case, and one without a body."""
    paths: dict[str, Any] = {
        f"/case{number}": {
            "get": {
                "operationId": f"case{number}",
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object", "required": ["it"], "properties": {"it": case.schema}}
                            }
                        },
                    }
                },
            }
        }
        for number, case in enumerate(CASES.values())
    }
    paths["/empty"] = {
        "get": {"operationId": "empty", "responses": {"204": {"description": "d"}, "200": {"description": "d"}}}
    }
    return {
        "openapi": version,
        "info": {"title": "Drawn", "version": "1"},
        "servers": [{"url": "https://drawn.test"}],
        "paths": paths,
        "components": {
            "schemas": {
                "Color": {"type": "string", "enum": ["red", "white"]},
                "Owner": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
                },
                "Pet": {
                    "oneOf": [{"$ref": f"{_REF}Cat"}, {"$ref": f"{_REF}Dog"}],
                    "discriminator": {
                        "propertyName": "kind",
                        "mapping": {"cat": f"{_REF}Cat", "dog": f"{_REF}Dog"},
                    },
                },
                "Cat": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {"kind": {"type": "string", "enum": ["cat"]}, "lives": {"type": "integer"}},
                },
                "Dog": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {"kind": {"type": "string", "enum": ["dog"]}, "tail": {"type": "string"}},
                },
            }
        },
    }


def responses(seed: int) -> dict[str, tuple[str, Any]]:
    """Return a drift for each case: its name, and the value; consecutive seeds take different ones."""
    order = random.Random(seed)
    drawn = {name: order.choice(sorted(case.drifts)) for name, case in CASES.items()}
    return {name: (kind, CASES[name].drifts[kind]) for name, kind in drawn.items()}


ALL = [(name, kind) for name, case in CASES.items() for kind in case.drifts]
