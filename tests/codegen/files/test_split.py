"""A document in many files is the document in one: the same client, byte for byte.

What comes after is a function of the normalized document, so that is what is compared, order of keys included; of a few
documents the whole package is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.parse import parse
from specwire_codegen.files.access import access
from specwire_codegen.files.load import load
from specwire_codegen.generate import build
from specwire_codegen.normalize import Normalized, normalize
from specwire_codegen.project import single

from tests.codegen.files.splitting import ROOT, Splitter, can_be_split
from tests.sampling import sampled
from tests.support.paths import CASES as ALL_CASES

CASES = ALL_CASES / "positive"
CORPUS = Path(os.environ["SPECWIRE_CORPUS"]) / "dev" if os.environ.get("SPECWIRE_CORPUS") else None


def splittable(path: Path) -> bool:
    """Tell whether a document can be split."""
    data, _ = parse(path.read_bytes(), path.name)
    return isinstance(data, dict) and can_be_split(data)


NAMES = sorted(path.name for path in CASES.iterdir() if splittable(path / "spec.yaml"))
DOCUMENTS = sorted(CORPUS.glob("*.json"))[::3][:50] if CORPUS is not None else []


def canonical(path: Path, folder: Path) -> tuple[str, list[tuple[str, str]]]:
    """Return the normalized document at a path as JSON, and its findings without places."""
    found: Normalized = normalize(load(path, access(within=[folder])))
    return json.dumps(found.data, ensure_ascii=False), sorted({(each.code, each.message) for each in found.warnings})


def written(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files and return the path of the document."""
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return folder / ROOT


def compare(data: Any, folder: Path, seed: int, share: float = 0.12, most: int = 40) -> int:
    """Compare a document with a split of it; return the number of its files."""
    whole = written(folder / "one", {ROOT: json.dumps(data, ensure_ascii=False).encode()})
    splitter = Splitter(seed, share, most)
    many = written(folder / "many", splitter.split(data))
    where = "\n".join((f"seed {seed}", *splitter.moved))
    try:
        found = canonical(many, folder)
    except DiagnosticError as problem:
        raise AssertionError(f"{problem}\n{where}") from None
    expected = canonical(whole, folder)
    assert expected[0] == found[0], where
    assert expected[1] == found[1], where
    return len(splitter.files)


def data_of(path: Path) -> Any:
    """Return the data of a document."""
    return parse(path.read_bytes(), path.name)[0]


@pytest.mark.parametrize("name", NAMES[::3])
def test_a_split_document_is_equal(name: str, tmp_path: Path) -> None:
    """Each document of `tests/cases`, split at random."""
    assert compare(data_of(CASES / name / "spec.yaml"), tmp_path, seed=len(name)) > 1


@pytest.mark.parametrize(
    "name", [name for name in ("references", "bodies", "swagger2", "discriminators") if name in NAMES]
)
def test_the_client_of_a_split_document_is_equal(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte."""
    data = data_of(CASES / name / "spec.yaml")
    files = {"one": {ROOT: json.dumps(data).encode()}, "many": Splitter(7, 0.2).split(data)}
    made = {}
    for folder, texts in files.items():
        written(tmp_path / folder, texts)
        monkeypatch.chdir(tmp_path / folder)
        built = build(single(Path(ROOT), "sample", Path("out")), access(within=[tmp_path / folder]))
        made[folder] = {file: text for file, text in built.files.items() if file != "MANIFEST.json"}
    assert made["one"] == made["many"]


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", NAMES)
def test_any_split_of_any_case_is_equal(name: str, seed: int, tmp_path: Path) -> None:
    """So is every split."""
    compare(data_of(CASES / name / "spec.yaml"), tmp_path, seed, share=(seed % 5 + 1) / 12, most=100)


@pytest.mark.slow
@pytest.mark.skipif(
    CORPUS is None, reason="SPECWIRE_CORPUS is not set: name the folder that has dev/ with the documents"
)
@pytest.mark.parametrize("path", sampled(DOCUMENTS or [Path()], 10), ids=lambda path: path.name or "none")
def test_split_real_documents_are_equal(path: Path, tmp_path: Path) -> None:
    """Fifty of them, split at random."""
    if not splittable(path):
        pytest.skip("it uses anchors or other files")
    compare(data_of(path), tmp_path, seed=len(path.name), share=0.03, most=150)
