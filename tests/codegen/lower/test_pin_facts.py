"""Pins of operations: every kind of body and response is pinned, so that no change is missed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.overrides.pins import pin_of
from specwire_codegen.project import single

ORDER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "note": {"type": "string"}}}
JSON = {"application/json": {"schema": ORDER}}
EVENT = {"type": "object", "properties": {"data": {"contentMediaType": "application/json", "contentSchema": ORDER}}}


def pin(tmp_path: Path, body: dict[str, Any] | None = None, response: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the pin of an operation with this body and this response."""
    success: dict[str, Any] = {"description": "d", **({"content": response} if response is not None else {})}
    operation: dict[str, Any] = {"operationId": "op", "responses": {"200": success}}
    if body is not None:
        operation["requestBody"] = body
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"post": operation}}}
    (tmp_path / "t.json").write_text(json.dumps(document), "utf-8")
    target = single(tmp_path / "t.json", "t", tmp_path)
    return pin_of(api_of(target, document_of(target)[0]).operations)


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("content", "pinned"),
    [
        (JSON, {"application/json": {"id": "str, required", "note": "str, optional"}}),
        (
            {"application/json": {"schema": {"type": "array", "items": {"type": "integer"}}}},
            {"application/json": "list[int], {}"},
        ),
        ({"application/octet-stream": {}}, {"application/octet-stream": "{}"}),
        ({"image/png": {"schema": {"type": "string", "format": "binary"}}}, {"image/png": "{}"}),
        ({"text/plain": {"schema": {"type": "string"}}}, {"text/plain": "{}"}),
        (
            {"application/jsonl": {"itemSchema": {"type": "integer"}}},
            {"application/jsonl": "int, one after the other, {}"},
        ),
        (
            {"application/x-www-form-urlencoded": {"schema": ORDER}},
            {"application/x-www-form-urlencoded": {"id": "str, required", "note": "str, optional"}},
        ),
    ],
    ids=lambda value: next(iter(value)),
)
def test_the_body_is_pinned(tmp_path: Path, content: dict[str, Any], pinned: dict[str, Any], required: bool) -> None:
    """Media type, members, and whether it is required."""
    found = pin(tmp_path, {"required": required, "content": content})["body"]
    (media,) = pinned
    if isinstance(pinned[media], str):
        assert {media: pinned[media].format("required" if required else "optional")} == found
    else:
        assert [media] == list(found) and pinned[media].keys() == found[media].keys()
        assert not required or pinned == found


@pytest.mark.parametrize(
    ("content", "pinned"),
    [
        (None, {"nothing": "nothing"}),
        ({"application/json": {"schema": {"type": "integer"}}}, {"application/json": "int"}),
        ({"application/octet-stream": {}}, {"application/octet-stream": "bytes"}),
        ({"text/plain": {"schema": {"type": "string"}}}, {"text/plain": "text"}),
        ({"text/event-stream": {"itemSchema": EVENT}}, {"text/event-stream": "events of "}),
    ],
    ids=lambda value: "nothing" if value is None else next(iter(value)),
)
def test_the_response_is_pinned(tmp_path: Path, content: dict[str, Any] | None, pinned: dict[str, str]) -> None:
    """Media type and type, also of files and empty responses."""
    found = pin(tmp_path, response=content)["responses"]
    ((media, text),) = pinned.items()
    assert [media] == list(found)
    assert text == found[media] if not text.endswith(" ") else found[media].startswith(text)


def variants() -> Iterator[dict[str, Any]]:
    """Yield operations that differ in one fact each."""
    yield {}
    yield {"body": {"content": {"text/plain": {"schema": {"type": "string"}}}}}
    yield {"body": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}}
    yield {"body": {"content": {"application/octet-stream": {}}}}
    yield {"body": {"content": {"application/jsonl": {"itemSchema": {"type": "integer"}}}}}
    yield {"body": {"content": {"application/jsonl": {"itemSchema": {"type": "string"}}}}}
    yield {"response": {"text/plain": {"schema": {"type": "string"}}}}
    yield {"response": {"application/octet-stream": {}}}
    yield {"response": {"application/json": {"schema": {"type": "integer"}}}}
    yield {"response": {"application/json": {"schema": {"type": "string"}}}}


def test_different_operations_have_different_pins(tmp_path: Path) -> None:
    """Each fact changes the pin."""
    found = [json.dumps(pin(tmp_path, **each), sort_keys=True) for each in variants()]
    assert len(found) == len(set(found))
