"""Calls of several requests: pages, retries and interrupted streams; and the overrides of single calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.subject import Subject
from specwire_codegen.ir import Empty, Operation
from specwire_codegen.overrides.overrides import read_overrides

from tests.support.generated_client import generated_client
from tests.support.paths import ROOT

CASES = ROOT / "tests" / "cases" / "positive"


def test_an_idempotent_call_is_retried_unchanged(harness: Harness, operation: Operation, examples: int) -> None:
    """After a 503 the same bytes are sent again; a call that is not idempotent raises."""
    assert harness.retries(operation, examples) >= (1 if isinstance(operation.payload, Empty) else 2)


def test_all_items_of_two_pages_are_returned(harness: Harness, operation: Operation, examples: int) -> None:
    """They are typed, and the second request asks for the second page."""
    assert (harness.pages(operation, examples) > 0) is (operation.pagination is not None)


def test_overrides_send_documented_requests(harness_of: Callable[[Subject], Harness], subject: Subject) -> None:
    """Every override that replaces a method is called with the arguments that both accept."""
    harness = harness_of(subject)
    taken = {one.id: harness.overrides(one, 20) for one in subject.api.operations}
    overrides = read_overrides(ROOT / "overrides" / "specwire_overrides" / subject.name, subject.api)
    replaced = {one.operation_id for one in overrides if one.kind == "replaces"}
    assert {name for name, count in taken.items() if count >= 5} == replaced


def test_unwrapped_responses_are_returned_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The value inside the envelope is complete and typed, for each status."""
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = generated_client(CASES / "unwrapped" / "spec.yaml", "unwrapped_case", tmp_path)
    with Harness(subject) as harness:
        assert all(harness.reads(one, 30) > 2 for one in subject.api.operations)


@pytest.mark.parametrize("case", ["pages", "pages_in_bodies", "polling", "idempotency", "resumable", "streams"])
def test_every_kind_of_call_in_several_requests(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each style of pages, each retry rule and each resumable stream works as documented."""
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = generated_client(CASES / case / "spec.yaml", f"several_{case}", tmp_path)
    with Harness(subject) as harness:
        counts = {
            one.id: (harness.retries(one, 4) > 0, harness.pages(one, 4) > 0, harness.resumes(one, 4) > 0)
            for one in subject.api.operations
        }
    assert counts == {
        one.id: (True, one.pagination is not None, getattr(one.payload, "resumable", False))
        for one in subject.api.operations
    }
