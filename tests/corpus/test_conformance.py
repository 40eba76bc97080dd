"""Clients of real documents: requests and responses match their documents.

`SPECWIRE_CORPUS` names the folder that has the documents in `dev/`. `make test` tries a few of them, `make test-all`
some more, and `bench/conformance.py` all.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.conformance_sample import check_sample
from bench.corpus import documents
from tests.sampling import sampled

FOLDER = os.environ.get("SPECWIRE_CORPUS", "")
SMALL = [file for file in (documents(Path(FOLDER), "*") if FOLDER else []) if file.stat().st_size < 100_000]
SAMPLE = SMALL[:: max(1, len(SMALL) // 15)][:15]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not FOLDER, reason="SPECWIRE_CORPUS is not set: name the folder that has dev/ with the documents"
    ),
]


@pytest.mark.parametrize(
    ("number", "file"), sampled(enumerate(SAMPLE), 5), ids=lambda value: getattr(value, "name", None)
)
def test_clients_follow_their_documents(
    number: int, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three drawn calls of three operations match the document, and three responses of each are returned equal."""
    monkeypatch.syspath_prepend(str(tmp_path))
    found = check_sample(file, f"conformance_{number}", tmp_path, operations=3, cases=3)
    assert "" == found.error
    assert [((), ())] * len(found.outcomes) == [(one.wrong, one.unequal) for one in found.outcomes]
    assert sum(one.cases for one in found.outcomes) > 0
