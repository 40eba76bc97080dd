"""Each edit of a document is reported as what it means for users of the client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diff.compare import changes
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Api
from specwire_codegen.project import single

from .edits import DOCUMENT, EDITS, Edit, edited


def client_of(document: dict[str, Any], folder: Path) -> Api:
    """Return the client of a document."""
    folder.mkdir()
    spec = folder / "openapi.json"
    spec.write_text(json.dumps(document), "utf-8")
    target = single(spec, "shop", folder)
    found, _ = document_of(target)
    return api_of(target, found)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_reported_as_what_it_means(name: str, tmp_path: Path) -> None:
    """Severity, subject and text, and nothing else."""
    found = changes(client_of(DOCUMENT, tmp_path / "old"), client_of(edited(EDITS[name]), tmp_path / "new"))
    assert sorted(EDITS[name].expected) == sorted((change.severity, str(change)) for change in found)


def test_another_default_of_a_required_argument_is_risky(tmp_path: Path) -> None:
    """The client sends it if the argument is omitted."""

    def sized(size: int) -> dict[str, Any]:
        schema = {"type": "integer", "default": size}
        added = {"name": "size", "in": "query", "required": True, "schema": schema}
        return edited(Edit(lambda d: d["paths"]["/pets"]["get"]["parameters"].append(added), ()))

    old, new = sized(10), sized(20)
    (change,) = changes(client_of(old, tmp_path / "old"), client_of(new, tmp_path / "new"))
    assert ("risky", "client.pets.list(size=): the default is now 20, before 10") == (change.severity, str(change))
