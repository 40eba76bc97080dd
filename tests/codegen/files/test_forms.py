"""Forms of references: pointers, names and addresses as people write them, and messages for wrong ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.codegen.files.folder import PET, facts, findings, get, normalized, ok, rejection, write

SEEN = "type: object\nproperties: {seen: {type: integer}}\n"


def schema(root: Path) -> Any:
    """Return the schema of the only response, wherever it is."""
    data = normalized(root).data
    (item,) = data["paths"].values()
    found = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return data["components"]["schemas"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found


@pytest.mark.parametrize(
    ("ref", "files"),
    [
        ("Pet.yaml", {"Pet.yaml": SEEN}),
        ("./Pet.yaml", {"Pet.yaml": SEEN}),
        ("b/../Pet.yaml", {"Pet.yaml": SEEN, "b/x": SEEN}),
        ("Pet.yaml#", {"Pet.yaml": SEEN}),
        ("Pet.yaml#/", {"Pet.yaml": SEEN}),
        ("Pet", {"Pet": SEEN}),
        ("a%20b.yaml", {"a b.yaml": SEEN}),
        ("a b.yaml", {"a b.yaml": SEEN}),
        ("a%20b.yaml", {"a%20b.yaml": SEEN}),
        ("100%.yaml", {"100%.yaml": SEEN}),
        ("a%23b.yaml", {"a#b.yaml": SEEN}),
        ("%7Bid%7D.yaml", {"{id}.yaml": SEEN}),
        ("{id}.yaml", {"{id}.yaml": SEEN}),
        ("a.yaml#/Pet", {"a.yaml": f"Pet: {{{SEEN.replace(chr(10), ', ')}}}"}),
        ("a.yaml#Pet", {"a.yaml": "Pet: {type: object, properties: {seen: {type: integer}}}"}),
        ("a.yaml#seen", {"a.yaml": "x: [{$anchor: seen, type: object, properties: {seen: {type: integer}}}]"}),
        ("a.yaml#/0", {"a.yaml": "[{type: object, properties: {seen: {type: integer}}}]"}),
        ("a.yaml#/b/1", {"a.yaml": "b: [x, {type: object, properties: {seen: {type: integer}}}]"}),
        (
            "a.yaml",
            {"a.yaml": "$ref: b.yaml", "b.yaml": "$ref: c/d.json#/e", "c/d.json": '{"e": {"$ref": "../P"}}', "P": SEEN},
        ),
        (
            "a.yaml#/Pet/properties/owner",
            {"a.yaml": "Pet: {$ref: b.yaml}", "b.yaml": "properties: {owner: {$ref: P}}", "P": SEEN},
        ),
        ("a.yaml#/Pet/items", {"a.yaml": "{Pet: {<<: {$ref: 'b.yaml'}}}", "b.yaml": "items: {$ref: P}", "P": SEEN}),
        ("a.json", {"a.json": '{"type": "object", "properties": {"seen": {"type": "integer"}}}'}),
    ],
)
def test_a_reference_is_followed(tmp_path: Path, ref: str, files: dict[str, str]) -> None:
    """Every spelling of a path or pointer with one meaning."""
    root = write(tmp_path, f"--- # openapi.yaml\n{get(f'{{$ref: {ref!r}}}')}")
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert () == normalized(root).warnings
    assert ["seen"] == list(schema(root)["properties"])


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("b.yaml#/paths//plain", "'b.yaml#/paths//plain' does not exist; resolved as '#/paths/~1plain'"),
        ("sub\\c.yaml", "'sub\\\\c.yaml' has backslashes; read as '/'"),
    ],
)
def test_an_unambiguous_mistake_is_followed_with_a_warning(tmp_path: Path, ref: str, message: str) -> None:
    """There is one possible meaning."""
    item = f"get: {{operationId: getPlain, {ok('{type: string}')}}}"
    text = f"--- # openapi.yaml\npaths: {{/plain: {{$ref: '{ref}'}}}}\n"
    root = write(tmp_path, f"{text}--- # b.yaml\npaths: {{/plain: {{{item}}}}}\n--- # sub/c.yaml\n{item}\n")
    found = normalized(root)
    assert "getPlain" == found.data["paths"]["/plain"]["get"]["operationId"]
    assert [("bad-ref", message)] == [(each.code, each.message) for each in found.warnings]


@pytest.mark.parametrize(
    ("tried", "at", "meant"),
    [
        ("schemas/Pett.yaml", "", "schemas/Pet.yaml"),
        ("schemas/Pet", "", "schemas/Pet.yaml"),
        ("Schemas/pet.yaml", "", "schemas/Pet.yaml"),
        ("schemas/pet.yml", "", "schemas/Pet.yaml"),
        ("schemas/Pet.yaml", "paths/", "schemas/Pet.yaml? Write it as ../schemas/Pet.yaml"),
    ],
)
def test_a_missing_file_is_reported_with_the_nearest_name(tmp_path: Path, tried: str, at: str, meant: str) -> None:
    """And with the path that was tried."""
    item = f"get: {{operationId: getPet, {ok(f'{{$ref: {tried}}}')}}}"
    text = f"--- # openapi.yaml\npaths: {{/pets: {{$ref: paths/pets.yaml}}}}\n--- # paths/pets.yaml\n{item}\n"
    if not at:
        text = f"--- # openapi.yaml\npaths:\n  /pets: {{{item}}}\n"
    message = rejection(write(tmp_path, f"{text}--- # schemas/Pet.yaml\n{PET}"))
    assert f"the file {tmp_path}/{at}{tried} does not exist" in message
    assert f"help: did you mean {meant}" in message


def test_an_unresolved_pointer_is_reported_with_the_nearest_one(tmp_path: Path) -> None:
    """Also in another file."""
    root = write(
        tmp_path, f"--- # openapi.yaml\n{get('{$ref: schemas.yaml#/Pett}')}--- # schemas.yaml\nPet: {{type: object}}\n"
    )
    assert "did you mean #/Pet?" in rejection(root)


@pytest.mark.parametrize("ref", ["schemas/", "/schemas/Pet.yaml", "empty.yaml", "https://[x/y"])
def test_unsuitable_targets_are_rejected(tmp_path: Path, ref: str) -> None:
    """Folders, files outside, empty files and invalid addresses."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "empty.yaml").write_text("", "utf-8")
    assert ["error"] == [
        each.severity for each in findings(write(tmp_path, f"--- # openapi.yaml\n{get(f'{{$ref: {ref!r}}}')}"))
    ]


def test_a_syntax_error_in_another_file_has_its_line(tmp_path: Path) -> None:
    """And the reference to that file."""
    broken = "type: object\nproperties:\n  id: {type: integer\n  name: x\n"
    text = f"--- # openapi.yaml\n{get('{$ref: Pet.yaml}')}--- # Pet.yaml\n{broken}"
    (found,) = findings(write(tmp_path, text))
    assert found.location is not None
    assert (str(tmp_path / "Pet.yaml"), 4) == (found.location.file, found.location.line)
    assert f"referred to from {tmp_path / 'openapi.yaml'}:5" in found.message


@pytest.mark.parametrize("place", ["pathItem", "operation", "schema"])
def test_a_reference_cycle_is_reported_with_its_files(tmp_path: Path, place: str) -> None:
    """In the order of the references."""
    paths = {
        "pathItem": "paths: {/a: {$ref: a.yaml}}\n",
        "operation": "paths: {/a: {get: {$ref: a.yaml}}}\n",
        "schema": get("{$ref: a.yaml}"),
    }
    text = f"--- # openapi.yaml\n{paths[place]}--- # a.yaml\n$ref: b.yaml\n--- # b.yaml\n$ref: a.yaml\n"
    (found,) = findings(write(tmp_path, text))
    assert f"{tmp_path}/a.yaml -> {tmp_path}/b.yaml -> {tmp_path}/a.yaml" in found.message


def test_files_may_refer_to_each_other(tmp_path: Path) -> None:
    """Schemas that refer to each other across files, and back into the document, are one set of models."""
    text = f"""--- # openapi.yaml
{get("{$ref: a.yaml#/Node}")}components:
  schemas: {{Leaf: {{type: object, properties: {{up: {{$ref: a.yaml#/Node}}}}}}}}
--- # a.yaml
Node:
  type: object
  properties:
    next: {{$ref: b.yaml}}
    self: {{$ref: "#/Node"}}
    leaf: {{$ref: "openapi.yaml#/components/schemas/Leaf"}}
--- # b.yaml
type: object
properties: {{back: {{$ref: a.yaml#/Node}}, whole: {{$ref: "#"}}}}
"""
    assert ["Leaf", "Node", "b"] == sorted(facts(write(tmp_path, text))["components"]["schemas"])


@pytest.mark.parametrize("mapping", [False, True])
def test_a_pointer_of_a_part_may_mean_the_document(tmp_path: Path, mapping: bool) -> None:
    """`#/components/..` in a file without components means the document, with a warning."""
    union = """oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
discriminator: {propertyName: kind, mapping: {c: '#/components/schemas/Cat', d: '#/components/schemas/Dog'}}
"""
    one = "type: array\nitems: {$ref: '#/components/schemas/Cat'}\n"
    kinds = "type: object, required: [kind], properties: {kind: {type: string}}"
    text = f"""--- # openapi.yaml
{get("{$ref: Any.yaml}")}components: {{schemas: {{Cat: {{{kinds}}}, Dog: {{{kinds}}}}}}}
--- # Any.yaml
{union if mapping else one}"""
    found = normalized(write(tmp_path, text))
    assert {"bad-ref"} == {each.code for each in found.warnings}
    assert "resolved in openapi.yaml" in found.warnings[0].message
    if mapping:
        assert {"c": "#/components/schemas/Cat", "d": "#/components/schemas/Dog"} == found.data["components"][
            "schemas"
        ]["Any"]["discriminator"]["mapping"]


def test_an_unresolved_local_pointer_is_reported_with_its_file(tmp_path: Path) -> None:
    """It refers to the root of that file."""
    root = write(
        tmp_path,
        f"--- # openapi.yaml\n{get('{$ref: a.yaml}')}--- # a.yaml\nitems: {{$ref: '#/components/schemas/No'}}\n",
    )
    assert "'#' is the root of the file that contains the reference" in rejection(root)


def test_a_chain_is_named_after_its_beginning(tmp_path: Path) -> None:
    """A model has the document's name for it, not that of the last file."""
    chain = "Pet: {$ref: '#/defs/P'}\ndefs: {P: {$ref: b.yaml#/x/P}}\n"
    text = f"--- # openapi.yaml\n{get('{$ref: a.yaml#/Pet}')}--- # a.yaml\n{chain}"
    root = write(tmp_path, f"{text}--- # b.yaml\nx: {{P: {{type: object, properties: {{id: {{type: integer}}}}}}}}\n")
    assert ["Pet"] == list(facts(root)["components"]["schemas"])


def test_an_inline_schema_of_a_media_type_elsewhere_has_a_name(tmp_path: Path) -> None:
    """It is the same name as if the media type were inline."""
    inline = "{schema: {type: object, required: [id], properties: {id: {type: integer}}}}"

    def document(media: str) -> str:
        response = f"{{description: ok, content: {{application/json: {media}}}}}"
        return f"--- # openapi.yaml\npaths: {{/a: {{get: {{operationId: getA, responses: {{'200': {response}}}}}}}}}\n"

    here = facts(write(tmp_path / "here", document(inline)))
    there = facts(write(tmp_path / "there", f"{document('{$ref: media.yaml}')}--- # media.yaml\n{inline}\n"))
    local_ref = "{$ref: '#/x-part'}"
    local = facts(write(tmp_path / "local", f"{document(local_ref)}x-part: {inline}\n"))
    local.pop("x-part", None)
    assert here == there == local
    assert ["GetAResponse"] == list(here["components"]["schemas"])
