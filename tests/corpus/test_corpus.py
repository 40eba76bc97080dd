"""Real documents: each becomes a client with all its operations that imports and whose models decode.

They are not part of this project: `SPECWIRE_CORPUS` names the folder with `dev/`. `make test` generates a sample of the
day, `make test-all` all; `bench/corpus.py` runs the type checkers over all of them, here over a part.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.generate import document_of
from specwire_codegen.normalize.repair.validity import validate_strictly
from specwire_codegen.project import single

from bench import corpus
from bench.survey import survey
from tests.sampling import sampled

FOLDER = os.environ.get("SPECWIRE_CORPUS", "")
DOCUMENTS = corpus.documents(Path(FOLDER), "*") if FOLDER else []
SAMPLE = DOCUMENTS[::15]
PARTS = 4
"""Number of runs of mypy for the sample: each takes memory, and one is for a day."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not FOLDER, reason="SPECWIRE_CORPUS is not set: name the folder that has dev/ with the documents"
    ),
]


def package_of(file: Path) -> str:
    return "corpus_" + re.sub(r"[^a-z0-9]+", "_", file.stem.lower())


@pytest.mark.parametrize("file", sampled(DOCUMENTS, 20), ids=lambda file: file.name)
def test_no_operation_is_dropped(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client has every operation, every module imports, and every model has a decoder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    found = survey(file, package_of(file), tmp_path)
    assert ("", (), (), (), ()) == (
        found.error,
        found.missing,
        found.import_errors,
        found.decoder_errors,
        found.numbered,
    )
    assert found.operations == found.emitted


@pytest.mark.parametrize("part", sampled(range(PARTS), 1))
def test_a_sample_is_strict_clean(part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients of every fifteenth document pass mypy --strict."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files = SAMPLE[part::PARTS]
    for file in files:
        assert "" == corpus.surveyed(file, package_of(file), tmp_path).error
    packages = [package_of(file) for file in files]
    assert {package: [] for package in packages} == corpus.mypy_errors(tmp_path, packages)


@pytest.mark.parametrize("file", sampled(SAMPLE, 4), ids=lambda file: file.name)
def test_a_normalized_document_is_valid(file: Path) -> None:
    """By every rule of openapi-spec-validator."""
    try:
        document, _ = document_of(single(file, "sample", Path()))
    except DiagnosticError as problem:
        raise AssertionError(str(problem)) from problem
    assert [] == list(validate_strictly(document.data))
