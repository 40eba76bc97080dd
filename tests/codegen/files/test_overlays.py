"""Overlays that name their document, and several overlays for one document."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from specwire_codegen.cli.running import run
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.document import Document
from specwire_codegen.files.access import Access
from specwire_codegen.files.load import load
from specwire_codegen.generate import document_of
from specwire_codegen.project import single

DOCUMENT = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {get: {operationId: getA, responses: {'200': {$ref: 'parts.yaml#/ok'}}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a document of two files."""
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    (tmp_path / "parts.yaml").write_text("ok: {description: ok}\n")
    return tmp_path


def overlay(path: Path, title: str, extends: str | None = None) -> Path:
    """Write an overlay that appends to the description and sets the title."""
    path.parent.mkdir(exist_ok=True)
    line = f"extends: {json.dumps(extends)}\n" if extends is not None else ""
    actions = f"[{{target: $, update: {{info: {{title: {title}}}, tags: [{{name: {title}}}]}}}}]"
    path.write_text(f"overlay: 1.1.0\ninfo: {{title: o, version: '1'}}\n{line}actions: {actions}\n")
    return path


def named(document: Document) -> list[str]:
    """Return the names of a document's tags."""
    return [tag["name"] for tag in document.data.get("tags", [])]


def trail(path: Path, *more: Path) -> list[str]:
    """Return the overlays that were applied to a document on the way to a client, in order."""
    target = attrs.evolve(single(path, "x", path.parent), overlays=more)
    document, _ = document_of(target)
    return [document.data["info"]["title"], *named(document)]


def test_an_overlay_is_generated_from_the_document_that_it_extends(folder: Path) -> None:
    """References lead from the document's own folder; the overlay may be in another one."""
    overlay(folder / "ours" / "b.yaml", "B", "../openapi.yaml")
    document = load(folder / "ours" / "b.yaml", Access(within=(folder,)))
    assert ("B", ["B"]) == (document.data["info"]["title"], named(document))
    assert "$ref" not in document.data["paths"]["/a"]["get"]["responses"]["200"]
    assert str(folder / "ours" / "b.yaml") in document.dependencies
    assert {"openapi.yaml", "parts.yaml"} <= {Path(each).name for each in document.dependencies}


def test_overlays_extend_overlays(folder: Path) -> None:
    """The one at the end of the chain is applied first."""
    overlay(folder / "first.yaml", "A", "openapi.yaml")
    overlay(folder / "second.yaml", "B", "./first.yaml")
    last = overlay(folder / "third.yaml", "C", "second.yaml")
    assert ["A", "B", "C"] == named(load(last))


@pytest.mark.parametrize(
    ("extends", "text"),
    [
        ("none.yaml", "the overlay extends 'none.yaml', which cannot be read"),
        ("/etc/hosts", "the overlay extends '/etc/hosts', which cannot be read"),
        ("https://host.test/a.yaml", "the overlay extends 'https://host.test/a.yaml', which cannot be read"),
        ("first.yaml", "overlays extend each other"),
        ("second.yaml", "overlays extend each other"),
    ],
)
def test_an_overlay_that_extends_nothing_readable_is_an_error(folder: Path, extends: str, text: str) -> None:
    """The place is that of `extends`; an overlay reads only what a document may read."""
    overlay(folder / "first.yaml", "A", extends)
    overlay(folder / "second.yaml", "B", "first.yaml")
    with pytest.raises(DiagnosticError) as raised:
        load(folder / "first.yaml")
    (found,) = raised.value.diagnostics
    assert ("overlay-extends", text) == (found.code, found.message)
    assert found.location is not None and found.location.pointer == "/extends"


def test_an_overlay_beside_the_document_is_applied_after_what_it_extends(folder: Path) -> None:
    """An overlay that names the document, or none, is applied alone; one that names an overlay follows it."""
    path = folder / "openapi.yaml"
    overlay(folder / "overlay.yaml", "A", "openapi.yaml")
    assert ["A", "A"] == trail(path)
    overlay(folder / "overlay.yaml", "A", "https://host.test/original.yaml")
    assert ["A", "A"] == trail(path)
    overlay(folder / "base.yaml", "B")
    overlay(folder / "overlay.yaml", "A", "base.yaml")
    assert ["A", "B", "A"] == trail(path)
    assert ["C", "C"] == trail(overlay(folder / "other.yaml", "C", "openapi.yaml"))


def test_an_overlay_for_another_document_is_a_warning(folder: Path) -> None:
    """It is applied, and reported."""
    (folder / "other.yaml").write_text(DOCUMENT)
    overlay(folder / "overlay.yaml", "A", "other.yaml")
    _, warnings = document_of(single(folder / "openapi.yaml", "x", folder))
    assert ["the overlay extends 'other.yaml', and is applied to openapi.yaml"] == [
        each.message for each in warnings if each.code == "overlay-extends"
    ]


def test_client_toml_names_several_overlays(folder: Path) -> None:
    """They are applied in order, instead of `overlay.yaml`, and before those of the command line."""
    path = folder / "openapi.yaml"
    overlay(folder / "overlay.yaml", "A")
    overlay(folder / "ours" / "b.yaml", "B")
    last = overlay(folder / "c.yaml", "C")
    assert ["C", "A", "C"] == trail(path, last)
    (folder / "client.toml").write_text('[client]\noverlays = ["ours/b.yaml", "overlay.yaml"]\n')
    assert ["A", "B", "A"] == trail(path)
    assert ["C", "B", "A", "C"] == trail(path, last)
    (folder / "client.toml").write_text('overlays = "ours/b.yaml"\n')
    assert ["B", "B"] == trail(path)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("overlays = 5", "bad-value"),
        ("overlays = [5]", "bad-value"),
        ('overlays = ["none.yaml"]', "no-such-file"),
        ('overlays = ["/etc/o.yaml"]', "overlay-not-allowed"),
        ('overlays = [".hidden/o.yaml"]', "overlay-not-allowed"),
    ],
)
def test_overlays_of_client_toml_are_checked(folder: Path, line: str, code: str) -> None:
    """`client.toml` opens nearby files that are not hidden; the command line can open others."""
    (folder / "client.toml").write_text(f"[client]\n{line}\n")
    with pytest.raises(DiagnosticError) as raised:
        trail(folder / "openapi.yaml")
    assert code in {each.code for each in raised.value.diagnostics}


def test_the_command_line_takes_overlays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--overlay` may be repeated, and a changed overlay makes the package out of date."""
    first, second = overlay(folder / "b.yaml", "B"), overlay(folder / "c.yaml", "C")
    arguments = [str(folder / "openapi.yaml"), "--package", "x", "-o", str(folder / "out")]
    arguments += ["--overlay", str(first), "--overlay", str(second)]
    assert 0 == run(["generate", *arguments])
    assert "C" in (folder / "out/x/client.py").read_text().splitlines()[0]
    assert 0 == run(["check", *arguments])
    assert 1 == run(["check", *arguments[:-2]])
    overlay(second, "D")
    assert 1 == run(["check", *arguments])
    capsys.readouterr()
