"""Base URIs: what relative references, fragments and anchors mean below `$self` and `$id`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.files.folder import facts, get, write

OTHERS = """components:
  schemas:
    Pet: {$id: 'https://x.test/schemas/pet', type: object, properties: {wanted: REF}, $defs: {
      tag: {$anchor: tag, type: integer}, inner: {$id: inner/one, type: object, properties: {deep: REF_IN_INNER}}}}
    Owner: {$id: 'https://x.test/schemas/owner', type: object, properties: {name: {type: string}}}
    Other: {$anchor: tag, type: boolean}
"""
INTEGER, OWNER = "integer", "owner"


@pytest.mark.parametrize(
    ("ref", "in_inner", "meant"),
    [
        ("owner", "{}", OWNER),
        ("./owner", "{}", OWNER),
        ("../schemas/owner#", "{}", OWNER),
        ("/schemas/owner", "{}", OWNER),
        ("//x.test/schemas/owner", "{}", OWNER),
        ("#/components/schemas/Owner", "{}", OWNER),
        ("#/$defs/tag", "{}", INTEGER),
        ("#tag", "{}", INTEGER),
        ("pet#tag", "{}", INTEGER),
        ("inner/one#/properties/deep", "{$ref: ../owner}", OWNER),
        ("inner/one#/properties/deep", "{$ref: '../pet#tag'}", INTEGER),
        ("https://x.test/schemas/inner/one#/properties/deep", "{$ref: '#/components/schemas/Owner'}", OWNER),
    ],
)
def test_references_in_a_schema_are_relative_to_its_id(tmp_path: Path, ref: str, in_inner: str, meant: str) -> None:
    """A fragment that the schema lacks is one of the document."""
    text = get("{$ref: '#/components/schemas/Pet'}") + OTHERS.replace("REF_IN_INNER", in_inner).replace(
        "REF", f"{{$ref: '{ref}'}}"
    )
    schemas = facts(write(tmp_path, f"--- # openapi.yaml\n{text}"))["components"]["schemas"]
    found = schemas["Pet"]["properties"]["wanted"]
    while "$ref" in found:
        found = schemas[found["$ref"].rpartition("/")[2]]
    assert meant == (OWNER if "name" in found.get("properties", {}) else found["type"])


def test_a_schema_with_an_id_refers_to_itself(tmp_path: Path) -> None:
    """`#` is the schema, not the document."""
    text = (
        get("{$ref: tree}")
        + "components: {schemas: {Tree: {$id: tree, type: object, properties: {kids: {$ref: '#'}}}}}\n"
    )
    schemas = facts(write(tmp_path, f"--- # openapi.yaml\n{text}"))["components"]["schemas"]
    assert {"$ref": "#/components/schemas/Tree"} == schemas["Tree"]["properties"]["kids"]


@pytest.mark.parametrize("address", ["https://x.test/v1/openapi", "/v1/openapi", "v1/openapi"])
@pytest.mark.parametrize(
    "ref", ["openapi#/components/schemas/Pet", "../v1/openapi#pet", "./openapi#/components/schemas/Pet"]
)
def test_references_are_relative_to_the_address_of_the_document(tmp_path: Path, address: str, ref: str) -> None:
    """`$self` is its address, whatever its file is called."""
    head = f"openapi: 3.2.0\n$self: {address}\ninfo: {{title: T, version: '1'}}\n"
    text = (
        head
        + get(f"{{$ref: '{ref}'}}")
        + "components: {schemas: {Pet: {$anchor: pet, type: object, properties: {a: {}}}}}\n"
    )
    assert ["Pet"] == list(facts(write(tmp_path, f"--- # spec.yaml\n{text}"))["components"]["schemas"])


def test_files_next_to_a_document_with_an_address_are_found(tmp_path: Path) -> None:
    """They are read from where the document is."""
    head = "openapi: 3.2.0\n$self: https://x.test/v1/openapi.yaml\ninfo: {title: T, version: '1'}\n"
    text = head + get("{$ref: 'schemas/pet.yaml'}")
    pet = "--- # schemas/pet.yaml\ntype: object\nproperties: {up: {$ref: ../openapi.yaml#/components/schemas/Up}}\n"
    text += "components: {schemas: {Up: {type: object, properties: {a: {}}}}}\n"
    schemas = facts(write(tmp_path, f"--- # openapi.yaml\n{text}{pet}"))["components"]["schemas"]
    assert {"$ref": "#/components/schemas/Up"} == schemas["pet"]["properties"]["up"]
