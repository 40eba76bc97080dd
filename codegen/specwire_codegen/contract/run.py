"""Contract tests of a provider, against its mock server or a live one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import attrs
from specwire.errors import AuthenticationError

from specwire_codegen.contract.checks import (
    ALL_PHASES,
    EXCEPTIONS,
    LEFT_OUT,
    Checked,
    Plan,
    check_document,
    checks_in,
)
from specwire_codegen.contract.client.calls import Clients
from specwire_codegen.contract.harness import KEY, Harness
from specwire_codegen.contract.live import PlannedCall, Reader, plan_calls
from specwire_codegen.contract.report import Report, Row
from specwire_codegen.contract.strategies.property_check import Violation
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.wire.credentials import first_auth
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.ir import Operation

Progress = Callable[[str], object]
"""Callback for progress messages."""

_REJECTIONS = frozenset({401, 404, 422})
"""Rejections by the mock server: without a key, for an unknown id, and for an invalid request."""
_RATE_LIMIT = "5/s"
"""Rate limit of schemathesis requests to a live server."""


def check_mock(subject: Subject, examples: int, progress: Progress) -> Report:
    """Check document, mock server and client against each other."""
    with _quiet(), Harness(subject) as harness:
        progress("schemathesis on the mock server")
        plan = Plan(harness.url, _headers(subject, KEY), examples, own=_REJECTIONS)
        checked = {one.operation_id: one for one in check_document(subject.document, plan)}
        rows = []
        for operation_id in subject.operation_ids:
            progress(operation_id)
            rows.append(_row(harness, operation_id, checked[operation_id], examples))
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
        *(f"not checked: {name}, because {why}" for name, why in LEFT_OUT.items()),
        *(f"ignored: {what}, because {why}" for what, why in EXCEPTIONS.items()),
        "ignored: statuses of the mock server's own rejections that the document does not list",
    )
    return Report(
        f"{subject.name} on its mock server", ("document", "sent", "read"), tuple(rows), notes, tuple(chains.findings)
    )


def _row(harness: Harness, operation_id: str, checked: Checked, examples: int) -> Row:
    problems = list(checked.findings)
    sent = read = 0
    sending = (harness.sends, harness.overrides)
    reading = (harness.reads, harness.reads_errors, harness.pages, harness.retries, harness.resumes)
    for operation in _methods(harness.subject, operation_id):
        for check in (*sending, *reading):
            try:
                count = check(operation, examples)
            except Violation as violation:
                problems.append(f"{'.'.join(operation.method)}: {violation}")
                continue
            sent += 2 * count if check in sending else 0
            read += 2 * count if check in reading else 0
    return Row(operation_id, (checked.cases, sent, read), tuple(problems))


def _methods(subject: Subject, operation_id: str) -> Iterator[Operation]:
    return (operation for operation in subject.api.operations if operation.id == operation_id)


@attrs.frozen
class Target:
    """A live server and the permitted operations."""

    base_url: str
    key: str = attrs.field(repr=False)
    everything: bool = False
    """True to also call operations that change something or cost money."""


def live_target(
    subject: Subject, base_url: str | None, environment: Mapping[str, str], *, everything: bool = False
) -> Target:
    """Return the base URL and the key. Raise `SpecwireCodegenError` if either is unknown."""
    api = subject.api
    url = base_url or environment.get(api.base_url_variable or "", "") or api.base_url
    if not url:
        raise SpecwireCodegenError(f"the base URL of {subject.name} is unknown: pass --base-url")
    variable = next((variable for _, variable in api.security.variables), "") if api.security is not None else ""
    key = environment.get(variable, "").strip()
    if not key and api.security is not None:
        raise SpecwireCodegenError(f"{url} needs a key: set {variable} to a key of {subject.name}")
    return Target(url.rstrip("/"), key, everything)


def skipped_operations(subject: Subject) -> tuple[str, ...]:
    """Return the operations that a live run calls only on request."""
    return tuple(call.operation.id for call in plan_calls(subject) if call.skip_reason is not None)


def check_live(subject: Subject, target: Target, examples: int, progress: Progress) -> Report:
    """Check a live server against the document, with the client and with schemathesis.

    Raise `SpecwireCodegenError` if the server rejects the key.
    """
    planned = plan_calls(subject)
    with _quiet(), Clients(subject, target.base_url, target.key) as clients:
        reader = Reader(subject, clients)
        try:
            read = [_live_row(reader, call, target, progress) for call in planned]
        except AuthenticationError as problem:
            raise SpecwireCodegenError(f"the server refused the key: {problem}".replace(target.key, "***")) from None
        lists = frozenset(call.operation.id for call in planned if call.skip_reason is None and call.source is None)
        plan = Plan(
            target.base_url,
            _headers(subject, target.key),
            examples,
            phases=("examples", "fuzzing"),
            only=None if target.everything else lists,
            invalid=not target.everything,
            rate=_RATE_LIMIT,
        )
        progress("schemathesis on the live server")
        checked = {one.operation_id: one for one in check_document(subject.document, plan)}
    rows = tuple(_merged(row, checked.get(row.operation_id)) for row in read)
    order = subject.operation_ids
    notes = (
        "read: calls of both clients, their responses compared with the document; ids are those that lists gave",
        f"document: requests of schemathesis, at most {_RATE_LIMIT}; {', '.join(checks_in(plan.phases))}",
        "not checked: requests on the wire, because only our own server records them",
        *(f"not checked: {name}, because {why}" for name, why in LEFT_OUT.items()),
    )
    rows = tuple(sorted(rows, key=lambda row: order.index(row.operation_id)))
    title = f"{subject.name} at {target.base_url}"
    return Report(title, ("read", "document"), rows, notes, tuple(checked[None].findings)).without(target.key)


def _live_row(reader: Reader, call: PlannedCall, target: Target, progress: Progress) -> Row:
    progress(call.operation.id)
    if call.skip_reason is not None and target.everything:
        return reader.call(call.operation)
    return reader.run(call)


def _merged(row: Row, checked: Checked | None) -> Row:
    if checked is None:
        return attrs.evolve(row, counts=(*row.counts, 0))
    problems = (*row.problems, *checked.findings)
    return attrs.evolve(
        row, counts=(*row.counts, checked.cases), problems=problems, checked=row.checked or checked.cases > 0
    )


def _headers(subject: Subject, key: str) -> dict[str, str]:
    auth = first_auth(subject.sync_client._provider, key)
    if auth.query or auth.cookies:
        raise SpecwireCodegenError(
            f"{subject.name} takes its key in the query or a cookie, which `contract` cannot send yet"
        )
    # schemathesis removes the key by this spelling, to check that the server requires it.
    return {"Authorization" if name == "authorization" else name: value for name, value in auth.headers.items()}


@contextmanager
def _quiet() -> Iterator[None]:
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
