"""Changed documents: what chance does ends in a whole client or in a message, as `fuzz.documents` promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.documents import CASES, mutant, outcome

SOURCES = tuple(CASES / name / "spec.yaml" for name in ("bodies", "openapi30", "parameters", "swagger2", "unions"))


@pytest.mark.parametrize("seed", range(15))
def test_a_mutant_becomes_a_client_or_is_refused(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that was changed is refused with a message that helps, or all of it is there and works."""
    monkeypatch.syspath_prepend(str(tmp_path))
    assert () == outcome(mutant(seed, SOURCES), tmp_path, f"mutant{seed}").findings


def test_a_number_is_always_the_same_mutant() -> None:
    """What a number stands for does not change, so that a finding can be had again."""
    once, again = (mutant(7, SOURCES) for _ in range(2))
    assert once == again
    assert once != mutant(8, SOURCES)
