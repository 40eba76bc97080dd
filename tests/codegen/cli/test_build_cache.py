"""Build cache: every change of inputs, generator and output is noticed; it may be missing, damaged or another user's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from specwire_codegen.build_cache import commands, fingerprint

from tests.support.command_line import SPEC, Specwire, project, specwire

__all__ = ["project", "specwire"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe{",
        b"[" * 200_000,
        b'{"watched": [' + b"9" * 6000 + b"]}",
        b'{"watched": [1, null, {}]}',
        b'{"watched": {"a\\u0000b": "", "/dev/zero": ""}, "targets": {"a\\u0000b": ""}, "lines": [1]}',
        b'{"targets": [1], "lines": {}}',
        b'"watched"',
        b"",
    ],
)
def test_a_damaged_cache_is_ignored(project: Path, specwire: Specwire, content: bytes) -> None:
    """A run generates everything, and the next one is skipped again."""
    assert 0 == specwire("generate")[0]
    for cached in (project.parents[1] / "cache" / "specwire").iterdir():
        cached.write_bytes(content)
    code, out, _ = specwire("generate")
    assert 0 == code and "0 changed" in out
    assert "unchanged" in specwire("generate")[1]


def test_a_pipe_at_the_path_of_the_cache_is_not_read(project: Path, specwire: Specwire) -> None:
    """Reading it would block."""
    assert 0 == specwire("generate")[0]
    for cached in (project.parents[1] / "cache" / "specwire").iterdir():
        cached.unlink()
        os.mkfifo(cached)
    code, out, _ = specwire("generate")
    assert 0 == code and "0 changed" in out


PARTS = "components: {schemas: {Part: {type: object, properties: {a: {type: string}}}}}\n"
USES_PARTS = SPEC.replace("{schema: {type: object}}", "{schema: {$ref: 'parts.yaml#/components/schemas/Part'}}")
GENERATED = "generated/specwire_clients/t"
Change = Callable[[Path], object]


@pytest.fixture
def whole(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Root of a project with every kind of input, and a generator whose files can be changed."""
    root = project.parents[1]
    (project / "openapi.yaml").write_text(USES_PARTS, "utf-8")
    (project / "parts.yaml").write_text(PARTS, "utf-8")
    (project / "client.toml").write_text("[client]\n", "utf-8")
    (root / "generator" / "templates").mkdir(parents=True)
    (root / "generator" / "templates" / "models.py.jinja").write_text("{{ models }}", "utf-8")
    (root / "generator" / "lower.py").write_text("", "utf-8")
    monkeypatch.setattr(fingerprint, "__file__", str(root / "generator" / "build_cache" / "fingerprint.py"))
    (root / "installed").mkdir()
    monkeypatch.syspath_prepend(root / "installed")
    return root


def appended(path: str, text: str = "\n") -> Change:
    """Return a change that adds text to a file, or writes it."""

    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with (root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


CHANGES: dict[str, Change] = {
    "edited document": appended("specs/t/openapi.yaml", "# edited"),
    "edited part of the document": appended("specs/t/parts.yaml", "# edited"),
    "edited configuration": appended("specs/t/client.toml", "# edited"),
    "removed configuration": lambda root: (root / "specs/t/client.toml").unlink(),
    "new overlay": appended("specs/t/overlay.yaml", "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions: []\n"),
    "edited module of the generator": appended("generator/lower.py", "# edited"),
    "new module of the generator": appended("generator/raise.py"),
    "removed module of the generator": lambda root: (root / "generator/lower.py").unlink(),
    "edited template": appended("generator/templates/models.py.jinja", "# edited"),
    "another distribution": lambda root: (root / "installed" / "jinja2-9.9.dist-info").mkdir(),
    "another client": lambda root: shutil.copytree(root / "specs" / "t", root / "specs" / "u"),
    "a client in pyproject.toml": appended(
        "pyproject.toml", '[tool.specwire.clients.u]\ndocument = "specs/t/openapi.yaml"\n'
    ),
    "new overrides": appended("overrides/specwire_overrides/t/__init__.py", '"""Overrides."""\n'),
    "removed output": lambda root: shutil.rmtree(root / GENERATED),
    "removed file of the output": lambda root: (root / GENERATED / "models/__init__.py").unlink(),
    "removed normalized document": lambda root: (root / "specs/t/normalized.json").unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed(whole: Path, specwire: Specwire, change: Change) -> None:
    """The package is generated again, and after that the command ends early again."""
    assert specwire("generate")[0] == 0
    assert commands.unchanged_lines(["generate"])
    change(whole)
    assert commands.unchanged_lines(["generate"]) is None
    code, out, err = specwire("generate")
    assert code == 0 and "changed" in out, err
    assert ("unchanged" in out) == (out.count("\n") > 2), "only another client leaves the first one unchanged"
    assert commands.unchanged_lines(["generate"])


@pytest.mark.parametrize("name", ["models/__init__.py", "MANIFEST.json", "mine.py"])
def test_edited_and_foreign_output_is_noticed(whole: Path, specwire: Specwire, name: str) -> None:
    """They are reported, as in the first run."""
    assert specwire("generate")[0] == 0
    appended(f"{GENERATED}/{name}", "# edited")(whole)
    code, _, err = specwire("generate")
    assert code == 1 and "specwire did not write" in err or "edited" in err


def test_a_file_that_was_missing_is_noticed(whole: Path, specwire: Specwire) -> None:
    """References to it were left out."""
    (whole / "specs/t/parts.yaml").unlink()
    assert "parts.yaml" in specwire("generate")[2]
    appended("specs/t/parts.yaml", PARTS)(whole)
    code, out, err = specwire("generate")
    assert code == 0 and "unchanged" not in out, err


def test_other_options_and_folders_are_other_commands(whole: Path, specwire: Specwire) -> None:
    one = ("generate", "specs/t/openapi.yaml", "--package", "one")
    assert specwire(*one)[0] == 0
    assert "changed" in specwire(*one, "--only-operations", "getOrder")[1]
    assert "unchanged" not in specwire(*one)[1], "the output is that of the last command"
    assert "unchanged" in specwire(*one)[1]
    (whole / "inner").mkdir()
    os.chdir(whole / "inner")
    assert specwire(*one)[0] == 1


def test_bytecode_of_generated_modules_is_no_change(whole: Path, specwire: Specwire) -> None:
    assert specwire("generate")[0] == 0
    appended(f"{GENERATED}/__pycache__/client.cpython-311.pyc", "bytecode")(whole)
    assert "unchanged" in specwire("generate")[1]


def test_an_input_that_is_written_during_a_run_is_read_again(
    whole: Path, specwire: Specwire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded would be newer than what was read."""
    later = (whole / "specs/t/openapi.yaml").stat().st_mtime + 3600
    os.utime(whole / "specs/t/parts.yaml", (later, later))
    assert specwire("generate")[0] == 0
    assert "unchanged" not in specwire("generate")[1]


def test_a_run_without_changes_prints_the_same_whichever_way_it_is_recognized(
    whole: Path, specwire: Specwire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert specwire("generate")[0] == 0
    early = specwire("generate")
    monkeypatch.setattr(commands, "unchanged_lines", lambda arguments: None)
    late = specwire("generate")
    assert "unchanged" in early[1]
    assert [each.split()[:-1] for each in early[1].splitlines()] == [each.split()[:-1] for each in late[1].splitlines()]
    assert specwire("generate", "--quiet")[1] == ""
