"""Type checkers accept a client with `[compat]`, and see in the calls of its users what they are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat.harbour import HERE, generate

RUNTIME = HERE.parents[1] / "runtime"
_REVEALED = re.compile(r'user\.py:(\d+): note: Revealed type is "(.*)"')
_MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z])")


@pytest.mark.slow
def test_mypy_accepts_the_client_and_sees_the_types_of_calls(tmp_path: Path) -> None:
    generate(tmp_path)
    lines = (HERE / "user.py.txt").read_text("utf-8").splitlines()
    (tmp_path / "user.py").write_text("\n".join(lines), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.11", "harbour", "user.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(RUNTIME)},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = {int(number) for number in re.findall(r"^user\.py:(\d+): error", done.stdout, re.M)}
    others = [line for line in done.stdout.splitlines() if ": error:" in line and not line.startswith("user.py:")]
    revealed = {int(number): _MODULES.sub("", kind) for number, kind in _REVEALED.findall(done.stdout)}
    wanted = {number: line.rpartition("# ")[2] for number, line in enumerate(lines, 1) if "reveal_type(" in line}
    assert not others and errors == {number for number, line in enumerate(lines, 1) if line.endswith("# refused")}
    assert revealed == wanted
