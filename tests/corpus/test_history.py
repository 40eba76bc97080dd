"""Published histories of documents, with mypy as the judge of `specwire diff`.

They are not part of this project: `SPECWIRE_HISTORY` names the folder that has one folder per document. `make test`
compares one pair of versions, `make test-all` every pair; `bench/diff.md` has the table.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.diff import verdicts, versions
from tests.sampling import sampled

FOLDER = os.environ.get("SPECWIRE_HISTORY", "")
_LARGEST = 150_000
"""Size in bytes of documents in the sample."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="SPECWIRE_HISTORY is not set: name the folder with the histories"),
]


def pairs() -> list[tuple[str, int]]:
    """Return the adjacent pairs of versions: the document, and the index of the first version; small ones first."""
    if not FOLDER:
        return []
    found: list[tuple[int, str, int]] = []
    for folder in sorted(path for path in Path(FOLDER).iterdir() if path.is_dir()):
        specs = versions(Path(FOLDER), folder.name)
        sizes = [spec.stat().st_size for spec in specs]
        found += [(sizes[index + 1], folder.name, index) for index in range(len(specs) - 1)]
    return [(name, index) for _, name, index in sorted(found)]


SMALL = [pair for pair in pairs() if versions(Path(FOLDER), pair[0])[pair[1]].stat().st_size < _LARGEST]
OTHERS = [pytest.param(*pair, marks=pytest.mark.exhaustive) for pair in pairs() if pair not in SMALL]


@pytest.mark.parametrize(("document", "first"), [*sampled(SMALL, 1), *OTHERS])
def test_type_errors_between_published_versions_are_breaking_changes(document: str, first: int) -> None:
    """In both directions."""
    found = verdicts(Path(FOLDER), document, first, 2)
    assert 2 == len(found)
    assert [] == [line for verdict in found for line in verdict.unreported]
