"""Selection and order of the tests, and when expectations may be rewritten."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sampling import VARIABLE, sample_number, sampled
from tests.support.paths import ROOT

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
    settings += ["-p", "_hypothesis_pytestplugin"]  # the only plugin that the settings need; others load slowly
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "UPDATE", VARIABLE)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-vv", *options, str(folder)],
        cwd=ROOT,
        env=kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | environment,
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
    """The full sweeps run on request."""
    assert ["test_slow", "test_quick"] == names_run(run(tmp_path))
    assert ["test_slow", "test_exhaustive", "test_quick"] == names_run(run(tmp_path, "--exhaustive"))
    assert ["test_exhaustive"] == names_run(run(tmp_path, "-m", "exhaustive"))
    assert ["test_quick"] == names_run(run(tmp_path, "-m", "not slow"))


def test_expectations_are_not_rewritten_in_ci(tmp_path: Path) -> None:
    """Such a run could not fail."""
    output = run(tmp_path, CI="true", UPDATE="1")
    assert "UPDATE is set in CI" in output
    assert [] == names_run(output)


def kept(day: int, cases: int, count: int, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setenv(VARIABLE, str(day))
    return [one.values[0] for one in sampled(range(cases), count) if not one.marks]


def test_a_sample_is_spread_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most the requested number of cases is kept, at equal distances; the others are marked."""
    assert [0, 4, 8] == kept(0, 10, 3, monkeypatch)
    assert [3, 7] == kept(7, 10, 3, monkeypatch)
    assert [0, 1] == kept(5, 2, 5, monkeypatch)
    assert [] == kept(5, 0, 5, monkeypatch)
    assert [("a", 1)] == [one.values for one in sampled([("a", 1)], 1)]


@pytest.mark.parametrize(("cases", "count"), [(1, 1), (10, 3), (64, 3), (97, 12), (98, 98)])
def test_every_case_has_its_day(cases: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Consecutive days take each case once."""
    first = sample_number()
    days = -(-cases // count)
    taken = [case for day in range(first, first + days) for case in kept(day, cases, count, monkeypatch)]
    assert list(range(cases)) == sorted(map(int, map(str, taken)))


def test_the_summary_shows_how_to_repeat_a_sample(tmp_path: Path) -> None:
    """It shows the number of the samples, which the environment can set."""
    assert "SPECWIRE_SAMPLE=41 repeats them" in run(tmp_path, SPECWIRE_SAMPLE="41")
    assert "repeats them" not in run(tmp_path, "--exhaustive")
