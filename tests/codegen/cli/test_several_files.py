"""Documents in several files: the result, and when it is generated again."""

from __future__ import annotations

from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from tests.support.command_line import exit_code

SPEC = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
paths:
  /orders: {$ref: paths/orders.yaml}
  /parcels:
    get:
      operationId: listParcels
      tags: [parcels]
      responses: {'200': {description: Parcels., content: {application/json: {schema: {$ref: 'a/names.yaml#/Parcel'}}}}}
"""
ORDERS = """\
get:
  operationId: listOrders
  tags: [orders]
  responses: {'200': {description: Orders., content: {application/json: {schema: {$ref: '../b/names.yaml#/Order'}}}}}
"""
OVERLAY = """\
overlay: 1.0.0
info: {title: Better, version: '1'}
actions: [{target: $.info, update: {title: Store}}]
"""
CONFIG = """\
[operations]
listOrders = "orders.all"
listParcels = "parcels.all"

[models]
Order = "Purchase"
Parcel = "Package"
"""


class Quiet(SimpleHTTPRequestHandler):
    """Server of files without a log."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    texts = {
        "spec.yaml": SPEC,
        "overlay.yaml": OVERLAY,
        "client.toml": CONFIG,
        "paths/orders.yaml": ORDERS,
        "a/names.yaml": "Parcel: {type: object, properties: {size: {type: integer}}}\n",
        "b/names.yaml": "Order: {type: object, properties: {total: {type: integer}}}\n",
    }
    for name, text in texts.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path / "shop")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "shop"


def generate(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Run `specwire generate` and return its output."""
    code = exit_code("generate", "spec.yaml", "--package", "shop", "-o", "out", *options)
    captured = capsys.readouterr()
    assert 0 == code, captured.err
    return captured.out


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("spec.yaml", "Parcels.", "All."),
        ("overlay.yaml", "Store", "Stall"),
        ("client.toml", "orders.all", "orders.every"),
        ("paths/orders.yaml", "Orders.", "All."),
        ("a/names.yaml", "size", "weight"),
        ("b/names.yaml", "total", "sum"),
    ],
)
def test_a_change_in_any_file_generates_again(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str
) -> None:
    """A run is skipped only if no file that was read changed, at any depth."""
    generate(capsys)
    assert "unchanged" in generate(capsys)
    path = folder / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert "unchanged" not in generate(capsys)
    assert "unchanged" in generate(capsys)


@pytest.mark.parametrize("part", [("--only-operations", "listOrders"), ("--only-tags", "orders")])
def test_a_part_of_a_document_ignores_names_of_other_parts(
    folder: Path, capsys: pytest.CaptureFixture[str], part: tuple[str, str]
) -> None:
    """Its operations may be in other files."""
    generate(capsys, *part)
    models = (folder / "out/shop/models/__init__.py").read_text("utf-8")
    assert "class Purchase(" in models
    assert "Package" not in models
    assert "def all(" in (folder / "out/shop/operations/orders.py").read_text("utf-8")


def test_remote_documents_are_always_generated_again(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """No secret of their address is cached."""
    with HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder / "a"))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/names.yaml?token=hidden"
        (folder / "spec.yaml").write_text(SPEC.replace("a/names.yaml", address), "utf-8")
        generate(capsys, "--allow-remote")
        (folder / "a/names.yaml").write_text("Parcel: {type: object, properties: {weight: {type: integer}}}\n", "utf-8")
        generate(capsys, "--allow-remote")
        server.shutdown()
    assert "weight: int" in (folder / "out/shop/models/__init__.py").read_text("utf-8")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != folder / "spec.yaml"]
    assert [] == [path for path in written if b"hidden" in path.read_bytes()]
    assert not (folder / ".ruff_cache").exists()


def test_other_options_generate_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A strict run always checks for warnings."""
    (folder / "client.toml").unlink()
    (folder / "spec.yaml").write_text(SPEC.replace("a/names.yaml", "https://names.test/names.yaml"), "utf-8")
    generate(capsys)
    assert "unchanged" in generate(capsys)
    copies = ("--ref", "https://names.test=a")
    assert "unchanged" not in generate(capsys, *copies)
    assert "class Parcel(" in (folder / "out/shop/models/__init__.py").read_text("utf-8")
    assert "unchanged" in generate(capsys, *copies)
    assert "unchanged" not in generate(capsys, *copies, "--strict")
