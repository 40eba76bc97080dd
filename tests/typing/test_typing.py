"""Type checkers on calls of users; `make check` covers the sources."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def mypy(*paths: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *paths], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def pyright(*paths: str) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[Any] = json.loads(done.stdout)["generalDiagnostics"]
    return [one for one in found if one["severity"] == "error"]


def refused_lines() -> set[int]:
    lines = (HERE / "refused.py").read_text("utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# refused")}


@pytest.mark.slow
@pytest.mark.exhaustive
def test_everything_is_strict_clean_for_mypy() -> None:
    """Runtime, generator, overrides, generated clients, examples and calls of users."""
    assert "Success" in mypy("runtime", "codegen", "overrides", "generated", "examples", "tests/typing/api.py")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_everything_is_clean_for_pyright() -> None:
    """The same as for mypy."""
    assert [] == pyright("runtime", "codegen", "overrides", "generated", "examples", "tests/typing/api.py")


def test_make_check_covers_calls_of_users() -> None:
    """The settings of the checkers include them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    sources = {"runtime", "codegen", "overrides", "generated", "examples"}
    assert sources | {"tests/typing/api.py"} <= set(settings["pyright"]["include"])
    assert sources | {"tests"} <= set(settings["mypy"]["files"])


@pytest.mark.slow
def test_mypy_rejects_wrong_calls() -> None:
    """Each wrong call is an error, and nothing else is."""
    found = {int(line) for line in re.findall(r"refused\.py:(\d+): error", mypy("tests/typing/refused.py"))}
    assert refused_lines() == found


@pytest.mark.slow
def test_pyright_rejects_wrong_calls() -> None:
    """Each wrong call is an error, and nothing else is."""
    found = {one["range"]["start"]["line"] + 1 for one in pyright("tests/typing/refused.py")}
    assert refused_lines() == found
