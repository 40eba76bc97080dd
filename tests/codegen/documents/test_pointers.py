"""JSON pointers: array indexes, and tokens that only look like one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.document import Document
from specwire_codegen.documents.overlay import apply
from specwire_codegen.files.load import load, load_overlay
from specwire_codegen.files.nearby import place as nearby
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.mock.document import pointers as mock_pointers
from specwire_codegen.normalize import normalize
from specwire_codegen.normalize.source_map import origin_at
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.project import single

DIGITS = st.sampled_from(["²", "٣", "१", "1" * 5000, "0" * 5000, "-1", "+1", "1.0", "1e0", " 1", "1_0", "x", ""])
"""Tokens that `str.isdigit` or `int` accept, and that are not valid array indexes."""
STEP = DIGITS | st.text(max_size=3)


@given(st.lists(STEP, max_size=4), STEP)
def test_no_pointer_token_raises(steps: list[str], token: str) -> None:
    """Every reader finds an item by its index, or finds nothing."""
    value: Any = [[1], {"a": [2]}, [[[3]]]]
    pointer = pointers.join("", *steps, token)
    try:
        pointers.get(value, pointer)
    except KeyError:
        assert nearby(value, pointer) != pointer
    pointers.unescaped(value, pointer)
    origin_at({"tags": value}, f"/tags{pointer}")
    mock_pointers.place(value, pointer, 0)


@pytest.mark.parametrize(("token", "index"), [("0", 0), ("7", 7), ("²", None), ("1" * 10, None), ("-1", None)])
def test_an_index_has_ascii_digits(token: str, index: int | None) -> None:
    """A superscript is a digit of Unicode, and not an index."""
    assert index == pointers.index(token)


BASE: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "T", "version": "1"},
    "paths": {},
    "tags": [{"name": "a"}],
}


@pytest.mark.parametrize("token", ["²", "1" * 5000])
def test_a_reference_with_an_invalid_index_is_reported(tmp_path: Path, token: str) -> None:
    """With its place."""
    get = {"parameters": [{"$ref": f"#/tags/{token}"}], "responses": {"204": {"description": "d"}}}
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({**BASE, "paths": {"/a": {"get": get}}}), "utf-8")
    try:
        found = normalize(load(spec)).warnings
    except DiagnosticError as error:
        found = error.diagnostics
    assert any(each.location is not None and each.location.pointer.startswith("/paths") for each in found)


def test_an_overlay_removes_a_name_that_looks_like_an_index(tmp_path: Path) -> None:
    """Removals are sorted by names and indexes."""
    spec, overlay = tmp_path / "spec.json", tmp_path / "overlay.yaml"
    spec.write_text(json.dumps({**BASE, "components": {"schemas": {"²": {}, "A": {}}}}), "utf-8")
    actions = "  - target: $.components.schemas.*\n    remove: true\n"
    overlay.write_text(f"overlay: 1.1.0\ninfo: {{title: o, version: '1'}}\nactions:\n{actions}", "utf-8")
    changed: Document = apply(load(spec), load_overlay(overlay))
    assert {} == changed.data["components"]["schemas"]


def test_pointers_of_extensions_are_unescaped(tmp_path: Path) -> None:
    """A name with a slash is written `~1` in each of them."""
    schema = {
        "type": "object",
        "properties": {"da/ta": {"type": "array", "items": {"type": "string"}}, "next/cursor": {"type": "string"}},
    }
    get = {
        "operationId": "list",
        "parameters": [{"name": "after", "in": "query", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "d", "content": {"application/json": {"schema": schema}}}},
        "x-specwire-pagination": {"style": "cursor", "cursor": "after", "items": "/da~1ta", "next": "/next~1cursor"},
    }
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({**BASE, "paths": {"/a": {"get": get}}}), "utf-8")
    target = single(str(spec), "sample", tmp_path)
    (operation,) = api_of(target, document_of(target)[0]).operations
    assert "next_cursor" in str(operation.pagination)
