"""Contract tests of a live server, or of a recording of one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import attrs
from specwire._network.server_url import base_url_flaw, shown_url, without_user
from specwire.errors import AuthenticationError

from specwire_codegen.contract.checks import Checked, PhaseName, Plan as Checks, check_document, checks_in
from specwire_codegen.contract.client.calls import Clients
from specwire_codegen.contract.live.budget import Budget
from specwire_codegen.contract.live.cassette import OWN, Player, Tape, write
from specwire_codegen.contract.live.gateway import Gateway, LiveServer, Server, base_path
from specwire_codegen.contract.live.interrupt import interruptible
from specwire_codegen.contract.live.plan import Limits, Plan, Wishes, plan_run
from specwire_codegen.contract.live.reader import Reader
from specwire_codegen.contract.live.removal import Journal
from specwire_codegen.contract.progress import Progress
from specwire_codegen.contract.reports.coverage import Collector
from specwire_codegen.contract.reports.report import Count, Report, Row
from specwire_codegen.contract.run import REJECTIONS, findings_of, left_out, quiet
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.finding import Finding
from specwire_codegen.contract.values.redaction import Redactor, redactor
from specwire_codegen.contract.wire.credentials import server_keys, shown
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.request import routing
from specwire_codegen.mock.server import serve

_PHASES: tuple[PhaseName, ...] = ("examples", "fuzzing")
_UNTIMED = Limits(requests=10**9, tokens=16, upload=10**9, seconds=10**9, per_second=10**9)
"""Limits of a replay, whose recording has been within the real ones."""


@attrs.frozen
class Target:
    """A live server, or a recording of one."""

    base_url: str
    key: str = attrs.field(repr=False)
    tape: Tape | None = None


def live_target(subject: Subject, base_url: str | None, environment: Mapping[str, str]) -> Target:
    """Return the base URL and the key. Raise `SpecwireCodegenError` if either is unknown."""
    api = subject.api
    url = base_url or environment.get(api.base_url_variable or "", "") or api.base_url
    if not url:
        raise SpecwireCodegenError(f"the base URL of {subject.name} is unknown: pass --base-url")
    flaw = base_url_flaw(url)
    if flaw is not None:
        message = f"base URL {shown_url(url)!r} is unusable: {flaw}; give https://host/path without query or fragment"
        raise SpecwireCodegenError(message)
    variable = next((variable for _, variable in api.security.variables), "") if api.security is not None else ""
    key = environment.get(variable, "").strip()
    if not key and api.security is not None:
        raise SpecwireCodegenError(f"{shown_url(url)} needs a key: set {variable} to a key of {subject.name}")
    return Target(url.rstrip("/"), key)


def replayed_target(tape: Tape) -> Target:
    """Return the target of a recording, which needs no key."""
    return Target(tape.url, OWN, tape)


class LiveRun:
    """One run, from its plan to its report."""

    def __init__(self, subject: Subject, target: Target, wishes: Wishes) -> None:
        """Plan the run; nothing is sent."""
        self.plan: Plan = plan_run(subject, wishes)
        self._subject = subject
        self._target = target
        self._limits = wishes.limits if target.tape is None else attrs.evolve(_UNTIMED, tokens=wishes.limits.tokens)
        self._redactor = _redactor(subject, target.key)
        self._collector = Collector(subject.document, base_path(target.base_url))
        self._rows: list[Row] = []
        self._checked: dict[str | None, Checked] = {None: Checked(None)}
        self._left: list[str] = []
        self._stopped = ""
        prices = {call.operation.id: call.price for call in self.plan.calls if call.price}
        self._server: Server = LiveServer() if target.tape is None else Recording(Player(target.tape, self._redactor))
        self._gateway = Gateway(
            _origin(target.base_url),
            self._server,
            routing.build(load_operations.read(Document(dict(subject.document)))),
            frozenset(call.operation.id for call in self.plan.called),
            Budget(self._limits, wishes.spend, prices),
            Journal(subject),
            _declared(subject),
            base_path(target.base_url),
        )
        self._gateway.observe = self._collector.observe
        self._started = time.time()

    def check(self, progress: Progress) -> None:
        """Call the server. What was created is removed at the end, whatever ends the run.

        Raise `SpecwireCodegenError` if the server rejects the key.
        """
        self._started = time.time()
        try:
            with quiet(), interruptible(self._interrupt), ExitStack() as stack:
                url = stack.enter_context(serve(self._gateway)) + base_path(self._target.base_url)
                clients = stack.enter_context(
                    Clients(self._subject, url, self._target.key, timeout=self._limits.seconds)
                )
                self._call(clients, progress)
                self._run_schemathesis(url, progress)
        except KeyboardInterrupt:
            self._interrupt()
            raise
        except AuthenticationError as problem:
            raise SpecwireCodegenError(f"the server refused the key: {self._redactor.text(str(problem))}") from None
        finally:
            progress("removing what was created")
            self._remove()

    def _interrupt(self) -> None:
        self._gateway.budget.stopped = self._stopped = "it was interrupted"

    def _remove(self) -> None:
        """Remove what the run created; what is left after another interrupt is listed."""
        try:
            self._left = asyncio.run(self._gateway.remove())
        except KeyboardInterrupt:
            self._left = [created.shown for created in self._gateway.journal.pending()]
            raise
        finally:
            self._server.close()

    def _call(self, clients: Clients, progress: Progress) -> None:
        reader = Reader(self._subject, clients, self._gateway, base_path(self._target.base_url), self._limits.wait)
        for number, call in enumerate(self.plan.calls):
            progress(f"client: {call.operation.id}", number, len(self.plan.calls))
            self._rows.append(reader.run(call))

    def _run_schemathesis(self, url: str, progress: Progress) -> None:
        chosen = frozenset(
            call.operation.id
            for call in self.plan.called
            if call.source is None and self._is_drawable(call.operation.id)
        )
        if not chosen or self._gateway.budget.stopped:
            return
        begun: set[str] = set()

        def begin(operation_id: str) -> None:
            begun.add(operation_id)
            progress(f"document: {operation_id}", len(begun), len(chosen))

        checks = Checks(
            url,
            server_keys(self._subject.api.security, self._target.key),
            self.plan.wishes.examples,
            phases=_PHASES,
            only=chosen,
            own=REJECTIONS,
            invalid=self.plan.reads_only,
            stopped=lambda: bool(self._gateway.budget.stopped),
            progress=begin,
            seconds=self._limits.seconds,
        )
        for checked in check_document(self._subject.document, checks):
            self._checked[checked.operation_id] = checked

    def _is_drawable(self, operation_id: str) -> bool:
        return any(row.operation_id == operation_id and row.checked for row in self._rows)

    def report(self) -> Report:
        """Return the report of what was checked until now."""
        called = {row.operation_id for row in self._rows}
        missing = [
            Row(call.operation.id, (Count(),), note="the run ended before", checked=False)
            for call in self.plan.calls
            if call.operation.id not in called
        ]
        order = self._subject.operation_ids
        rows = sorted(map(self._merged, [*self._rows, *missing]), key=lambda row: order.index(row.operation_id))
        replayed = "the recording of " if self._target.tape is not None else ""
        report = Report(
            f"{self._subject.name} at {replayed}{shown_url(self._target.base_url)}",
            ("calls", "document"),
            tuple(rows),
            tuple(self._notes()),
            findings_of(self._subject, None, self._checked[None].findings),
            self._collector.result(),
            tuple(self._left),
            self._stopped or self._gateway.budget.stopped,
            self._started,
            time.time() - self._started,
        )
        return report.redacted(self._redactor)

    def _notes(self) -> list[str]:
        budget = self._gateway.budget
        cost = f", which cost {budget.cost:g} {self.plan.currency}".rstrip() if budget.cost else ""
        return [
            "calls: both clients, their requests and responses compared with the document; ids are those that lists gave",
            f"document: requests of schemathesis; {', '.join(checks_in(_PHASES))}",
            f"sent: {budget.requests:,} requests{cost}",
            *left_out(),
        ]

    def _merged(self, row: Row) -> Row:
        checked = self._checked.get(row.operation_id)
        cases = 0 if checked is None else checked.cases
        found = () if checked is None else findings_of(self._subject, row.operation_id, checked.findings)
        if any(finding.side == "document" for finding in row.findings):
            found = tuple(attrs.evolve(finding, side="document") for finding in found)
        lost = [exchange for operation_id, exchange in self._gateway.lost if operation_id == row.operation_id]
        gone = tuple(
            Finding("client", "replay", "the recording does not have this request: record it again", exchange)
            for exchange in lost[:1]
        )
        notes = [row.note, *(f"document: {note}" for note in ([] if checked is None else checked.notes))]
        return attrs.evolve(
            row,
            note="; ".join(filter(None, notes)),
            counts=(*row.counts, Count(cases, len(found))),
            findings=(*row.findings, *found, *gone),
            checked=row.checked or cases > 0 or bool(gone),
        )

    def record(self, path: Path, options: Mapping[str, Any]) -> None:
        """Write the exchanges to a HAR file."""
        write(path, Tape(without_user(self._target.base_url), options, tuple(self._gateway.exchanges)), self._redactor)


class Recording:
    """Server that plays a tape."""

    def __init__(self, player: Player) -> None:
        """Play from the beginning."""
        self._player = player

    def send(self, request: Exchange) -> Exchange | None:
        """Return the recorded exchange, if there is one."""
        return self._player.response(request)

    def close(self) -> None:
        """Do nothing: there are no connections."""


def _origin(base_url: str) -> str:
    return base_url.removesuffix(base_path(base_url))


def _redactor(subject: Subject, key: str) -> Redactor:
    schemes: Sequence[Any] = subject.api.security.schemes if subject.api.security is not None else ()
    places = [place for _, scheme in schemes if (place := shown(scheme)) is not None]
    return redactor((key,), ((place.place, place.name) for place in places))


def _declared(subject: Subject) -> dict[str, Mapping[str, Any]]:
    """Return the properties of the JSON body of each operation."""
    document = Document(dict(subject.document))
    found: dict[str, Mapping[str, Any]] = {}
    for operation_id in subject.operation_ids:
        for name, media in subject.raw(operation_id).get("requestBody", {}).get("content", {}).items():
            if "json" in name and "schema" in media:
                found[operation_id] = document.properties(media["schema"])
    return found
