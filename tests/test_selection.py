"""Which tests run, in which order, and when expectations may be rewritten."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.sampling import sampled

ROOT = Path(__file__).parents[1]
TESTS = """
import pytest

def test_quick(): ...

@pytest.mark.slow
def test_slow(): ...

@pytest.mark.exhaustive
def test_exhaustive(): ...
"""


def run(folder: Path, *options: str, **environment: str) -> str:
    (folder / "test_them.py").write_text(TESTS, "utf-8")
    (folder / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text("utf-8"), "utf-8")
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-vv", *options, str(folder)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in ("CI", "UPDATE")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def names_run(output: str) -> list[str]:
    return [
        line.partition("::")[2].partition(" ")[0] for line in output.splitlines() if "::" in line and "PASSED" in line
    ]


def test_slow_tests_start_first_and_full_sweeps_are_left_out(tmp_path: Path) -> None:
    """The longest tests start first; the full sweeps run when asked for."""
    assert ["test_slow", "test_quick"] == names_run(run(tmp_path))
    assert ["test_slow", "test_exhaustive", "test_quick"] == names_run(run(tmp_path, "--exhaustive"))
    assert ["test_exhaustive"] == names_run(run(tmp_path, "-m", "exhaustive"))
    assert ["test_quick"] == names_run(run(tmp_path, "-m", "not slow"))


def test_expectations_are_not_rewritten_in_ci(tmp_path: Path) -> None:
    """A run that could not fail is refused."""
    output = run(tmp_path, CI="true", UPDATE="1")
    assert "UPDATE is set in CI" in output
    assert [] == names_run(output)


def test_a_sample_is_spread_evenly() -> None:
    """The first case, the last one and those between are kept; the others are marked."""

    def kept(count: int, cases: int) -> list[object]:
        return [one.values[0] for one in sampled(range(cases), count) if not one.marks]

    assert [0, 4, 9] == kept(3, 10)
    assert [0] == kept(1, 10)
    assert [0, 1] == kept(5, 2)
    assert [] == kept(3, 0)
    assert [("a", 1)] == [one.values for one in sampled([("a", 1)], 1)]
