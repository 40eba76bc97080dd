"""Calls that take several requests: pages, repeated tries and broken streams; and the overrides of single calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.subject import Subject
from specwire_codegen.ir import Empty, Operation
from specwire_codegen.overrides.overrides import read_overrides

from tests.support.generated_client import made
from tests.support.paths import ROOT

CASES = ROOT / "tests" / "cases" / "positive"


def test_a_call_is_repeated_where_it_may_be_and_as_it_was(
    harness: Harness, operation: Operation, examples: int
) -> None:
    """After a 503, what is idempotent goes out again, the same to the byte, and what is not raises the error."""
    assert harness.retries(operation, examples) >= (1 if isinstance(operation.payload, Empty) else 2)


def test_all_items_of_all_pages_come_back(harness: Harness, operation: Operation, examples: int) -> None:
    """Every item of two pages comes back typed, and the second request asks for the second page."""
    assert (harness.pages(operation, examples) > 0) is (operation.pagination is not None)


def test_overrides_send_what_the_document_says(harness_of: Callable[[Subject], Harness], subject: Subject) -> None:
    """Every override that takes a method's place is called with the arguments that both take."""
    harness = harness_of(subject)
    taken = {one.id: harness.overrides(one, 20) for one in subject.api.operations}
    overrides = read_overrides(ROOT / "overrides" / "specwire_overrides" / subject.name, subject.api)
    replaced = {one.operation_id for one in overrides if one.kind == "replaces"}
    assert {name for name, count in taken.items() if count >= 5} == replaced


@pytest.mark.parametrize("case", ["pages", "polling", "idempotency", "resumable", "streams"])
def test_every_kind_of_call_in_several_requests(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each style of pages, each rule of repeating and each stream that resumes works as its document says."""
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = made(CASES / case / "spec.yaml", f"several_{case}", tmp_path)
    with Harness(subject) as harness:
        counts = {
            one.id: (harness.retries(one, 4) > 0, harness.pages(one, 4) > 0, harness.resumes(one, 4) > 0)
            for one in subject.api.operations
        }
    assert counts == {
        one.id: (True, one.pagination is not None, getattr(one.payload, "resumable", False))
        for one in subject.api.operations
    }
