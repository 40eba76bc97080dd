"""Contract checks find planted bugs of the runtime, and report nothing without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.planted_bugs import PLANTS, PlantedBug, findings
from tests.sampling import sampled
from tests.support.subjects import subject_named

pytestmark = pytest.mark.planted


@pytest.mark.parametrize("plant", sampled(PLANTS, 2), ids=lambda plant: plant.name)
def test_a_planted_bug_is_found(
    plant: PlantedBug,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """The checks of a document with the feature report it, blame the client, and have a request and a call."""
    record_property("planted", f"client {plant.name}")
    plant.plant(monkeypatch)
    found = next(findings(plant, subject_named, tmp_path), None)
    assert found is not None
    place, finding = found
    print(f"{plant.name}: {place}: {finding}")
    assert finding.side == "client"
    if finding.exchange is None:  # the HTTP library refuses to send the request
        assert ": 0 requests arrived, not 1" in finding.message
    else:
        assert "http://127.0.0.1:" in finding.exchange.curl
    assert "client = " in finding.python


@pytest.mark.exhaustive
def test_nothing_is_reported_without_a_bug(tmp_path: Path) -> None:
    """The same operations and documents pass."""
    operations = tuple(dict.fromkeys(one for plant in PLANTS for one in plant.operations))
    cases = tuple(dict.fromkeys(case for plant in PLANTS for case in plant.cases))
    healthy = PlantedBug("nothing", lambda monkeypatch: None, operations, cases)
    assert [] == list(findings(healthy, subject_named, tmp_path))


def test_all_fifty_three_bugs_are_planted() -> None:
    """Each number is there once."""
    assert 53 == len({plant.name.partition(" ")[0] for plant in PLANTS}) == len(PLANTS)
