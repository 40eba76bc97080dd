"""Contract tests of a provider against its mock server."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

import attrs

from specwire_codegen.contract.checks import (
    ALL_PHASES,
    LEFT_OUT,
    Checked,
    Found,
    Plan,
    check_document,
    checks_in,
)
from specwire_codegen.contract.exceptions import EXCEPTIONS
from specwire_codegen.contract.harness import Evidence, Harness
from specwire_codegen.contract.progress import Progress
from specwire_codegen.contract.reports.coverage import Collector
from specwire_codegen.contract.reports.report import Count, Report, Row
from specwire_codegen.contract.snippet import case_source
from specwire_codegen.contract.strategies.property_check import UndrawableError, Violation
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.finding import Finding
from specwire_codegen.contract.values.redaction import redactor
from specwire_codegen.contract.wire.credentials import server_keys
from specwire_codegen.ir import Operation
from specwire_codegen.mock import TEST_KEY

REJECTIONS = frozenset({400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429})
"""Statuses with which a server rejects a request that is invalid on purpose, whether or not the document lists them."""


def check_mock(subject: Subject, examples: int, progress: Progress, only: Collection[str] | None = None) -> Report:
    """Check document, mock server and client against each other; `only` names the operations to check."""
    started = time.time()
    chosen = [one for one in subject.operation_ids if only is None or one in only]
    collector = Collector(subject.document)
    begun: set[str] = set()

    def begin(operation_id: str) -> None:
        begun.add(operation_id)
        progress(f"document: {operation_id}", len(begun), len(chosen))

    with quiet(), Harness(subject) as harness:
        plan = Plan(
            harness.url,
            server_keys(subject.api.security, TEST_KEY),
            examples,
            only=None if only is None else frozenset(chosen),
            own=REJECTIONS,
            side="document",
            observe=collector.observe,
            progress=begin,
        )
        checked = {one.operation_id: one for one in check_document(subject.document, plan)}
        rows = []
        for number, operation_id in enumerate(chosen):
            progress(f"client: {operation_id}", number, len(chosen))
            rows.append(row_of(harness, operation_id, checked[operation_id], examples))
    chains = checked[None]
    names = ", ".join(checks_in(ALL_PHASES))
    notes = (
        f"document: requests of schemathesis to the mock server, and {chains.cases} in a row; {names}",
        (
            "sent: calls generated from the document, made with both clients with JSON and Python values, and with the "
            "overrides; compared on the wire"
        ),
        (
            "read: responses, streams, errors, pages, retries and interrupted streams generated from the document; "
            "compared in value and type with the results of both clients"
        ),
        *left_out(),
        *(f"ignored: {what}, because {why}" for what, why in EXCEPTIONS.items()),
        "ignored: statuses of rejections that the document does not list, as few documents list 401 and 422 everywhere",
    )
    report = Report(
        f"{subject.name} on its mock server",
        ("document", "sent", "read"),
        tuple(rows),
        notes,
        findings_of(subject, None, chains.findings),
        collector.result(),
        started=started,
        seconds=time.time() - started,
    )
    return report.redacted(redactor((TEST_KEY,)))


def left_out() -> Iterator[str]:
    """Yield what schemathesis could check and does not."""
    return (f"not checked: {name}, because {why}" for name, why in LEFT_OUT.items())


def row_of(harness: Harness, operation_id: str, checked: Checked, examples: int) -> Row:
    """Check both clients in the methods of an operation, and return its row with what was found in the document."""
    subject = harness.subject
    found: list[Finding] = []
    notes = [f"document: {note}" for note in checked.notes]
    counts: dict[str, Count] = {"sent": Count(), "read": Count()}
    suites: dict[str, tuple[Callable[[Operation, int], int], ...]] = {
        "sent": (harness.sends, harness.overrides),
        "read": (harness.reads, harness.reads_errors, harness.pages, harness.retries, harness.resumes),
    }
    operations = methods_of(subject, operation_id)
    for operation in operations:
        for suite, checks in suites.items():
            for check in checks:
                tried = failed = 0
                try:
                    tried = check(operation, examples)
                except UndrawableError as problem:
                    notes.append(f"{suite}: no values fit the schema ({problem})")
                except Violation as violation:
                    tried, failed = violation.count, 1
                    found.append(_client_finding(operation, check.__name__, violation))
                counts[suite] = Count(counts[suite].tried + 2 * tried, counts[suite].failed + 2 * failed)
    document = findings_of(subject, operation_id, checked.findings)
    return Row(
        operation_id,
        (Count(checked.cases, len(document)), *counts.values()),
        (*document, *found),
        "; ".join(dict.fromkeys(notes)),
        endpoint=endpoint(operations[0]) if operations else "",
        call=".".join(operations[0].method) if operations else "",
    )


def _client_finding(operation: Operation, check: str, violation: Violation) -> Finding:
    evidence = violation.context if isinstance(violation.context, Evidence) else Evidence(None, "")
    method = ".".join(operation.method)
    return Finding("client", check, f"{method}: {violation}", evidence.exchange, evidence.python)


def findings_of(subject: Subject, operation_id: str | None, found: Sequence[Found]) -> tuple[Finding, ...]:
    """Return the findings of schemathesis with the calls of the client."""
    operation = next(iter(methods_of(subject, operation_id)), None) if operation_id is not None else None
    if operation is None:
        return tuple(one.finding for one in found)
    return tuple(
        attrs.evolve(one.finding, python="" if one.case is None else case_source(subject, operation, one.case))
        for one in found
    )


def endpoint(operation: Operation) -> str:
    """Return the method and the path of an operation."""
    return f"{operation.http_method} {operation.path}"


def methods_of(subject: Subject, operation_id: str) -> list[Operation]:
    """Return the methods of an operation."""
    return [operation for operation in subject.api.operations if operation.id == operation_id]


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress the server's log of requests that are meant to be rejected."""
    loggers = [logging.getLogger(name) for name in ("specwire.mock", "uvicorn.error", "python_multipart.multipart")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
