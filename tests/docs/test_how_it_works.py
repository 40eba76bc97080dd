"""Excerpts in "How a document becomes a client" equal the generator's files."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from specwire_codegen.generate import document_of
from specwire_codegen.incremental import generate
from specwire_codegen.project import single

from tests.docs.pages import Block, blocks
from tests.support.paths import ROOT

EXCERPTS = [block for block in blocks("docs/how-it-works.md") if block.language in {"yaml", "json", "text"}][1:]
"""All but the picture."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the lines of all files that are generated for the petstore, without indent."""
    folder = tmp_path_factory.mktemp("petstore")
    spec = ROOT / "examples/petstore.yaml"
    target = single(spec, "petstore", folder)
    generate(target)
    command = [sys.executable, "-m", "specwire_codegen", "dump-ir", str(spec)]
    texts = [
        spec.read_text("utf-8"),
        json.dumps(document_of(target)[0].data, indent=2),
        subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout,
        *(path.read_text("utf-8") for path in folder.rglob("*.py")),
    ]
    return {line.strip() for text in texts for line in text.splitlines()}


def test_the_page_has_excerpts() -> None:
    """One for each stage that has something to show."""
    assert len(EXCERPTS) >= 5


@pytest.mark.parametrize("block", EXCERPTS, ids=lambda block: f"line {block.line}")
def test_an_excerpt_is_real(block: Block, made: set[str]) -> None:
    """Each of its lines is in a file that the generator writes or reads."""
    assert {line.strip() for line in block.text.splitlines()} <= made
