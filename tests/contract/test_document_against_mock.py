"""Mock servers of the providers follow their documents, as checked by schemathesis.

All four of its phases run: the document's own examples, coverage of every keyword of every schema (valid values at
their limits, values just beyond, missing and unknown ones, wrong methods and media types), drawn data, and chains in
which a call uses what the one before it answered. What is checked, what is not and why, and what is not held against
a server is in `specwire_codegen.contract.checks` and `.exceptions`.
"""

from collections.abc import Callable

import attrs
import pytest
from schemathesis.checks import CHECKS as KNOWN, load_all_checks
from specwire_codegen.contract.checks import ALL_PHASES, CHECKS, LEFT_OUT, Plan, check_document
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.wire.credentials import server_keys
from specwire_codegen.mock import TEST_KEY

from tests.sampling import sample_number


@pytest.mark.slow
def test_the_mock_server_follows_the_document(
    subject: Subject, harness: Harness, examples: int, exhaustive: bool, record_property: Callable[[str, object], None]
) -> None:
    """No request of schemathesis gets an undocumented response.

    Covering all keywords takes nine tenths of the requests, so a normal run does it for an eighth of the
    operations, which changes daily.
    """
    plan = Plan(harness.url, server_keys(subject.api.security, TEST_KEY), examples)
    if exhaustive:
        checked = check_document(subject.document, plan)
    else:
        rest = tuple(phase for phase in ALL_PHASES if phase != "coverage")
        sample = frozenset(subject.operation_ids[sample_number() % 8 :: 8])
        checked = check_document(subject.document, attrs.evolve(plan, phases=rest))
        checked += check_document(subject.document, attrs.evolve(plan, phases=("coverage",), only=sample))
    assert [f"{one.operation_id}: {found.finding}" for one in checked for found in one.findings] == []
    assert [one.operation_id for one in checked if one.operation_id and one.cases == 0] == []
    for operation_id in subject.operation_ids:
        record_property("contract", f"{subject.name} {operation_id} - document")


def test_every_check_is_used_or_excluded_by_name() -> None:
    """Exclusions have reasons."""
    load_all_checks()
    assert sorted({*CHECKS, *LEFT_OUT} - {"max_response_time"}) == sorted(KNOWN.get_all_names())


@pytest.mark.parametrize("change", ["status", "type", "field"])
def test_a_server_that_differs_is_reported(
    change: str, harness_of: Callable[[Subject], Harness], moonshot: Subject
) -> None:
    """Another status, media type or field type than documented."""
    document = changed(moonshot, change)
    plan = Plan(
        harness_of(moonshot).url,
        server_keys(moonshot.api.security, TEST_KEY),
        2,
        phases=("fuzzing",),
        only=frozenset({"get_balance"}),
    )
    names = {"status": "status_code", "type": "content_type", "field": "response_schema"}
    checks = [found.finding.check for one in check_document(document, plan) for found in one.findings]
    assert {check.removesuffix("_conformance") for check in checks} == {names[change]}


def changed(subject: Subject, change: str) -> dict[str, object]:
    """Return a document whose balance response differs from that of the mock server."""
    answer = {"type": "object", "required": ["nothing"], "properties": {"nothing": {"type": "integer"}}}
    media = {
        "application/xml" if change == "type" else "application/json": {"schema": answer if change == "field" else {}}
    }
    operation = {**subject.raw("get_balance")}
    operation["responses"] = {"201" if change == "status" else "200": {"description": "The balance.", "content": media}}
    return {**subject.document, "paths": {"/v1/users/me/balance": {"get": operation}}}
