"""The clients of our own small documents at work: each feature on the wire, as its document says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.conformance_sample import tried
from tests.sampling import EXHAUSTIVE, sampled
from tests.support.paths import CASES as ALL_CASES

CASES = ALL_CASES / "positive"
NAMES = sorted(path.name for path in CASES.iterdir())


def is_left_out(problem: str) -> bool:
    """Whether a property is missing that no model can have a field for, as a warning says at its generation."""
    place, _, what = problem.partition(": ")
    odd = any(character in '"\\' or character < " " for character in place.rpartition(".")[2])
    return odd and " is missing for " in what


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cases"),
    [*sampled(((name, 3) for name in NAMES), 24), *(pytest.param(name, 12, marks=EXHAUSTIVE) for name in NAMES)],
)
def test_clients_do_as_their_documents_say(
    name: str, cases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn calls of up to eight operations arrive as the document says, and answers and errors come back equal."""
    monkeypatch.syspath_prepend(str(tmp_path))
    found = tried(CASES / name / "spec.yaml", f"case_{name}_{cases}", tmp_path, operations=8, cases=cases)
    assert found.error == ""
    unequal = [problem for one in found.tried for problem in one.unequal]
    assert [] == [problem for problem in unequal if not is_left_out(problem)]
    assert [((), ())] * len(found.tried) == [(one.wrong, one.undrawn) for one in found.tried]
    assert (sum(one.cases for one in found.tried) > 0) is (found.operations > 0)
