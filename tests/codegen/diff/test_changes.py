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


WEBHOOK: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "state": {"type": "string", "enum": ["sold", "lost"]},
        "owner": {"$ref": "#/components/schemas/Owner"},
        "count": {"type": "integer"},
    },
}
SOLD = {"application/json": {"schema": {"$ref": "#/components/schemas/Sold"}}}


def moves_of_webhook(
    place: str, operation: dict[str, Any], change: dict[str, Any], tmp_path: Path
) -> list[tuple[str, str]]:
    """Return the changes of a client if properties change in the schema that a webhook or callback uses."""

    def served(schema: dict[str, Any]) -> dict[str, Any]:
        document = edited(EDITS["nothing"])
        document["components"]["schemas"]["Sold"] = schema
        if place == "webhook":
            document["webhooks"] = {"sold": {"post": operation}}
        else:
            document["paths"]["/pets"]["post"]["callbacks"] = {"sold": {"{$request.body#/url}": {"post": operation}}}
        return document

    moved = {**WEBHOOK, "properties": {**WEBHOOK["properties"], **change}}
    found = changes(client_of(served(WEBHOOK), tmp_path / "old"), client_of(served(moved), tmp_path / "new"))
    return [(each.severity, str(each)) for each in found]


@pytest.mark.parametrize("place", ["webhook", "callback"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"count": {"type": "string"}}, [("breaking", "models.Sold.count: int is now str")]),
        ({"count": {"type": ["integer", "null"]}}, [("risky", "models.Sold.count: int is now int | None")]),
        (
            {"state": {"type": "string", "enum": ["sold", "lost", "ill"]}},
            [("risky", 'models.SoldState: also Literal["ill"]')],
        ),
        ({"state": {"type": "string", "enum": ["lost", "sold"]}}, []),
        ({"more": {"type": "string"}}, [("safe", "models.Sold.more: added")]),
    ],
)
def test_the_payload_of_a_webhook_is_received(
    place: str, change: dict[str, Any], expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    """No operation returns it, and users parse it."""
    received = {"requestBody": {"content": SOLD}, "responses": {"204": {"description": "d"}}}
    assert expected == moves_of_webhook(place, received, change, tmp_path)


@pytest.mark.parametrize("place", ["webhook", "callback"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"count": {"type": "string"}}, [("breaking", "models.Sold.count: int is now str")]),
        ({"count": {"type": ["integer", "null"]}}, [("safe", "models.Sold.count: int is now int | None")]),
        (
            {"state": {"type": "string", "enum": ["sold"]}},
            [
                ("breaking", 'models.Sold.state: no longer Literal["lost"]'),
                ("breaking", "models.SoldState: removed"),
            ],
        ),
        (
            {"state": {"type": "string", "enum": ["sold", "lost", "ill"]}},
            [("safe", 'models.SoldState: also Literal["ill"]')],
        ),
        ({"more": {"type": "string"}}, [("safe", "models.Sold.more: added")]),
    ],
)
def test_the_response_to_a_webhook_is_sent(
    place: str, change: dict[str, Any], expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    """The user's receiver makes it, so a narrower type breaks it and a wider one does not."""
    responded = {"responses": {"200": {"description": "d", "content": SOLD}}}
    assert expected == moves_of_webhook(place, responded, change, tmp_path)


def test_a_field_that_a_response_to_a_webhook_must_have_breaks_receivers(tmp_path: Path) -> None:
    """The new key is one that existing receivers do not send."""

    def served(required: list[str]) -> dict[str, Any]:
        document = edited(EDITS["nothing"])
        document["components"]["schemas"]["Sold"] = {**WEBHOOK, "required": required}
        body = {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sold"}}}}
        document["webhooks"] = {"sold": {"post": {"responses": {"200": body}}}}
        return document

    found = changes(client_of(served(["id"]), tmp_path / "old"), client_of(served(["id", "count"]), tmp_path / "new"))
    assert [("breaking", "models.Sold.count: now required in requests")] == [(one.severity, str(one)) for one in found]


def test_a_model_of_requests_and_webhooks_is_received(tmp_path: Path) -> None:
    """What a webhook contains is received too, though requests alone contain it otherwise."""

    def served(phone: dict[str, Any]) -> dict[str, Any]:
        document = edited(EDITS["nothing"])
        document["components"]["schemas"]["Pet"]["properties"].pop("owner")
        document["components"]["schemas"]["Owner"]["properties"]["phone"] = phone
        document["components"]["schemas"]["Sold"] = WEBHOOK
        body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sold"}}}}
        document["webhooks"] = {"sold": {"post": {"requestBody": body, "responses": {"204": {"description": "d"}}}}}
        return document

    old, new = served({"type": "string"}), served({"type": ["string", "null"]})
    found = changes(client_of(old, tmp_path / "old"), client_of(new, tmp_path / "new"))
    assert [("risky", "models.Owner.phone: str is now str | None")] == [(one.severity, str(one)) for one in found]
