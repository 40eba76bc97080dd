"""Examples, run as a user would, against mock servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """Variables with the servers and keys of the clients."""
    found = dict(os.environ)
    with ExitStack() as stack:
        for name in ("mistral", "moonshot", "aitre"):
            document = json.loads((ROOT / "specs" / name / "normalized.json").read_text("utf-8"))
            found[f"{name.upper()}_BASE_URL"] = stack.enter_context(serve(build(document)))
            found[f"{name.upper()}_API_KEY"] = "test-key"
        yield found


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "examples").glob("*.py")))
def test_an_example_runs_without_warnings(script: str, environment: dict[str, str]) -> None:
    """It prints something and succeeds."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / script)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.strip()
