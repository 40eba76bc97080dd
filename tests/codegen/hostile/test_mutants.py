"""Mutated documents: each becomes a complete client or is rejected with a message, as `fuzz.documents` requires."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.documents import CASES, mutant, outcome

SOURCES = tuple(CASES / name / "spec.yaml" for name in ("bodies", "openapi30", "parameters", "swagger2", "unions"))


@pytest.mark.parametrize("seed", range(15))
def test_a_mutant_becomes_a_complete_client_or_is_rejected(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client works and has every operation; the message is helpful."""
    monkeypatch.syspath_prepend(str(tmp_path))
    assert () == outcome(mutant(seed, SOURCES), tmp_path, f"mutant{seed}").findings


def test_a_seed_always_gives_the_same_mutant() -> None:
    """A finding can be reproduced."""
    once, again = (mutant(7, SOURCES) for _ in range(2))
    assert once == again
    assert once != mutant(8, SOURCES)
