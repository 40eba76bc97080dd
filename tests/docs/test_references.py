"""The reference pages of extensions and of `client.toml` are complete, and their examples are valid."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from specwire_codegen.diagnostics import Diagnostic, DiagnosticError
from specwire_codegen.generate import document_of
from specwire_codegen.incremental import generate
from specwire_codegen.project import single

from tests.docs.pages import Block, blocks
from tests.support.paths import ROOT

EXTENSIONS = "docs/extensions.md"
EXAMPLES = [block for block in blocks(EXTENSIONS) if block.language == "yaml"]
SETTINGS = "docs/client-toml.md"


def placed(block: Block) -> dict[str, Any]:
    """Return a document with the example at the place that its first line names."""
    place = block.text.splitlines()[0]
    stated = yaml.safe_load(block.text)
    media: dict[str, Any] = {"schema": {"type": "object", "additionalProperties": True}}
    operation: dict[str, Any] = {"operationId": "example"}
    document: dict[str, Any] = {"openapi": "3.2.0", "info": {"title": "Example", "version": "1"}}
    file = {"name": "file", "in": "path", "required": True, "schema": {"type": "string"}}
    places = {"# document": document, "# operation": operation, "# media type": media}
    property_: dict[str, Any] = {"type": "string"}
    media["schema"]["properties"] = {"example": property_}
    places |= {"# path parameter": file, "# parameter": file, "# property": property_}
    target = places[place]
    target |= stated
    kind = "text/event-stream" if place == "# media type" else "application/json"
    names = ("page", "page_size", "after", "limit", "offset", "per_page")
    query = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    operation["parameters"] = [file, *query]
    operation["responses"] = {"200": {"description": "Good.", "content": {kind: media}}}
    return document | {"paths": {"/example/{file}": {"post": operation}}}


def errors(document: dict[str, Any], folder: Path) -> list[Diagnostic]:
    """Return the errors that a document has."""
    spec = folder / "example.yaml"
    spec.write_text(yaml.safe_dump(document))
    try:
        document_of(single(spec, "example", folder))
    except DiagnosticError as error:
        return [each for each in error.diagnostics if each.severity == "error"]
    return []


def listed(advice: str | None) -> set[str]:
    """Return the names that the help of an error lists."""
    found = re.search(r"[\w-]+(?:, [\w-]+)*$", advice or "")
    return set(found[0].split(", ")) if found else set()


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: f"line {block.line}")
def test_an_example_of_an_extension_is_valid(block: Block, tmp_path: Path) -> None:
    """Copying it gives no error."""
    assert [] == errors(placed(block), tmp_path)


NESTED = {"x-specwire-stream", "x-specwire-pagination", "x-specwire-polling", "x-specwire-retry"}
"""Extensions that have members."""
NESTED_EXAMPLES = [(block, name) for block in EXAMPLES for name in sorted(NESTED & yaml.safe_load(block.text).keys())]


def test_every_extension_with_members_has_an_example() -> None:
    """The following tests cover all of them."""
    assert NESTED == {name for _, name in NESTED_EXAMPLES}


@pytest.mark.parametrize(("block", "name"), NESTED_EXAMPLES, ids=lambda each: str(getattr(each, "line", each)))
def test_every_member_of_an_extension_is_explained(block: Block, name: str, tmp_path: Path) -> None:
    """The generator lists the members that it knows; the page has an example of each."""
    explained = set(re.findall(r"\b(\w+):", "".join(each.text for each in EXAMPLES)))
    stated = yaml.safe_load(block.text)
    stated[name]["qqqqqq"] = 1
    place = block.text.splitlines()[0]
    document = placed(block._replace(text=f"{place}\n{yaml.safe_dump(stated)}"))
    found = [each.help for each in errors(document, tmp_path) if each.code == "unknown-extension-member"]
    assert found and set() < listed(found[0]) <= explained


def test_every_extension_is_explained(tmp_path: Path) -> None:
    """The generator lists the extensions that it knows; each has its name on the page."""
    document = placed(EXAMPLES[0]) | {"x-specwire-qqqqqqqqqqqqqqqq": 1}
    found = [each.help for each in errors(document, tmp_path) if each.code == "unknown-extension"]
    named = listed(found[0])
    assert len(named) > 5 and named <= set(re.findall(r"x-specwire-[\w-]+", (ROOT / EXTENSIONS).read_text("utf-8")))


def test_the_example_of_client_toml_names_a_client(tmp_path: Path) -> None:
    """It is valid for the petstore, and its names are those of the client."""
    (block,) = (block for block in blocks(SETTINGS) if block.language == "toml")
    (tmp_path / "client.toml").write_text(block.text)
    spec = tmp_path / "openapi.yaml"
    spec.write_bytes((ROOT / "examples/petstore.yaml").read_bytes())
    for overlay in tomllib.loads(block.text)["client"]["overlays"]:
        path = tmp_path / overlay
        path.parent.mkdir(exist_ok=True)
        path.write_text("overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions: [{target: $.info, update: {}}]\n")
    generate(single(spec, "petstore", tmp_path))
    written = (tmp_path / "petstore/api.md").read_text("utf-8")
    assert "client.pets.add(" in written


def test_every_key_of_client_toml_is_explained(tmp_path: Path) -> None:
    """The generator lists the keys that it knows; the example has each."""
    (block,) = (block for block in blocks(SETTINGS) if block.language == "toml")
    (tmp_path / "client.toml").write_text("[client]\nqqqqqq = 1\n")
    spec = tmp_path / "openapi.yaml"
    spec.write_bytes((ROOT / "examples/petstore.yaml").read_bytes())
    with pytest.raises(DiagnosticError) as raised:
        generate(single(spec, "petstore", tmp_path))
    known = listed(raised.value.diagnostics[0].help)
    assert len(known) > 3 and all(f"\n{key} = " in block.text for key in known)
