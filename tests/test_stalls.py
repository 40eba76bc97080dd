"""Repetition of tests that fail while the machine stalls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

STALLED = """
import os, signal, subprocess, sys
from pathlib import Path

def stall():
    wake = f"import os, time; time.sleep(0.5); os.kill({os.getpid()}, {int(signal.SIGCONT)})"
    subprocess.Popen([sys.executable, "-c", wake])
    os.kill(os.getpid(), signal.SIGSTOP)

def test_it():
    runs = Path(__file__).with_name("runs")
    runs.open("a").write("x")
    if STALLS:
        stall()
    assert len(runs.read_text()) == PASSES
"""


@pytest.mark.parametrize(
    ("stalls", "passes", "runs", "outcome"),
    [(True, 2, 2, "1 passed, 1 rerun"), (False, 2, 1, "1 failed"), (True, 9, 3, "1 failed, 2 rerun")],
    ids=["disturbed", "not disturbed", "always disturbed"],
)
def test_only_tests_that_a_stall_disturbed_are_repeated(
    tmp_path: Path, stalls: bool, passes: int, runs: int, outcome: str
) -> None:
    (tmp_path / "test_it.py").write_text(STALLED.replace("STALLS", str(stalls)).replace("PASSES", str(passes)), "utf-8")
    (tmp_path / "conftest.py").write_text(
        "from tests.stalls import StallPlugin\ndef pytest_configure(config):\n    config.pluginmanager.register(StallPlugin())\n",
        "utf-8",
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "-c", "/dev/null", "--rootdir", tmp_path, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{outcome} in" in ran.stdout, ran.stdout
    assert len((tmp_path / "runs").read_text("utf-8")) == runs
