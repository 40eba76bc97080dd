"""Verbs of the command line besides `generate`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from specwire_codegen.normalize.inference.infer import guesses_at

from tests.support.command_line import exit_code

SPEC = """\
openapi: 3.1.0
info: {title: Shop, version: '2', license: {name: MIT}}
paths:
  /orders:
    get:
      operationId: listOrders
      tags: [orders]
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: per_page, in: query, schema: {type: integer}}
      responses:
        '200': {description: A page., content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}
  /orders/{id}:
    get:
      operationId: getOrder
      tags: [orders]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: The order., content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  /ping:
    get: {operationId: ping, tags: [other], responses: {'204': {description: Pong.}}}
components:
  schemas:
    Order:
      type: object
      required: [id]
      properties: {id: {type: string}, status: {type: string, enum: [new, packed, completed, cancelled]}}
    Page:
      type: object
      required: [items]
      properties: {items: {type: array, items: {$ref: '#/components/schemas/Order'}}, total: {type: integer}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty project with a document next to it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "shop.yaml").write_text(SPEC, "utf-8")
    return tmp_path


def test_new_pins_the_document_and_writes_guesses(folder: Path) -> None:
    """A new provider has a pinned copy, names, and an overlay of guesses, and generates without changes."""
    assert 0 == exit_code("new", "shop", "--spec", "shop.yaml")
    overlay = yaml.safe_load((folder / "specs/shop/overlay.yaml").read_text("utf-8"))
    assert [
        (
            "x-specwire-pagination",
            {
                "items": "/items",
                "style": "page",
                "page": "page",
                "first": "unknown",
                "size": "per_page",
                "total": "/total",
            },
        ),
        (
            "x-specwire-polling",
            {
                "status": "/status",
                "success": ["completed"],
                "failure": ["cancelled"],
                "progress": ["new"],
                "lifecycle": ["new", "completed"],
            },
        ),
    ] == [next(iter(action["update"].items())) for action in overlay["actions"]]
    text = (folder / "specs/shop/overlay.yaml").read_text("utf-8")
    assert "not classified, so they raise an error when they occur: packed" in text
    assert 'orders.wait"' in (folder / "specs/shop/client.toml").read_text("utf-8")
    assert "MIT" in (folder / "specs/shop/source.toml").read_text("utf-8")
    assert 0 == exit_code("generate", "shop")
    orders = (folder / "generated/specwire_clients/shop/resources/orders.py").read_text("utf-8")
    assert "list = paginated(_orders.list_)" in orders
    assert "wait = workflow(_orders.wait)" in orders


@pytest.mark.parametrize(("ids", "named"), [(True, "listOrders"), (False, "get_orders")])
def test_explanations_name_the_operation(
    folder: Path, capsys: pytest.CaptureFixture[str], ids: bool, named: str
) -> None:
    """By its operationId, or by the one that it gets from method and path."""
    if not ids:
        (folder / "shop.yaml").write_text(re.sub(r"operationId: \w+,?", "", SPEC), "utf-8")
    assert 0 == exit_code("generate", "shop.yaml", "--package", "shop", "--explain")
    printed = " ".join(capsys.readouterr().out.split())
    assert f"inferred on {named}: x-specwire-pagination" in printed


def test_an_edited_copy_is_rejected(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pinned copy stays as fetched; corrections are overlays."""
    exit_code("new", "shop", "--spec", "shop.yaml")
    (folder / "specs/shop/openapi.yaml").write_text(SPEC.replace("Shop", "Stop"), "utf-8")
    assert 1 == exit_code("generate", "shop")
    assert "put corrections into overlay.yaml" in capsys.readouterr().err
    assert not (folder / "generated").exists()


def test_new_does_not_overwrite(folder: Path) -> None:
    """An existing provider is not changed."""
    assert 0 == exit_code("new", "shop", "--spec", "shop.yaml")
    assert 1 == exit_code("new", "shop", "--spec", "shop.yaml")
    assert 1 == exit_code("new", "../shop", "--spec", "shop.yaml")


def test_a_part_of_a_document(folder: Path) -> None:
    """Only the selected operations are generated, with the models that they need."""
    options = ("generate", "shop.yaml", "--package", "shop", "-o", "out")
    assert 0 == exit_code(*options, "--only-operations", "getOrder", "--only-tags", "other")
    assert "Page" not in (folder / "out/shop/models/__init__.py").read_text("utf-8")
    assert {"orders.py", "root.py", "__init__.py"} == {
        path.name for path in (folder / "out/shop/operations").glob("*.py")
    }
    assert 1 == exit_code(*options, "--only-tags", "nothing")
    assert 0 == exit_code(*options)
    assert "Page" in (folder / "out/shop/models/__init__.py").read_text("utf-8")


def test_dump_ir_is_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other programs can read it."""
    assert 0 == exit_code("dump-ir", "shop.yaml")
    dumped = json.loads(capsys.readouterr().out)
    assert ["listOrders", "getOrder", "ping"] == [operation["id"] for operation in dumped["operations"]]


def test_dump_ir_warns_like_generate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same warnings, and the same errors with --strict."""
    (folder / "shop.yaml").write_text(f"{SPEC}\nsecurity: [{{nobody: []}}]\n", "utf-8")
    assert 0 == exit_code("dump-ir", "shop.yaml")
    assert "unknown-security-scheme" in capsys.readouterr().err
    assert 1 == exit_code("dump-ir", "shop.yaml", "--strict")


@pytest.mark.parametrize("json_lines", [False, True])
def test_text_of_a_document_is_printed_unchanged(
    folder: Path, capsys: pytest.CaptureFixture[str], json_lines: bool
) -> None:
    """Emoji codes and markup have no effect."""
    (folder / "shop.yaml").write_text(SPEC.replace("#/components/schemas/Order'", ":x:[red]b[/red].yaml'"), "utf-8")
    options = ("--json",) if json_lines else ()
    assert 1 == exit_code("generate", "shop.yaml", "--package", "shop", *options)
    assert ":x:[red]b[/red].yaml" in capsys.readouterr().err


def test_diagnostics_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json each diagnostic is an object on a line of stderr."""
    (folder / "shop.yaml").write_text(SPEC.replace("#/components/schemas/Order'", "gone.yaml'"), "utf-8")
    assert 1 == exit_code("generate", "shop.yaml", "--package", "shop", "--json")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {"unresolved-ref"} == {line["code"] for line in lines}


def test_a_foreign_folder_is_not_overwritten(folder: Path) -> None:
    """Generating into it is rejected, and nothing changes."""
    (folder / "out/shop").mkdir(parents=True)
    (folder / "out/shop/mine.py").write_text("x = 1\n", "utf-8")
    assert 1 == exit_code("generate", "shop.yaml", "--package", "shop", "-o", "out")
    assert ["mine.py"] == [path.name for path in (folder / "out/shop").iterdir()]


def test_edited_and_foreign_files_stop_generate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both are named; --force discards edits, never foreign files."""
    options = ("generate", "shop.yaml", "--package", "shop", "-o", "out")
    assert 0 == exit_code(*options)
    client, mine = folder / "out/shop/client.py", folder / "out/shop/mine.py"
    written = client.read_text("utf-8")
    client.write_text("x = 1\n", "utf-8")
    mine.write_text("y = 2\n", "utf-8")
    capsys.readouterr()
    assert 1 == exit_code(*options)
    message = capsys.readouterr().err
    assert "error[edited-files] out/shop: generated files were edited: client.py" in message
    assert "error[foreign-files] out/shop: the folder contains files that specwire did not write: mine.py" in message
    assert ("x = 1\n", "y = 2\n") == (client.read_text("utf-8"), mine.read_text("utf-8"))
    assert 1 == exit_code(*options, "--force")
    mine.rename(folder / "mine.py")
    assert 0 == exit_code(*options, "--force")
    assert written == client.read_text("utf-8")


@pytest.mark.parametrize("text", ["", "{", "[]", "\udcff"])
def test_a_damaged_cache_is_ignored(folder: Path, text: str) -> None:
    """It only saves time."""
    options = ("generate", "shop.yaml", "--package", "shop", "-o", "out")
    assert 0 == exit_code(*options)
    for remembered in (folder / "cache/specwire").iterdir():
        remembered.write_text(text, "utf-8", errors="surrogateescape")
    assert 0 == exit_code(*options)
    for remembered in (folder / "cache/specwire").iterdir():
        assert json.loads(remembered.read_text("utf-8"))


def test_an_unwritable_cache_is_not_an_error(folder: Path) -> None:
    """Every run is complete then."""
    (folder / "cache").write_text("a file", "utf-8")
    options = ("generate", "shop.yaml", "--package", "shop", "-o", "out")
    assert 0 == exit_code(*options)
    assert 0 == exit_code(*options)


@pytest.mark.parametrize("package", ["Shop", "../x", "a-b", "class!"])
def test_a_package_name_must_be_an_identifier(folder: Path, package: str) -> None:
    """No name leads to another folder."""
    assert 1 == exit_code("generate", "shop.yaml", "--package", package)


def test_wrong_usage_is_exit_code_2(folder: Path) -> None:
    """For example an unknown verb."""
    assert 2 == exit_code("generat")


ARRAY = {"type": "array", "items": {"type": "object"}}
URI = {"type": ["string", "null"], "format": "uri"}


@pytest.mark.parametrize(
    ("query", "properties", "expected"),
    [
        (["page"], {"results": ARRAY, "next": URI}, {"style": "url", "items": "/results", "next": "/next"}),
        ([], {"data": ARRAY, "links": {"properties": {"next": {}}}}, None),
        ([], {"data": ARRAY, "links": {"properties": {"next": URI}}}, {"style": "url", "next": "/links/next"}),
        (
            ["size"],
            {"data": ARRAY, "_links": {"properties": {"next": {"properties": {"href": URI}}}}},
            {"next": "/_links/next/href"},
        ),
        (["cursor"], {"items": ARRAY, "next": {"type": "string"}}, {"style": "cursor", "next": "/next"}),
        (["offset"], {"items": ARRAY, "total": {"type": "integer"}}, {"style": "offset", "total": "/total"}),
        (["page"], {"items": ARRAY, "others": ARRAY, "next": {"type": "string"}}, {"style": "page", "items": "/items"}),
    ],
)
def test_pagination_by_next_url_is_inferred(
    query: list[str], properties: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    """A URL of the next page takes precedence over page numbers."""
    found = guessed(query, {"type": "object", "properties": properties}, {})
    assert found is None if expected is None else found is not None and expected.items() <= found.items()


def test_pagination_by_link_header_is_inferred() -> None:
    """An array with a `Link` header, and a paging parameter."""
    assert {"style": "link", "items": ""} == guessed(["per_page"], ARRAY, {"Link": {}})
    assert guessed(["per_page"], ARRAY, {}) is None
    assert guessed([], ARRAY, {"Link": {}}) is None


def guessed(query: list[str], schema: dict[str, Any], headers: dict[str, Any]) -> Mapping[str, Any] | None:
    response = {"headers": headers, "content": {"application/json": {"schema": schema}}}
    parameters = [{"name": name, "in": "query"} for name in query]
    operation = {"operationId": "list", "parameters": parameters, "responses": {"200": response}}
    return next((guess.value for guess in guesses_at("/x", "get", operation, {}, {})), None)
