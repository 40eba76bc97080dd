"""Passes of normalization: their order, what they need, and the document after each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from specwire_codegen.documents.document import Document
from specwire_codegen.files.load import load
from specwire_codegen.normalize import normalize
from specwire_codegen.normalize.passes import PASSES

from tests.support.command_line import exit_code

DOCUMENT = """
swagger: "2.0"
info: {title: Pets, version: "1"}
paths:
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, type: string}]
      responses: {"200": {description: A pet., schema: {type: object, properties: {name: {type: string}}}}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a document in an older version of the format."""
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT)
    return path


def test_every_pass_has_a_unique_name_and_follows_its_needs() -> None:
    """The order of the table is one that the needs allow."""
    seen: set[str] = set()
    for each in PASSES:
        assert each.name not in seen
        assert set(each.needs) <= seen, f"{each.name} comes before what it needs"
        seen.add(each.name)
    assert len(seen) > 30


def test_the_document_can_be_seen_after_each_pass(file: Path) -> None:
    """It has no private keys, and the last pass returns the canonical document."""
    document = load(file)
    seen = [normalize(document, after=each.name).data for each in PASSES]
    assert all("\\u0000" not in json.dumps(data) for data in seen)
    assert "openapi" in seen[0]
    assert normalize(document).data == seen[-1]


def test_normalizing_again_changes_nothing(file: Path) -> None:
    """The canonical form of the canonical document is the document itself."""
    once = normalize(load(file)).data
    assert once == normalize(Document(once, file.as_posix())).data


def test_the_command_line_prints_the_document_after_a_pass(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`dump-ir --after` prints JSON; an unknown pass is an error that lists the passes."""
    assert 0 == exit_code("dump-ir", str(file), "--after", "hoist")
    assert {"GetPetResponse"} <= json.loads(capsys.readouterr().out)["components"]["schemas"].keys()
    assert 2 == exit_code("dump-ir", str(file), "--after", "hoists")
    assert "unknown pass 'hoists': take one of swagger2, lengths" in capsys.readouterr().err
