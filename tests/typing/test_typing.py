"""What type checkers make of the clients."""

from __future__ import annotations

import json
import re
import subprocess
import sys
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
def test_everything_is_strict_clean_for_mypy() -> None:
    """mypy --strict accepts runtime, generator, overrides, generated clients, examples and the calls of users."""
    assert "Success" in mypy("runtime", "codegen", "overrides", "generated", "examples", "tests/typing/api.py")


@pytest.mark.slow
@pytest.mark.parametrize(
    "folders",
    [
        pytest.param(("runtime", "overrides", "generated", "examples", "tests/typing/api.py"), id="clients"),
        pytest.param(("codegen",), id="generator", marks=pytest.mark.exhaustive),
    ],
)
def test_everything_is_clean_for_pyright(folders: tuple[str, ...]) -> None:
    """pyright accepts what users see, and the generator."""
    assert [] == pyright(*folders)


@pytest.mark.slow
def test_mypy_refuses_wrong_calls() -> None:
    """Each wrong call is an error, and nothing else is."""
    found = {int(line) for line in re.findall(r"refused\.py:(\d+): error", mypy("tests/typing/refused.py"))}
    assert refused_lines() == found


@pytest.mark.slow
def test_pyright_refuses_wrong_calls() -> None:
    """Each wrong call is an error, and nothing else is."""
    found = {one["range"]["start"]["line"] + 1 for one in pyright("tests/typing/refused.py")}
    assert refused_lines() == found
