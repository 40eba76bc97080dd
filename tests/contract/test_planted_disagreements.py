"""Live runs find disagreements planted in servers and documents, and blame the right side with a minimal case."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from specwire_codegen.contract.reports.report import Report
from specwire_codegen.contract.subject import Subject

from tests.contract import planted_bugs, planted_in_servers, planted_in_shop
from tests.contract.planted_in_servers import Plant
from tests.contract.planted_in_shop import HARMLESS, ShopPlant
from tests.sampling import sampled
from tests.support.generated_client import generated_client

PLANTS: list[Plant | ShopPlant] = [*planted_in_servers.PLANTS, *planted_in_shop.PLANTS]


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Subject]]:
    """Clients of the documents in which the disagreements are planted, by the name of their module."""
    folder = tmp_path_factory.mktemp("planted")
    documents = {"pets": planted_in_servers.DOCUMENT, "shop": planted_in_shop.DOCUMENT}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield {name: generated_client(text, f"planted_{name}", folder) for name, text in documents.items()}


@pytest.mark.planted
@pytest.mark.parametrize("plant", sampled(PLANTS, 6), ids=lambda plant: plant.name)
def test_a_planted_disagreement_is_found(
    plant: Plant | ShopPlant, subjects: dict[str, Subject], record_property: Callable[[str, object], None]
) -> None:
    """The operation has a finding, no other side is blamed, and the finding has a request and a call."""
    record_property("planted", f"{plant.side} {plant.name}")
    report = reported(plant, subjects)
    assert {finding.side for _, finding in report.findings} == {plant.side}
    found = [finding for operation_id, finding in report.findings if operation_id == plant.operation]
    assert found
    smallest = found[0]
    print(f"{plant.name}: {smallest}")
    if smallest.exchange is None:  # a client of another document, which cannot send the call
        assert "has no" in smallest.message
    else:
        assert "http://127.0.0.1:" in smallest.exchange.curl
        assert "planted-key" not in smallest.exchange.curl
    assert "client = " in smallest.python


def reported(plant: Plant | ShopPlant, subjects: dict[str, Subject]) -> Report:
    """Return the report of a live run with a planted disagreement."""
    if isinstance(plant, ShopPlant):
        return planted_in_shop.report_of(subjects["shop"], plant)
    return planted_in_servers.report_of(subjects["pets"], plant)


@pytest.mark.parametrize("plant", sampled(HARMLESS, 3), ids=lambda plant: plant.name)
def test_a_harmless_change_is_not_reported(plant: ShopPlant, subjects: dict[str, Subject]) -> None:
    """What HTTP and the document allow is left alone."""
    assert planted_in_shop.report_of(subjects["shop"], plant).problems == ()


@pytest.mark.parametrize("name", ["pets", "shop"])
def test_nothing_is_reported_without_a_disagreement(name: str, subjects: dict[str, Subject]) -> None:
    """Every operation is called, and conforms."""
    module = {"pets": planted_in_servers, "shop": planted_in_shop}[name]
    report = module.report_of(subjects[name], None)
    assert report.problems == ()
    assert [row.operation_id for row in report.rows if not row.checked] == []


def test_at_least_a_hundred_and_fifty_disagreements_are_planted() -> None:
    """In servers, documents and clients, each once."""
    counts = {side: sum(1 for plant in PLANTS if plant.side == side) for side in ("server", "document")}
    counts["client"] = len(planted_bugs.PLANTS)
    assert len({plant.name for plant in PLANTS}) == len(PLANTS)
    assert all(count >= 25 for count in counts.values())
    assert sum(counts.values()) >= 150
