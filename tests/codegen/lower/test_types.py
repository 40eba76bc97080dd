"""Python types of schemas, and optional request bodies."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.generate import build
from specwire_codegen.project import single

Json = dict[str, Any]


def sources(folder: Path, operation: Json, version: str = "3.1.0", **schemas: Json) -> dict[str, str]:
    """Return the sources of a client with one operation, `POST /x`."""
    document = {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {"/x": {"post": {"operationId": "sendX", "responses": {"200": {"description": "d"}}, **operation}}},
        "components": {"schemas": {**schemas}},
    }
    (folder / "spec.json").write_text(json.dumps(document), "utf-8")
    return dict(build(single(folder / "spec.json", "sample", folder / "sample")).files)


def response(schema: Json) -> Json:
    return {"responses": {"200": {"description": "d", "content": {"application/json": {"schema": schema}}}}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"enum": [None]}, "None"),
        ({"enum": [None], "nullable": True}, "None"),
        ({"oneOf": [{"enum": [None]}]}, "None"),
        ({"oneOf": [{"enum": [None]}, {"$ref": "#/components/schemas/Nil"}]}, "None"),
        ({"$ref": "#/components/schemas/Nil"}, "None"),
        ({"type": "array", "items": {"enum": [None]}}, "list[None]"),
        ({"type": "object", "additionalProperties": {"enum": [None]}}, "dict[str, None]"),
        ({"anyOf": [{"type": "integer"}, {"enum": [None]}]}, "int | None"),
        ({}, "Any"),
        ({"anyOf": [{}, {"enum": [None]}]}, "Any"),
    ],
)
def test_a_schema_of_null_is_none(schema: Json, expected: str, tmp_path: Path) -> None:
    """Its only value is null."""
    root = {"type": "object", "required": ["it"], "properties": {"it": schema}}
    reference = response({"$ref": "#/components/schemas/Root"})
    found = sources(tmp_path, reference, "3.0.3", Root=root, Nil={"enum": [None]})["models/__init__.py"]
    (type_,) = re.findall(r"^    it: (.*)$", found, re.MULTILINE)
    assert expected == type_.replace("models.", "").replace("Nil", "None")


@pytest.mark.parametrize("pattern", ["^(.*)$", ".*", "^.*$", "^.+$", "", r"[\s\S]*"])
def test_a_pattern_for_every_name_types_every_value(pattern: str, tmp_path: Path) -> None:
    """TypeBox writes records so."""
    schema = {"type": "object", "patternProperties": {pattern: {"type": "number"}}}
    assert "Request[dict[str, float]]" in sources(tmp_path, response(schema))["operations/root.py"]


@pytest.mark.parametrize("pattern", ["^x-", "^[a-z]+$", "."])
def test_values_outside_a_pattern_have_any_type(pattern: str, tmp_path: Path) -> None:
    """Other names may occur too."""
    schema = {"type": "object", "patternProperties": {pattern: {"type": "number"}}}
    expected = "dict[str, float]" if pattern == "." else "dict[str, Any]"
    assert f"Request[{expected}]" in sources(tmp_path, response(schema))["operations/root.py"]


@pytest.mark.parametrize(
    ("schema", "optional"),
    [
        ({"type": "object"}, True),
        ({"type": "object", "properties": {}, "additionalProperties": False}, True),
        ({"$ref": "#/components/schemas/Empty"}, True),
        ({"type": "object", "additionalProperties": {"type": "string"}}, False),
        ({"type": "object", "minProperties": 1}, False),
        ({"type": "object", "required": ["a"]}, False),
        ({"type": "array", "items": {}}, False),
        ({}, False),
    ],
)
def test_a_body_without_fields_is_optional(schema: Json, optional: bool, tmp_path: Path) -> None:
    """Empty messages of protobuf are required bodies without known fields."""
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
    found = sources(tmp_path, body, Empty={"type": "object", "title": "Empty"})["operations/root.py"]
    (argument,) = re.findall(r"^    \*, body: (.*)$|def send_x\(\*, body: (.*?)\) ->", found, re.MULTILINE)
    assert optional == any("UNSET" in each for each in argument)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_nullable_file_accepts_none(version: str, tmp_path: Path) -> None:
    """Such a part is not sent."""
    file: Json = {"type": "string", "format": "binary"}
    null: Json = {"type": "null"}
    one: Json = {**file, "nullable": True} if version == "3.0.3" else {"anyOf": [file, null]}
    many: Json = {"type": "array", "items": file}
    several: Json = {**many, "nullable": True} if version == "3.0.3" else {"anyOf": [many, null]}
    form: Json = {"type": "object", "required": ["one"], "properties": {"one": one, "several": several, "plain": file}}
    if version == "3.1.0":
        form["properties"]["named"] = {"anyOf": [{"$ref": "#/components/schemas/File"}, null]}
    body = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}
    found = sources(tmp_path, body, version, File=file)["operations/root.py"]
    assert ("named: FileInput | None | Unset = UNSET" in found) == (version == "3.1.0")
    assert "one: FileInput | None," in found
    assert "several: Sequence[FileInput] | None | Unset = UNSET" in found
    assert "plain: FileInput | Unset = UNSET" in found


STRING, INTEGER = {"type": "string"}, {"type": "integer"}
PAIR = [STRING, INTEGER]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"prefixItems": PAIR}, "tuple[str, int]"),
        ({"prefixItems": PAIR, "items": False}, "tuple[str, int]"),
        ({"prefixItems": PAIR, "items": False, "minItems": 2}, "tuple[str, int]"),
        ({"prefixItems": PAIR, "minItems": 2, "maxItems": 2}, "tuple[str, int]"),
        ({"prefixItems": PAIR, "maxItems": 2}, "tuple[str, int]"),
        ({"prefixItems": [STRING, STRING], "items": False}, "tuple[str, str]"),
        ({"prefixItems": [STRING, {"prefixItems": PAIR, "type": "array"}]}, "tuple[str, tuple[str, int]]"),
        ({"prefixItems": [STRING, {"type": ["integer", "null"]}]}, "tuple[str, int | None]"),
        ({"prefixItems": [STRING, {"enum": [None]}]}, "tuple[str, None]"),
        ({"prefixItems": [STRING, {}]}, "tuple[str, Any]"),
        ({"prefixItems": [STRING], "items": False}, "tuple[str]"),
        ({"prefixItems": [STRING]}, "list[str]"),
        ({"prefixItems": PAIR, "minItems": 1, "items": False}, "list[str | int]"),
        ({"prefixItems": PAIR, "minItems": 2}, "list[str | int]"),
        ({"prefixItems": PAIR, "maxItems": 3}, "list[str | int]"),
        ({"prefixItems": PAIR, "items": {"type": "boolean"}}, "list[str | int | bool]"),
    ],
)
def test_arrays_with_a_type_per_position_are_tuples(schema: Json, expected: str, tmp_path: Path) -> None:
    """Unless the number of items may differ."""
    root = {"type": "object", "required": ["it"], "properties": {"it": {"type": "array", **schema}}}
    models = sources(tmp_path, response({"$ref": "#/components/schemas/Root"}), Root=root)["models/__init__.py"]

    assert [expected] == re.findall(r"^    it: (.*)$", models, re.M)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"items": STRING, "uniqueItems": True}, "Sequence[str] | AbstractSet[str]"),
        ({"items": {"const": "a"}, "uniqueItems": True}, 'Sequence[Literal["a"]] | AbstractSet[Literal["a"]]'),
        (
            {"items": {"type": "string", "format": "uuid"}, "uniqueItems": True},
            "Sequence[UUIDInput] | AbstractSet[UUIDInput]",
        ),
        ({"items": STRING}, "Sequence[str]"),
        ({"items": {"type": "array", "items": STRING}, "uniqueItems": True}, "Sequence[Sequence[str]]"),
        ({"prefixItems": PAIR}, "Sequence[str | int]"),
    ],
)
def test_arrays_in_requests_accept_any_sequence(schema: Json, expected: str, tmp_path: Path) -> None:
    """Sets are accepted if order has no meaning."""
    parameter = {"name": "it", "in": "query", "required": True, "schema": {"type": "array", **schema}}
    (operation,) = (
        text for path, text in sources(tmp_path, {"parameters": [parameter]}).items() if path.endswith("root.py")
    )

    assert [expected] == re.findall(r"\(\*, it: (.*)\) ->", operation)
