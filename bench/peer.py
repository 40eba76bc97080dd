"""Survey of what openapi-python-client makes of a document, in its own environment."""

from __future__ import annotations

import os
import resource
import subprocess
from functools import cache
from pathlib import Path

import msgspec

from bench.perf import environments

TIMEOUT = 300


class PeerSurvey(msgspec.Struct, frozen=True):
    """Result of the peer for one document."""

    generated: bool
    error: str = ""
    emitted: int = 0
    """Operations with a module that can be imported."""
    whole: bool = False
    """All modules can be imported."""
    seconds: float = 0.0
    """Processor time of the command, without starting Python."""


class _Imported(msgspec.Struct, frozen=True):
    emitted: int
    whole: bool


IMPORTS = """
import importlib, json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import sample
emitted, failed = 0, []
for module in pkgutil.walk_packages(sample.__path__, "sample.", onerror=failed.append):
    try:
        emitted += hasattr(importlib.import_module(module.name), "_get_kwargs")
    except Exception:
        failed.append(module.name)
print(json.dumps({"emitted": emitted, "whole": not failed}))
"""
START = "import openapi_python_client.cli"


@cache
def prepared() -> Path:
    """Return the interpreter of the peer's environment; the first run makes the environment."""
    environments.prepare(environments.FOLDER, "opc")
    return environments.python(environments.FOLDER, "opc")


def peer_survey(interpreter: Path, file: Path, folder: Path) -> PeerSurvey:
    """Generate a document with openapi-python-client in an empty folder, and import all of its modules."""
    target = folder / "sample"
    command = [str(interpreter.with_name("openapi-python-client")), "generate", "--path", str(file)]
    command += ["--output-path", str(target), "--meta", "none"]
    before = _spent()
    try:
        done = _run(interpreter, command, folder)
    except subprocess.TimeoutExpired:
        return PeerSurvey(False, f"took more than {TIMEOUT} s")
    used = _spent() - before
    if done.returncode != 0 or not (target / "__init__.py").is_file():
        return PeerSurvey(False, (done.stderr or done.stdout).strip()[-300:])
    before = _spent()
    _run(interpreter, [str(interpreter), "-c", START], folder)
    start = _spent() - before
    imported = _run(interpreter, [str(interpreter), "-c", IMPORTS, str(folder)], folder)
    found = msgspec.json.decode(imported.stdout, type=_Imported) if imported.returncode == 0 else _Imported(0, False)
    return PeerSurvey(True, "", found.emitted, found.whole, round(used - start, 3))


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(interpreter: Path, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(interpreter.parent), os.environ["PATH"]))  # the peer calls ruff
    variables = {**os.environ, "PATH": path}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=TIMEOUT)
