"""Selection of operations: path items are followed before their operations are chosen."""

from __future__ import annotations

from typing import Any

import pytest
from specwire_codegen.documents.document import Document
from specwire_codegen.documents.filter import select


def selected(paths: dict[str, Any], *ids: str) -> Any:
    """Return the paths of a document with these operations only."""
    return select(Document({"openapi": "3.1.0", "paths": paths}, "spec.json"), (), ids).data["paths"]


def test_an_operation_of_a_referenced_path_item_is_found() -> None:
    """Through several references; fields next to a reference take precedence."""
    one = {"get": {"operationId": "one"}, "put": {"operationId": "two"}}
    paths = {"/a": one, "/b": {"$ref": "#/paths/~1a", "summary": "b"}, "/c": {"$ref": "#/paths/~1b"}}
    found = selected(paths, "one")
    assert ["/a", "/b", "/c"] == list(found)
    assert {"summary": "b", "get": {"operationId": "one"}} == found["/c"]


@pytest.mark.parametrize("target", ["#/paths/~1b", "#/paths/~1a", "#/paths/~1gone", "#/x"])
def test_references_that_lead_nowhere_end(target: str) -> None:
    """Circles and missing targets have no operations, and do not prevent that others are chosen."""
    paths = {"/a": {"$ref": target}, "/b": {"$ref": "#/paths/~1a"}, "/c": {"get": {"operationId": "one"}}}
    assert {"/c": paths["/c"]} == selected(paths, "one")
