"""Fields that take bytes or numbers as text, found once for all bodies of a document."""

from __future__ import annotations

from typing import Any

import pytest
from specwire_codegen.ir import Formats
from specwire_codegen.lower.encodings import Encodings

TEXT = {"type": "string"}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Bytes": {"type": "string", "format": "byte"},
    "Money": {"type": "object", "properties": {"amount": {"type": "string", "format": "decimal"}, "name": TEXT}},
    "Numbered": {"type": "object", "properties": {"amount": {"type": "number"}}},
    "Alias": {"$ref": "#/components/schemas/Bytes"},
    "Node": {
        "type": "object",
        "properties": {
            "left": {"$ref": "#/components/schemas/Leaf"},
            "picture": {"type": ["array"], "items": {"$ref": "#/components/schemas/Alias"}},
        },
    },
    "Leaf": {
        "type": "object",
        "properties": {"node": {"$ref": "#/components/schemas/Node"}, "price": {"$ref": "#/components/schemas/Money"}},
    },
    "Either": {"anyOf": [{"$ref": "#/components/schemas/Money"}, {"$ref": "#/components/schemas/Numbered"}]},
}


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("Bytes", Formats(base64=("",))),
        ("Alias", Formats(base64=("",))),
        ("Money", Formats(decimal=("amount",), number=("amount",))),
        ("Numbered", Formats()),
        ("Either", Formats(decimal=("amount",))),
        ("Node", Formats(base64=("picture",), decimal=("amount",), number=("amount",))),
        ("Leaf", Formats(base64=("picture",), decimal=("amount",), number=("amount",))),
        ("Missing", Formats()),
    ],
)
def test_fields_are_found_through_references_in_circles(root: str, expected: Formats) -> None:
    assert Encodings(SCHEMAS).formats_of([{"$ref": f"#/components/schemas/{root}"}]) == expected


def test_schemas_of_bodies_count_with_the_components_that_they_refer_to() -> None:
    encodings = Encodings(SCHEMAS)
    own: dict[str, Any] = {"type": "object", "properties": {"amount": {"type": "integer"}, "file": SCHEMAS["Bytes"]}}
    both: list[dict[str, Any] | bool] = [own, {"$ref": "#/components/schemas/Money"}, True]
    assert encodings.formats_of(both) == Formats(base64=("file",), decimal=("amount",))
    assert encodings.formats_of([own]) == Formats(base64=("file",))
    named = {"properties": {"key": {"$ref": "#/components/schemas/Alias"}}}
    assert encodings.formats_of([named]) == Formats(base64=("key",))
