"""Mock servers for the clients in the documentation, and the clients of its fictional APIs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from specwire_codegen.generate import document_of
from specwire_codegen.incremental import generate
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve
from specwire_codegen.project import single

from tests.support.paths import ROOT

SHIPPED = ("mistral", "moonshot", "aitre")
MADE_UP = {"petstore": ROOT / "examples/petstore.yaml", "acme": ROOT / "tests/docs/acme.yaml"}
"""Fictional APIs of the documentation, and their documents."""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Variables that lead every client to a mock server; fictional clients can be imported."""
    folder = tmp_path_factory.mktemp("packages")
    found = {"PYTHONPATH": str(folder)}
    with ExitStack() as stack:
        for name in SHIPPED:
            document = json.loads((ROOT / "specs" / name / "normalized.json").read_text("utf-8"))
            found[f"{name.upper()}_BASE_URL"] = stack.enter_context(serve(build(document)))
        for name, spec in MADE_UP.items():
            target = single(spec, name, folder)
            generate(target)
            found[f"{name.upper()}_BASE_URL"] = stack.enter_context(serve(build(document_of(target)[0].data)))
        found |= {f"{name.upper()}_API_KEY": "test-key" for name in (*SHIPPED, *MADE_UP)}
        sys.path.insert(0, str(folder))
        yield found
        sys.path.remove(str(folder))


@pytest.fixture
def reader(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Working directory of a reader who tries the examples, with the files that they name."""
    for name, value in environment.items():
        monkeypatch.setenv(name, os.pathsep.join((value, os.environ.get(name, ""))) if name == "PYTHONPATH" else value)
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    line = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n'
    (tmp_path / "train.jsonl").write_text(line * 20)
    monkeypatch.chdir(tmp_path)
    return tmp_path
