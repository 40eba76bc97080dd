"""Output for people: colours, excerpts, widths, volume, help and completion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from specwire_codegen.cli.verbs import app
from specwire_codegen.diagnostics import Location
from specwire_codegen.documents.excerpt import excerpt

from tests.support.command_line import SPEC, Specwire, command, project, specwire

__all__ = ["project", "specwire"]

VERBS = sorted(name for name in app if not name.startswith("-"))
BROKEN = SPEC + 'components: {schemas: {Pet: {type: object, properties: {a: {type: strng}, b: {$ref: "#/nowhere"}}}}}\n'


def shown(*arguments: str, **environment: str) -> str:
    """Return the standard error of a command, as a terminal of 80 columns gets it."""
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    found = {**plain, "COLUMNS": "80", **environment}
    done = subprocess.run(command(*arguments), env=found, capture_output=True, text=True, check=False)
    return done.stderr


def test_a_terminal_shows_the_line_with_a_caret_below_the_place(project: Path) -> None:
    """With colours, unless NO_COLOR is set; elsewhere the plain form."""
    (project / "openapi.yaml").write_text(BROKEN, "utf-8")
    colourful, plain = (
        shown("generate", "--force", FORCE_COLOR="1"),
        shown("generate", "--force", FORCE_COLOR="1", NO_COLOR="1"),
    )
    assert "\x1b[1;33mwarning[wrong-type]" in colourful
    assert not re.search(r"\x1b\[[\d;]*(3\d|9\d)m", plain)
    lines = re.sub(r"\x1b\[[\d;]*m", "", plain).splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("warning[wrong-type]"))
    arrow, bar, quoted, mark = lines[at + 1 : at + 5]
    assert re.match(r" +--> specs/t/openapi.yaml:\d+:\d+$", arrow) and bar.strip() == "|"
    caret = mark.index("^")
    assert quoted[caret:].startswith(("strng", "type")) and mark.strip(" |^") == ""
    assert any(line.strip().startswith("= help: ") for line in lines[at:])
    assert "-->" not in shown("generate", "--force")


@pytest.mark.parametrize("column", [1, 30, 5000, 99_999])
def test_an_excerpt_fits_the_width_and_keeps_the_place(tmp_path: Path, column: int) -> None:
    """Also of a line with a megabyte, tabs and control characters."""
    path = tmp_path / "a.yaml"
    path.write_text("\t\x1b[31m" + "x y" * 40_000, "utf-8")
    found = excerpt(Location(str(path), "", 1, column), 70)
    assert found is not None and len(found.text) <= 70 and "\x1b" not in found.text and "\t" not in found.text
    assert 0 <= found.start < 70 and found.start + found.size <= 70


@pytest.mark.parametrize(
    "place", [("absent.yaml", 1), ("a.yaml", 7), ("a.yaml", None), ("https://a.test/x", 1), ("\0", 1)]
)
def test_a_place_without_a_line_has_no_excerpt(tmp_path: Path, place: tuple[str, int | None]) -> None:
    """It is not an error."""
    (tmp_path / "a.yaml").write_bytes(b"\xff\n")
    file, line = place
    assert excerpt(Location(str(tmp_path / file) if ":" not in file else file, "", line, 1), 80) is None


def test_quiet_prints_errors_only_and_verbose_everything(project: Path, specwire: Specwire) -> None:
    """At any place of the command line."""
    (project / "openapi.yaml").write_text(BROKEN, "utf-8")
    assert (0, "", "") == specwire("generate", "--quiet")
    assert (0, "", "") == specwire("--quiet", "check")
    odd = "".join(f"    A{number}: {{type: odd{number}}}\n" for number in range(60))
    (project / "openapi.yaml").write_text(f"{SPEC}components:\n  schemas:\n{odd}", "utf-8")
    assert 50 == specwire("generate", "--force")[2].count("warning[")
    assert 60 == specwire("generate", "--force", "--verbose")[2].count("warning[")
    (project / "openapi.yaml").write_text("openapi: 3.1.0\npaths: 3\n", "utf-8")
    code, out, err = specwire("generate", "--quiet")
    assert (1, "") == (code, out) and err.startswith("error[")


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_has_an_example_and_the_common_options(
    verb: str, specwire: Specwire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = specwire(verb, "--help")
    usage, *lines = out.splitlines()
    assert code == 0 and verb in usage and f"specwire {verb}" in " ".join(" ".join(lines).split())
    assert {"--json", "--quiet", "--verbose", "--debug"} <= set(re.findall(r"--\w+", out))
    assert all(len(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize(
    ("words", "meant"), [(("generat",), "generate"), (("generate", "--forc"), "--force"), (("mokc", "x"), "mock")]
)
def test_misspelt_words_are_answered_with_the_right_one(specwire: Specwire, words: tuple[str, ...], meant: str) -> None:
    """Verbs and options; the exit code is 2."""
    code, out, err = specwire(*words)
    assert code == 2 and meant in out + err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_know_the_verbs(shell: Literal["bash", "zsh", "fish"]) -> None:
    """`specwire --install-completion` installs one."""
    script = app.generate_completion(shell=shell)
    assert all(verb in script for verb in VERBS)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_the_completion_script_is_valid(tmp_path: Path) -> None:
    """bash can read it."""
    path = tmp_path / "complete.bash"
    path.write_text(app.generate_completion(shell="bash"), "utf-8")
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


@pytest.mark.parametrize("verb", [("generate", "openapi.yaml", "--package", "q"), ("package", "openapi.yaml")])
def test_an_output_that_is_a_file_is_a_clear_error(project: Path, specwire: Specwire, verb: tuple[str, ...]) -> None:
    """The file stays as it is."""
    (project.parents[1] / "taken").write_text("mine", "utf-8")
    code, _, err = specwire(verb[0], str(project / verb[1]), *verb[2:], "-o", str(project.parents[1] / "taken"))
    assert code == 1 and "not a folder" in err and (project.parents[1] / "taken").read_text("utf-8") == "mine"


HELPS = [(verb,) for verb in VERBS if verb != "drift"] + [
    ("drift", "show"),
    ("drift", "apply"),
    ("call", "mistral", "chat.complete"),
    ("call", "mistral", "files.upload"),
]


@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_help_has_one_form_without_noise(
    specwire: Specwire, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Panels of 80 columns; no default where nothing is the default; every command begins with its usage."""
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = specwire(*words, "--help")
    lines = out.splitlines()
    assert (0, "") == (code, err) and lines[0].startswith(f"Usage: specwire {words[0]}")
    assert all(len(line) <= 80 for line in lines) and any(line.startswith("╭─ ") for line in lines)
    assert not re.search(r"\[default:\s*(\(\)|False|None)", out)
