"""Deprecated operations in editors and type checkers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from specwire_codegen.incremental import generate
from specwire_codegen.project import Target

SPEC = """
openapi: 3.1.0
info: {title: T, version: "1"}
servers: [{url: "https://t.example"}]
paths:
  /old:
    get:
      operationId: readOld
      deprecated: true
      tags: [things]
      responses: {"200": {description: d, content: {application/json: {schema: {type: integer}}}}}
  /new: {get: {operationId: readNew, tags: [things], responses: {"204": {description: d}}}}
"""
USE = """
from typing import assert_type

from dated import AsyncDated, Dated


def use(client: Dated) -> None:
    assert_type(client.things.read_old(), int)
    client.things.read_new()


async def use_async(client: AsyncDated) -> None:
    assert_type(await client.things.read_old(), int)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Project with a client that has a deprecated operation, and a module that calls it."""
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    generate(Target("dated", tmp_path / "spec.yaml", tmp_path / "dated", tmp_path / "client.toml"))
    (tmp_path / "use.py").write_text(USE, "utf-8")
    return tmp_path


def test_editors_strike_a_deprecated_operation_through(project: Path) -> None:
    """pyright, and so Pylance, reports each use of the deprecated method, and nothing else; types stay exact."""
    (project / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}), "utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=project)
    found = [(each["range"]["start"]["line"], each["rule"]) for each in json.loads(done.stdout)["generalDiagnostics"]]
    assert [(7, "reportDeprecated"), (12, "reportDeprecated")] == found


def test_mypy_reports_a_deprecated_operation(project: Path) -> None:
    """If its check is enabled; types stay exact."""
    command = [sys.executable, "-m", "mypy", "--strict", "--enable-error-code", "deprecated", "use.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=project)
    lines = [line.partition(": error:")[0] for line in done.stdout.splitlines() if "[deprecated]" in line]
    assert (["use.py:8", "use.py:13"], 2) == (lines, done.stdout.count(": error:")), done.stdout
