"""Conditions that are not variants, and combinations of too many variants."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.documents.document import Document
from specwire_codegen.generate import build
from specwire_codegen.normalize import normalize
from specwire_codegen.project import single

from tests.sampling import sampled

Json = dict[str, Any]
TEXT = {"type": "string"}
OBJECT = {"type": "object", "properties": {"x": TEXT, "y": TEXT, "z": TEXT}}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def document(schema: Any, version: str = "3.1.0", **others: Any) -> Json:
    response = {"200": {"description": "d", "content": {"application/json": {"schema": ref("Root")}}}}
    return {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {"/x": {"get": {"operationId": "g", "responses": response}}},
        "components": {"schemas": {"Root": schema, **others}},
    }


def normalized(schema: Any, **others: Any) -> tuple[Json, list[str]]:
    """Return the root schema after normalization, and the codes of the warnings."""
    found = normalize(Document(document(schema, **others), "spec.json"))
    return found.data["components"]["schemas"]["Root"], [warning.code for warning in found.warnings]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("demand", "required"),
    [
        ({"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}, []),
        ({"oneOf": [{"required": ["x"]}, {"required": ["y"]}]}, []),
        ({"oneOf": [{"required": ["x", "z"]}, {"required": ["z", "y"]}]}, ["z"]),
        ({"anyOf": [{"required": ["x"]}]}, ["x"]),
        ({"allOf": [{"required": ["x"]}, {"required": ["z"]}]}, ["x", "z"]),
        ({"allOf": [{"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}]}, []),
        (
            {"allOf": [{"oneOf": [{"required": ["x", "y"]}, {"required": ["y"]}]}, {"anyOf": [{"required": ["z"]}]}]},
            ["y", "z"],
        ),
        ({"anyOf": [{"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}, {"required": ["z"]}]}, []),
        ({"anyOf": [{"allOf": [{"required": ["x"]}, {"required": ["y"]}]}, {"required": ["y"]}]}, ["y"]),
        ({"oneOf": [{"required": ["x"], "not": {"required": ["y"]}}, {"not": {"required": ["x"]}}]}, []),
        ({"anyOf": [{"required": ["x"]}, {"dependentRequired": {"x": ["y"]}}]}, []),
        ({"anyOf": [{"if": {"required": ["x"]}, "then": {"required": ["y"]}}, {"minProperties": 1}]}, []),
        ({"anyOf": [{"type": "object", "required": ["x"]}, {"properties": {"y": {}}, "required": ["y", "x"]}]}, ["x"]),
        ({"anyOf": [ref("NeedsX"), {"required": ["x", "y"]}]}, ["x"]),
        ({"oneOf": [{"required": ["x"], "properties": {"y": False}}, {"required": ["y"]}]}, []),
    ],
)
def test_unions_of_required_lists_are_one_object(version: str, demand: Json, required: list[str]) -> None:
    """Its properties are optional, except those that every branch requires; there is no union and no warning."""
    schema = {**OBJECT, **demand}
    found, warnings = normalized(schema, version=version, NeedsX={"required": ["x"]})
    assert OBJECT["properties"] == found["properties"]
    assert required == sorted(found.get("required", []))
    assert {"anyOf", "oneOf", "allOf"}.isdisjoint(found)
    assert [] == warnings


def test_alternative_constraints_keep_a_scalar_type(tmp_path: Path) -> None:
    """Alternative patterns or lengths are not a union of types."""
    schema = {"type": "object", "properties": {"code": {**TEXT, "anyOf": [{"pattern": "^a"}, {"maxLength": 3}]}}}
    (tmp_path / "spec.json").write_text(json.dumps(document(schema)), "utf-8")
    built = build(single(tmp_path / "spec.json", "sample", tmp_path / "sample"))
    assert "code: str | Unset" in built.files["models/__init__.py"]


def objects(prefix: str, size: int) -> list[Json]:
    return [{"type": "object", "properties": {f"{prefix}{index}": TEXT}} for index in range(size)]


def all_of_unions(size: int) -> Json:
    return {"allOf": [{"oneOf": objects(f"a{index}_", 4)} for index in range(size)]}


def all_of_demands(size: int) -> Json:
    names = [f"p{index}" for index in range(2 * size)]
    pairs = zip(names[::2], names[1::2], strict=True)
    demands = [{"anyOf": [{"required": [one]}, {"required": [other]}]} for one, other in pairs]
    return {"type": "object", "properties": dict.fromkeys(names, TEXT), "allOf": demands}


def nested_unions(size: int) -> Json:
    schema: Json = {"type": "object", "properties": {"x": TEXT}}
    for index in range(size):
        schema = {"allOf": [schema, {"oneOf": objects(f"n{index}_", 3)}]}
    return schema


def property_unions(size: int) -> Json:
    parts = [{"properties": {"p": {"oneOf": objects(f"q{index}_", 3)}}} for index in range(size)]
    return {"type": "object", "allOf": parts}


def two_unions(size: int) -> Json:
    return {"oneOf": objects("o", size), "anyOf": objects("n", size)}


def union_of_unions(size: int) -> Json:
    return {"oneOf": [{"anyOf": objects(f"u{index}_", size)} for index in range(size)], "required": ["x"], **OBJECT}


COMBINED = [all_of_unions, all_of_demands, nested_unions, property_unions, two_unions, union_of_unions]


@pytest.mark.parametrize("make", COMBINED)
def test_combinations_beyond_a_limit_are_not_multiplied(make: Callable[[int], Json]) -> None:
    """The object is kept whole with one warning; its size is linear in that of the document."""
    sizes = {}
    for size in (8, 16, 32):
        found, warnings = normalized(make(size))
        sizes[size] = len(json.dumps(found)) / len(json.dumps(make(size)))
        assert warnings.count("many-combinations") <= 1
        assert len(warnings) <= 1
    assert sizes[32] < 4 * sizes[8]


@pytest.mark.parametrize("make", COMBINED)
def test_time_is_at_most_quadratic(make: Callable[[int], Json]) -> None:
    """Four times as many take at most some thirty times as long."""
    times = {}
    for size in (8, 32):
        schema = make(size)
        begin = time.process_time()
        normalized(schema)
        times[size] = time.process_time() - begin
    assert times[32] < 30 * max(times[8], 0.2)  # below that, other work of the machine decides


def test_an_object_that_is_kept_whole_has_all_properties() -> None:
    """Each is optional unless every variant requires it, with all types that variants give it."""
    unions = [
        {
            "oneOf": [
                {"type": "object", "required": ["id", "a"], "properties": {"id": TEXT, "a": TEXT, "n": TEXT}},
                {"type": "object", "required": ["id"], "properties": {"id": TEXT, "n": {"type": "integer"}}},
            ]
        },
        *all_of_unions(4)["allOf"],
    ]
    found, warnings = normalized({"allOf": unions})
    assert ["many-combinations"] == warnings
    assert ["id"] == found["required"]
    assert {"anyOf": [TEXT, {"type": "integer"}]} == found["properties"]["n"]
    assert {"id", "a", "n", "a0_0", "a3_3"} <= found["properties"].keys()


NUMBERS = ["0", "-1", "0.1", "1e400", "-1e400", "1e-400", "9" * 4000, "-" + "9" * 4000]
KEYWORDS = (
    "multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems minProperties "
    "maxProperties minContains maxContains default".split()
)
SAMPLES = {"number": "1", "string": '"a"', "array": "[1]", "object": '{"a": 1}'}
OK = '"responses": {"200": {"description": "d"}}'
PLACES = {
    "query": '"/x": {"get": {"parameters": [{"name": "p", "in": "query", "required": true, "schema": S}], OK}}',
    "content": '"/x": {"get": {"parameters": [{"name": "p", "in": "query", "content": {"a/b": {"schema": S}}}], OK}}',
    "path": '"/x/{p}": {"get": {"parameters": [{"name": "p", "in": "path", "required": true, "schema": S}], OK}}',
    "header": '"/x": {"get": {"responses": {"200": {"description": "d", "headers": {"X-A": {"schema": S}}}}}}',
    "body": '"/x": {"post": {"requestBody": {"content": {"application/json": {"schema": {"allOf": [S, S]}}}}, OK}}',
    "part": '"/x": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object", '
    '"required": ["a"], "properties": {"a": S}}, "encoding": {"a": {"headers": {"X-B": {"schema": S}}}}}}}, OK}}',
    "component": '"/x": {"get": {"responses": {"200": {"description": "d", "content": {"application/json": '
    '{"schema": {"$ref": "#/components/schemas/C"}}}}}}}',
}


def odd(keyword: str, place: str, number: str, default: str) -> str:
    """Return a document with a number in a keyword of a schema at a place."""
    kinds = {"Length": "string", "Items": "array", "Contains": "array", "Properties": "object"}
    kind = next((kind for word, kind in kinds.items() if keyword.endswith(word)), "number")
    given = {"none": "", "plain": f', "default": {SAMPLES[kind]}', "same": f', "default": {number}'}[default]
    schema = f'{{"type": "{kind}", "{keyword}": {number}{given if keyword != "default" else ""}}}'
    path = PLACES[place].replace("OK", OK)
    for after in (",", "}", "]"):
        path = path.replace(f"S{after}", f"{schema}{after}")
    head = '{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}'
    return f'{head}, "paths": {{{path}}}, "components": {{"schemas": {{"C": {schema}}}}}}}'


def refused_or_built(text: str, folder: Path) -> None:
    (folder / "spec.json").write_text(text, "utf-8")
    try:
        build(single(folder / "spec.json", "sample", folder / "sample"))
    except SpecwireCodegenError as error:
        assert "internal" not in str(error)
        assert len(str(error)) < 2000


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("keyword", ["multipleOf", "maximum", "minLength", "default"])
def test_odd_numbers_are_an_error_or_a_warning(place: str, keyword: str, tmp_path: Path) -> None:
    """A number that nothing can be compared with never causes a traceback."""
    for number in ("0", "1e400", "9" * 4000):
        refused_or_built(odd(keyword, place, number, "same"), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("place", "keyword"), sampled(product(PLACES, KEYWORDS), 12))
def test_any_odd_number_is_an_error_or_a_warning(place: str, keyword: str, tmp_path: Path) -> None:
    """Any number in any keyword at any place, with and without a default to compare."""
    for number in NUMBERS:
        for default in ("none", "plain", "same"):
            refused_or_built(odd(keyword, place, number, default), tmp_path)


def test_a_component_that_is_always_null_is_null() -> None:
    """It is not a variant of a union, so the union may vanish."""
    owner = {"type": "object", "properties": {"name": TEXT}}
    schema = {
        "type": "object",
        "properties": {
            "status": {"nullable": True, "oneOf": [ref("Status"), {"enum": [""]}, ref("Null")]},
            "owner": {"type": "null", "allOf": [ref("Owner")]},
            "other": {"type": ["null"], "oneOf": [ref("Owner")]},
        },
    }
    others = {"Status": {"type": "string", "enum": ["new", "old"]}, "Null": {"enum": [None]}, "Owner": owner}
    found, warnings = normalized(schema, **others)
    assert {"type": "null"} in found["properties"]["owner"]["anyOf"]
    assert found["properties"]["owner"] == found["properties"]["other"]
    assert ["allof-conflict"] == warnings
    assert {"type": "null"} == found["properties"]["status"]["oneOf"][-1]
    assert "Null" not in json.dumps(found)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({"items": TEXT}, {"type": "string", "enum": ["a", "b"]}),
        ({}, {"type": "string", "enum": ["a", "b"]}),
        ({"items": {"type": "string", "enum": ["a", "c"]}}, {"type": "string", "enum": ["a", "c"]}),
        ({"items": ref("Word")}, {"type": "string", "enum": ["a", "b"]}),
    ],
)
def test_an_enum_of_scalars_on_an_array_applies_to_its_items(items: Json, expected: Json) -> None:
    """With a warning; a list stays a list."""
    schema = {"type": "object", "properties": {"status": {"type": "array", "enum": ["a", "b"], **items}}}
    found = normalize(Document(document(schema, Word=TEXT), "spec.json"))
    schemas = found.data["components"]["schemas"]
    status = schemas["Root"]["properties"]["status"]
    assert ("array", ["enum-of-items"]) == (status["type"], [warning.code for warning in found.warnings])
    assert expected == schemas[status["items"]["$ref"].rpartition("/")[2]]


@pytest.mark.parametrize(
    "names",
    [
        {"x-enum-varnames": ["Unknown", "Female"]},
        {"x-enumNames": ["Unknown", "Female"]},
        {"x-ms-enum": {"name": "Sex", "values": [{"value": 1, "name": "Female"}, {"value": 0, "name": "Unknown"}]}},
    ],
)
def test_names_of_values_are_in_the_description(names: Json) -> None:
    """Each extension for such names is supported."""
    found, warnings = normalized({"type": "integer", "enum": [0, 1], "description": "The sex.", **names})
    assert "The sex.\n\nValues: 0 is Unknown; 1 is Female." == found["description"]
    assert [] == warnings


def test_names_of_values_are_ignored_if_some_are_missing() -> None:
    """They cannot be assigned to values."""
    found, _ = normalized({"type": "integer", "enum": [0, 1], "x-enum-varnames": ["Unknown"]})
    assert "description" not in found


def test_conditions_that_refer_to_each_other_are_read_once() -> None:
    """Each of 40 schemas refers three times to the next; naive reading would take 3**40 steps."""
    others: Json = {
        f"A{index}": {"anyOf": [ref(f"A{index + 1}"), {"allOf": [ref(f"A{index + 1}")]}, ref(f"A{index + 1}")]}
        for index in range(40)
    }
    found, _ = normalized({**OBJECT, "anyOf": [ref("A0")]}, **others, A40={"required": ["x"]})
    assert {**OBJECT, "required": ["x"]} == found
