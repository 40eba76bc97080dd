"""Live runs find disagreements planted in servers and documents, and blame the right side with a minimal case."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from specwire_codegen.contract.subject import Subject

from tests.contract import planted_bugs
from tests.contract.planted_in_servers import DOCUMENT, PLANTS, Plant, report_of
from tests.sampling import sampled
from tests.support.generated_client import generated_client


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """Client of the document in which the disagreements are planted."""
    folder = tmp_path_factory.mktemp("planted_servers")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield generated_client(DOCUMENT, "planted_servers", folder)


@pytest.mark.parametrize("plant", sampled(PLANTS, 6), ids=lambda plant: plant.name)
def test_a_planted_disagreement_is_found(
    plant: Plant, planted: Subject, record_property: Callable[[str, object], None]
) -> None:
    """The operation has a finding, no other side is blamed, and the finding has a request and a call."""
    record_property("planted", plant.name)
    report = report_of(planted, plant)
    assert {finding.side for _, finding in report.findings} == {plant.side}
    found = [finding for operation_id, finding in report.findings if operation_id == plant.operation]
    assert found
    smallest = found[0]
    assert smallest.exchange is not None and "http://127.0.0.1:" in smallest.exchange.curl
    assert "planted-key" not in smallest.exchange.curl
    assert "client = Planted" in smallest.python


def test_nothing_is_reported_without_a_disagreement(planted: Subject) -> None:
    """Every operation is called, and conforms."""
    report = report_of(planted, None)
    assert report.problems == ()
    assert [row.operation_id for row in report.rows if not row.checked] == []


def test_at_least_sixty_disagreements_are_planted() -> None:
    """In servers, documents and clients, each once."""
    counts = {side: sum(1 for plant in PLANTS if plant.side == side) for side in ("server", "document")}
    counts["client"] = len(planted_bugs.PLANTS)
    assert len({plant.name for plant in PLANTS}) == len(PLANTS)
    assert all(count >= 15 for count in counts.values())
    assert sum(counts.values()) >= 60
