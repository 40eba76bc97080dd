"""Inference of downloads: files that a document declares as JSON strings, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize import Normalized, normalize
from specwire_codegen.normalize.guess import Inference

TEXT = {"type": "string"}
BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def normalized(path: str, content: Any, stated: Any = None, inference: Inference | None = None) -> Normalized:
    """Return a document with one GET, normalized."""
    response = {"description": "ok", **({"content": content} if content is not None else {})}
    key = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    operation: dict[str, Any] = {"operationId": "read", "parameters": [key], "responses": {"200": response}}
    operation |= {} if stated is None else {"x-specwire-download": stated}
    data = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {path: {"get": operation}}}
    return normalize(Document(data, "t.yaml"), inference=inference or Inference())


def content_of(found: Normalized) -> Any:
    """Return the content of the response."""
    item = next(iter(found.data["paths"].values()))
    return item["get"]["responses"]["200"].get("content")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/files/{id}/content", {"application/json": {"schema": TEXT}}),
        ("/files/{id}/content", {"application/json": {"schema": {**TEXT, "description": "The file."}}}),
        ("/v1/input-files/{id}/download", {"application/octet-stream": {"schema": TEXT}}),
        ("/containers/{id}/content", None),
        ("/reports/{id}/download", None),
    ],
)
def test_a_file_is_downloaded(path: str, content: Any) -> None:
    """By its path, and a response that can be anything; normalizing it again changes nothing."""
    found = normalized(path, content)
    assert content_of(found) == BINARY
    assert [(one.kind, one.certain, one.applied) for one in found.guesses] == [("downloads", True, True)]
    assert "downloads" in next(iter(found.data["paths"].values()))["get"]["x-specwire-inferred"]
    again = normalize(Document(found.data, "t.json"), inference=Inference())
    assert again.data == found.data and not again.guesses


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/pages/{id}/content", {"application/json": {"schema": TEXT}}),
        ("/files/{id}/name", {"application/json": {"schema": TEXT}}),
        ("/files/{id}/content", {"application/json": {"schema": {**TEXT, "enum": ["a", "b"]}}}),
        ("/files/{id}/content", {"application/json": {"schema": {**TEXT, "format": "uri"}}}),
        ("/files/{id}/content", {"application/json": {"schema": {"type": "object", "properties": {"url": TEXT}}}}),
        ("/files/{id}/content", {"text/plain": {"schema": TEXT}}),
        ("/files/content/{id}", {"application/json": {"schema": TEXT}}),
        ("/jobs/{id}/ping", None),
    ],
)
def test_what_may_be_a_string_is_left_alone(path: str, content: Any) -> None:
    """A wrong guess is worse than none."""
    found = normalized(path, content)
    assert content_of(found) != BINARY and not found.guesses


def test_it_is_stated_and_switched_off_by_one_line() -> None:
    """In the document, an overlay, or `client.toml`."""
    json_text = {"application/json": {"schema": TEXT}}
    stated = normalized("/jobs/{id}/log", json_text, True)
    assert content_of(stated) == BINARY
    pdf = normalized("/jobs/{id}/log", json_text, {"media_type": "application/pdf"})
    assert [*content_of(pdf)] == ["application/pdf"]
    assert [*content_of(normalized("/files/{id}/content", json_text, False))] == [*json_text]
    off = normalized("/files/{id}/content", json_text, inference=Inference(off=frozenset({"downloads"})))
    assert [*content_of(off)] == [*json_text] and [one.applied for one in off.guesses] == [False]
