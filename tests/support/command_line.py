"""Command line in a small project."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from specwire_codegen.cli import main

SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: 'https://t.example'}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getOrder
      responses: {'200': {description: d, content: {application/json: {schema: {type: object}}}}}
  /orders:
    post: {operationId: makeOrder, responses: {'201': {description: done}}}
"""

Specwire = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Project with one provider that was not generated yet; each test needs its own name, since imports are cached."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SPECWIRE_DEBUG", raising=False)
    folder = tmp_path / "specs" / "t"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(SPEC, "utf-8")
    return folder


def exit_code(*arguments: str) -> int:
    """Run the command line in this process and return its exit code."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as exit_:
        patch.setattr("sys.argv", ["specwire", *arguments])
        main()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


@pytest.fixture
def specwire(capsys: pytest.CaptureFixture[str]) -> Specwire:
    """Function that runs the command line in this process; returns exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = exit_code(*arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def command(*arguments: str, code: str = "from specwire_codegen.cli import main; main()") -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.argv = {['specwire', *arguments]}; {code}"]
