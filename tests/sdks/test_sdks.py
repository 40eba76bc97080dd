"""Official SDKs, unmodified, make every call that they share with an included document against the mock server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from specwire_codegen.mock import sources
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

CALLS = Path(__file__).parent / "calls"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Python of an environment with an SDK from the package index; without one, the test is skipped."""
    folder = tmp_path_factory.mktemp("sdk")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    python = folder / "bin" / "python"
    install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--retries",
        "0",
        request.param,
    ]
    done = subprocess.run(install, capture_output=True, text=True, check=False, timeout=400)
    if done.returncode != 0:
        pytest.skip(f"{request.param} cannot be installed here: {done.stderr.strip().splitlines()[-1][:200]}")
    return python


@pytest.mark.parametrize(
    ("installed", "script", "providers"),
    [
        ("mistralai>=3.7,<4", "mistralai_calls.py", ["mistral"]),
        ("openai>=3.57,<4", "openai_calls.py", ["moonshot", "aitre"]),
    ],
    indirect=["installed"],
)
def test_every_call_of_an_sdk_is_parsed(
    installed: Path, script: str, providers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The SDK and the mock server have nothing in common but the API."""
    for provider in providers:
        with serve(build(sources.read(ROOT, provider).document)) as url:
            command: list[str | Path] = [installed, "-W", "ignore", CALLS / script, url, provider]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
        assert "" == done.stderr
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        problems = [f"{row['call']}: {row['problem']}" for row in rows if row["problem"]]
        with capsys.disabled():
            print(f"\n{script} {provider}: {len(rows) - len(problems)} of {len(rows)} calls")
        assert [] == problems and len(rows) >= 30
