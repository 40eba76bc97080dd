"""Shell commands of the documentation exist with their options."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.pages import Block, blocks, is_session, pages
from tests.support.paths import ROOT

SHELL = [block for page in pages() for block in blocks(page) if block.language == "sh" and not is_session(page)]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOT_RUN = {
    "mock": "serves until it is interrupted",
    "contract": "takes minutes; tests of its own",
    "demo": "tests of its own; may be live",
}


def commands(block: Block) -> list[list[str]]:
    """Return the commands of a block, split into words, without comments and assignments of variables."""
    found = [shlex.split(line, comments=True) for line in block.text.replace("\\\n", " ").splitlines()]
    for words in found:
        while words and "=" in words[0]:
            words.pop(0)
    return [words for words in found if words]


def name_of(block: Block) -> str:
    """Return the name of a block in a report."""
    return f"{block.page}:{block.line}"


def test_the_first_two_commands_of_the_readme() -> None:
    """`make` shows everything and `make test` tests it."""
    found = [words for block in SHELL if block.page == "README.md" for words in commands(block)]
    assert [["make"], ["make", "test"]] == found[:2]


def test_no_block_is_left_untested() -> None:
    """Every block has a language, and each language of commands is `sh`."""
    languages = {block.language for page in pages() for block in blocks(page)}
    assert languages <= {"python", "sh", "text", "yaml", "toml", "json", "mermaid"}


@pytest.mark.parametrize("block", SHELL, ids=name_of)
def test_the_commands_of_a_block_work(block: Block, reader: Path, tmp_path: Path) -> None:
    """Commands of specwire run in a copy of the project; others are checked without effect."""
    for words in commands(block):
        checks = {"make": has_goal, "pip": has_extra, "python": has_module, "specwire": runs, "cd": ignores}
        checks[Path(words[0]).name](words[1:], tmp_path)


def ignores(words: list[str], folder: Path) -> None:
    """Accept a command that only the reader's shell can run."""


def has_goal(words: list[str], folder: Path) -> None:
    """Check the goals and variables of `make` without running them."""
    if shutil.which("make") is None:
        pytest.skip("needs make")
    dry = ["make", "--dry-run", "--always-make", *words]
    assert 0 == subprocess.run(dry, cwd=ROOT, capture_output=True, check=False).returncode, words


def has_extra(words: list[str], folder: Path) -> None:
    """Check that an installed extra is declared."""
    assert "install" == words[0]
    for word in words[1:]:
        extras = word.partition("[")[2].rstrip("]")
        assert not extras or set(extras.split(",")) <= PROJECT["optional-dependencies"].keys(), word


def has_module(words: list[str], folder: Path) -> None:
    """Check that a module or a script of `python` exists."""
    match words:
        case ["-m", module, *_]:
            assert find_spec(module) is not None, module
        case ["-c", code, *_]:
            assert 0 == subprocess.run([sys.executable, "-c", code], cwd=folder, check=False).returncode, code
        case [script, *_]:
            assert (ROOT / script).is_file(), script


def runs(words: list[str], folder: Path) -> None:
    """Run a command of specwire in a copy of the project, or parse it if it is in `NOT_RUN`."""
    from specwire_codegen.cli.verbs import app

    if words[0] in NOT_RUN:
        app.parse_args(words, exit_on_error=False, print_error=False)
        return
    if not (folder / "specs").exists():
        copied(folder)
    command = [sys.executable, "-m", "specwire_codegen", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert 0 == done.returncode, f"specwire {shlex.join(words)}: {done.stderr}"


def copied(folder: Path) -> None:
    """Copy the folders of a project."""
    for name in ("specs", "overrides", "generated", "examples"):
        shutil.copytree(ROOT / name, folder / name)
