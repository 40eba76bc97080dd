"""Clients of the small documents in `tests/cases` follow their documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.conformance_sample import check_sample
from tests.sampling import EXHAUSTIVE, sampled
from tests.support.paths import CASES as ALL_CASES

CASES = ALL_CASES / "positive"
NAMES = sorted(path.name for path in CASES.iterdir())


def is_omitted(problem: str) -> bool:
    """Tell whether a property has no field in its model, which was a warning when it was generated."""
    place, _, what = problem.partition(": ")
    odd = any(character in '"\\' or character < " " for character in place.rpartition(".")[2])
    return odd and " is missing for " in what


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cases"),
    [*sampled(((name, 3) for name in NAMES), 24), *(pytest.param(name, 12, marks=EXHAUSTIVE) for name in NAMES)],
)
def test_clients_follow_their_documents(name: str, cases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn calls of up to eight operations match the document, and responses and errors are returned equal."""
    monkeypatch.syspath_prepend(str(tmp_path))
    found = check_sample(CASES / name / "spec.yaml", f"case_{name}_{cases}", tmp_path, operations=8, cases=cases)
    assert found.error == ""
    unequal = [problem for one in found.outcomes for problem in one.unequal]
    assert [] == [problem for problem in unequal if not is_omitted(problem)]
    assert [((), ())] * len(found.outcomes) == [(one.wrong, one.undrawn) for one in found.outcomes]
    assert (sum(one.cases for one in found.outcomes) > 0) is (found.operations > 0)
