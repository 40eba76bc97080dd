"""The contract and conformance checks find bugs that are planted in the runtime, and without any they find nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.planted_bugs import PLANTS, Plant, findings
from tests.sampling import sampled
from tests.support.subjects import subject_named


@pytest.mark.parametrize("plant", sampled(PLANTS, 2), ids=lambda plant: plant.name)
def test_a_planted_bug_is_found(
    plant: Plant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """The checks of a document that has the feature find a bug in it."""
    record_property("planted", plant.name)
    plant.plant(monkeypatch)
    found = list(findings(plant, subject_named, tmp_path))
    print(f"{plant.name}: {', '.join(found)}")
    assert found


@pytest.mark.exhaustive
def test_nothing_is_found_where_nothing_is_planted(tmp_path: Path) -> None:
    """The operations and documents that the plants are looked for in pass."""
    operations = tuple(dict.fromkeys(one for plant in PLANTS for one in plant.operations))
    cases = tuple(dict.fromkeys(case for plant in PLANTS for case in plant.cases))
    healthy = Plant("nothing", lambda monkeypatch: None, operations, cases)
    assert [] == list(findings(healthy, subject_named, tmp_path))


def test_every_bug_of_the_list_is_planted() -> None:
    """All thirty-one are."""
    assert 31 == len({plant.name.partition(" ")[0] for plant in PLANTS}) == len(PLANTS)
