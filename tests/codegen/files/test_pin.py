"""Pinned documents of several files: `specwire new` copies every text, and nothing else is read afterwards."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.pin import read_pin

from tests.codegen.files.folder import get, ok, write
from tests.codegen.files.test_network import SEEN, Site, document
from tests.support.command_line import exit_code

PARTS = f"""--- # a/spec.yaml
paths:
  /pets: {{$ref: paths/pets.yaml}}
  /dogs: {{get: {{operationId: getDog, description: {{$ref: about.md}}, {ok('{$ref: "https://s.test/Dog.json"}')}}}}}
--- # a/paths/pets.yaml
get: {{operationId: getPet, {ok('{$ref: "../../common/Pet%20one.yaml"}')}}}
--- # a/about.md
About.
--- # common/Pet one.yaml
type: object
properties: {{root: {{$ref: "../a/spec.yaml#/components/schemas/Own"}}}}
--- # copies/Dog.json
{{"type": "object", "properties": {{"id": {{"type": "integer"}}}}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a document in several files, which is the working directory."""
    root = write(tmp_path, PARTS)
    root.write_text(
        root.read_text("utf-8") + "components: {schemas: {Own: {type: object, properties: {x: {type: integer}}}}}\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def pin(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pin the document, and return the folder of its provider."""
    words = ("--refs-within", "common", "--ref", "https://s.test=copies", "--root", "ws")
    assert 0 == exit_code("new", "acme", "--spec", "a/spec.yaml", *words)
    return Path("ws/specs/acme")


def test_every_file_is_pinned(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text is copied unchanged, with its layout, sources and digest."""
    provider = pin(monkeypatch)
    facts = tomllib.loads((provider / "source.toml").read_text("utf-8"))
    found = {part["file"]: part["sources"] for part in facts["parts"]}
    assert {
        "paths/pets.yaml": ["a/paths/pets.yaml"],
        "about.md": ["a/about.md"],
        "parts/common/Pet_one.yaml": ["common/Pet one.yaml"],
        "parts/copies/Dog.json": ["copies/Dog.json", "https://s.test/Dog.json"],
    } == found
    assert (folder / "a/spec.yaml").read_bytes() == (provider / "openapi.yaml").read_bytes()
    assert (folder / "common/Pet one.yaml").read_bytes() == (provider / "parts/common/Pet_one.yaml").read_bytes()
    assert str(folder) not in (provider / "source.toml").read_text("utf-8")


def test_all_verbs_work_on_the_pin_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source may be removed."""
    pin(monkeypatch)
    for name in ("a", "common", "copies"):
        shutil.rmtree(folder / name)
    assert 0 == exit_code("generate", "acme", "--root", "ws", "--strict")
    assert 0 == exit_code("check", "acme", "--root", "ws")
    assert 0 == exit_code("dump-ir", "acme", "--root", "ws")
    models = (folder / "ws/generated/specwire_clients/acme/models/__init__.py").read_text("utf-8")
    assert "class Own(" in models and "class Dog(" in models


@pytest.mark.parametrize("name", ["openapi.yaml", "paths/pets.yaml", "about.md", "parts/copies/Dog.json"])
@pytest.mark.parametrize("change", ["edited", "removed"])
def test_every_copy_is_checked(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, change: str) -> None:
    """An edited or missing copy is reported before anything is generated."""
    path = pin(monkeypatch) / name
    if change == "edited":
        path.write_bytes(path.read_bytes() + b"\n")
    elif name == "openapi.yaml":
        pytest.skip("without its document there is no provider")
    else:
        path.unlink()
    assert 1 == exit_code("generate", "acme", "--root", "ws")


def test_a_pin_reads_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `source.toml` that names a file outside its folder is rejected."""
    source = pin(monkeypatch) / "source.toml"
    source.write_text(source.read_text("utf-8").replace('file = "about.md"', 'file = "../../../a/about.md"'), "utf-8")
    assert 1 == exit_code("generate", "acme", "--root", "ws")


def test_an_incomplete_document_is_not_pinned(folder: Path) -> None:
    """A document that is not whole is not pinned."""
    (folder / "a/paths/pets.yaml").unlink()
    assert 1 == exit_code("new", "acme", "--spec", "a/spec.yaml", "--refs-within", "common", "--root", "ws")
    assert not (folder / "ws").exists()


def test_a_fetched_document_is_pinned_as_analysed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text is fetched once."""
    site = Site()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    address = site.text("/api/openapi.yaml", document("more/Pet.yaml?key=s3cret"))
    site.text("/api/more/Pet.yaml", SEEN)
    words = ("--spec", f"{address}?token=hidden", "--root", str(tmp_path))
    assert 0 == exit_code("new", "acme", *words)
    site.server.shutdown()
    site.server.server_close()
    assert ["/api/more/Pet.yaml?key=s3cret", "/api/openapi.yaml?token=hidden"] == sorted(site.asked)
    provider = tmp_path / "specs/acme"
    facts = tomllib.loads((provider / "source.toml").read_text("utf-8"))
    assert address == facts["url"]
    written = (provider / "source.toml").read_text("utf-8")
    assert "s3cret" not in written and "hidden" not in written
    assert 0 == exit_code("generate", "acme", "--root", str(tmp_path), "--strict")


@pytest.mark.parametrize("order", [("s/a", "s/a/b"), ("s/a/b", "s/a"), ("s/A", "s/a/b"), ("s/a", "s/A")])
def test_copies_do_not_collide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: tuple[str, str]) -> None:
    """An address may be a document and a folder; file systems may ignore case."""
    site = Site()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    members = ", ".join(f"p{index}: {{$ref: {ref!r}}}" for index, ref in enumerate(order))
    schema = f"{{type: object, properties: {{{members}}}}}"
    address = site.text("/openapi.yaml", f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\n{get(schema)}")
    for ref in order:
        site.text(f"/{ref}", SEEN)
    assert 0 == exit_code("new", "acme", "--spec", address, "--root", str(tmp_path))
    site.server.shutdown()
    site.server.server_close()
    assert 0 == exit_code("generate", "acme", "--root", str(tmp_path), "--strict")


def test_a_provider_is_written_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial pin would look like another document."""
    root = write(tmp_path, f"--- # x.yaml\n{get('{type: string}')}")

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert 1 == exit_code("new", "acme", "--spec", str(root), "--root", str(tmp_path / "ws"))
    assert [] == list((tmp_path / "ws/specs").iterdir())


def test_a_provider_is_not_written_through_a_link(tmp_path: Path) -> None:
    """Not even through a dangling one."""
    root = write(tmp_path, f"--- # x.yaml\n{get('{type: string}')}")
    (tmp_path / "ws/specs").mkdir(parents=True)
    (tmp_path / "ws/specs/acme").symlink_to(tmp_path / "elsewhere")
    assert 1 == exit_code("new", "acme", "--spec", str(root), "--root", str(tmp_path / "ws"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_document_in_one_file_has_no_parts(tmp_path: Path) -> None:
    """Its pin has one copy."""
    root = write(tmp_path, f"--- # x.yaml\n{get('{type: string}')}")
    assert 0 == exit_code("new", "acme", "--spec", str(root), "--root", str(tmp_path / "ws"))
    facts = tomllib.loads((tmp_path / "ws/specs/acme/source.toml").read_text("utf-8"))
    assert "parts" not in facts and "x.yaml" == facts["file"]


@pytest.mark.parametrize(
    "parts",
    [
        "parts = 5",
        "parts = [5]",
        "[[parts]]",
        "[[parts]]\nfile = 'a.yaml'\nsources = 5\nsha256 = ''",
        '[[parts]]\nfile = "a\\u0000b"\nsources = ["a"]\nsha256 = ""',
        "[[parts]]\nfile = '../a.yaml'\nsources = ['a']\nsha256 = ''",
        "[[parts]]\nfile = 'b/../../a.yaml'\nsources = ['a']\nsha256 = ''",
        "[[parts]]\nfile = '/etc/hostname'\nsources = ['a']\nsha256 = ''",
    ],
)
def test_an_invalid_source_toml_is_rejected(tmp_path: Path, parts: str) -> None:
    """Malformed, or with files elsewhere."""
    (tmp_path / "source.toml").write_text(f"{parts}\n", "utf-8")
    with pytest.raises(SpecwireCodegenError, match=r"source\.toml (cannot be read|names)"):
        read_pin(tmp_path / "source.toml")
