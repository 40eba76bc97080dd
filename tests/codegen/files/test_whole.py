"""Documents that need no bundling: the short cut returns what bundling returns, and sees every way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.files import bundle
from specwire_codegen.files.layout import OPENAPI, SWAGGER, is_whole
from specwire_codegen.files.load import load

from tests.support.paths import ROOT

CASES = sorted((ROOT / "tests" / "cases").glob("positive/*/spec.*"))
WHOLE: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {"/pets": {"get": {"parameters": [{"$ref": "#/components/parameters/Size"}]}}},
    "components": {
        "parameters": {"Size": {"name": "size", "in": "query", "schema": {"$ref": "#/components/schemas/Size"}}},
        "schemas": {"Size": {"type": "integer"}, "Small": {"$ref": "#/components/schemas/Size"}},
    },
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_short_cut_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = load(path)
    monkeypatch.setattr(bundle, "is_whole", lambda data, layout: False)
    full = load(path)
    assert (quick.data, quick.dependencies, quick.findings) == (full.data, full.dependencies, full.findings)
    assert quick.locate("/info/title") == full.locate("/info/title")


def test_documents_with_references_to_their_own_components_are_whole() -> None:
    assert is_whole(WHOLE, OPENAPI)
    swagger = {"swagger": "2.0", "definitions": {"A": {"type": "object"}, "B": {"$ref": "#/definitions/A"}}}
    assert is_whole(swagger, SWAGGER)
    assert not is_whole({**swagger, "definitions": {"B": {"$ref": "#/definitions/A"}}}, SWAGGER)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "other.yaml"},
        {"$ref": "#/components/schemas/Missing"},
        {"$ref": "#/components/schemas/Size/properties/a"},
        {"$ref": "#/paths/~1pets"},
        {"$ref": "#/components/parameters/Size"},
        {"$ref": "#/components/schemas/Size", "summary": "S"},
        {"$ref": 1},
        {"$id": "https://example.com/size"},
        {"enum": [{"$ref": "#/components/schemas/Size"}]},
        {"x-more": {"$ref": "more.yaml"}},
        {"properties": {"$ref": {"type": "string"}}},
        {"<<": {"$ref": "more.yaml"}},
        {"examples": {"a": {"externalValue": "a.json"}}},
        {"oneOf": [], "discriminator": {"propertyName": "a", "mapping": {"a": "other.yaml"}}},
    ],
    ids=str,
)
def test_documents_with_other_references_are_not_whole(schema: dict[str, Any]) -> None:
    components = {**WHOLE["components"], "schemas": {**WHOLE["components"]["schemas"], "Other": schema}}
    assert not is_whole({**WHOLE, "components": components}, OPENAPI)
