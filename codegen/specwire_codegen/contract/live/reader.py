"""Calls of a live API with both generated clients, compared on the wire and with the document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
from specwire.errors import APIStatusError, AuthenticationError, InvalidRequestError, JobFailedError, SpecwireError

from specwire_codegen.contract.client.arguments import Arguments, arguments
from specwire_codegen.contract.client.calls import Clients, Outcome, is_suspicion
from specwire_codegen.contract.exceptions import MARK
from specwire_codegen.contract.live.gateway import Gateway
from specwire_codegen.contract.live.pages import page_problems, size_of
from specwire_codegen.contract.live.plan import PlannedCall, required_parameters
from specwire_codegen.contract.live.promises import (
    condition_of,
    condition_problems,
    has_idempotency,
    idempotency_problems,
)
from specwire_codegen.contract.live.responses import Responses
from specwire_codegen.contract.reports.report import Count, Row
from specwire_codegen.contract.snippet import case_source
from specwire_codegen.contract.strategies.property_check import UndrawableError, simplest
from specwire_codegen.contract.strategies.requests import requests
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Case
from specwire_codegen.contract.values.exchange import Exchange, text_of
from specwire_codegen.contract.values.finding import Finding, Side
from specwire_codegen.contract.wire import expected_request
from specwire_codegen.contract.wire.expected_url import below_own_path
from specwire_codegen.ir import BinaryBody, FormBody, JsonPayload, MultipartBody, Operation, Primitive

_CALLS = ("sync", "async")
_READS = ("GET", "HEAD")
_POLLS = 10
"""Number of times to read a job while waiting for its end."""
_REJECTIONS = (400, 415, 422)
"""Statuses that call a request invalid. Bodies of JSON are left to schemathesis, which cannot write the other ones."""
_REASON = 300
"""Maximum number of characters of a server's reason."""
_CONDITIONS = ("if-none-match", "if-modified-since")


@attrs.frozen
class Problem:
    """A difference, before it has a case."""

    side: Side
    check: str
    message: str


class Reader:
    """Runner of planned calls with both clients; it collects ids from lists."""

    def __init__(self, subject: Subject, clients: Clients, gateway: Gateway, base_path: str, wait: float = 0) -> None:
        """Call with these clients through the gateway, and wait so many seconds for the end of jobs."""
        self._wait = wait
        self._subject = subject
        self._clients = clients
        self._gateway = gateway
        self._base = base_path
        self._responses = Responses(subject)
        self._ids: dict[str, Any] = {}

    def run(self, planned: PlannedCall) -> Row:
        """Make one planned call. Raise `AuthenticationError` if the key is rejected."""
        operation = planned.operation
        row = Row(
            operation.id,
            (Count(),),
            checked=False,
            endpoint=f"{operation.http_method} {operation.path}",
            call=".".join(operation.method),
        )
        if planned.skip_reason is not None:
            return attrs.evolve(row, note=planned.skip_reason)
        try:
            cases = self._cases(planned)
        except UndrawableError as problem:
            return attrs.evolve(row, note=f"no values fit the schema ({problem})")
        if not cases:
            why = "the run created nothing to remove" if planned.removes else f"{planned.source} lists nothing"
            return attrs.evolve(row, note=why)
        return self._read(row, operation, cases, listed=planned.source is not None)

    def _cases(self, planned: PlannedCall) -> list[Case]:
        """Return a call for each client; without an id none, and one if there is only one thing to remove."""
        operation = planned.operation
        simple = not required_parameters(operation) and operation.body is None
        if planned.source is None:
            return [Case() if simple else self._drawn(operation)] * len(_CALLS)
        (variable,) = (one for one in operation.parameters if one.place == "path")
        ids: list[Any] = []
        if operation.http_method not in _READS:
            created = self._gateway.journal.ids(operation.path)
            ids = [int(one) if variable.type == Primitive("int") else one for one in created]
        if not planned.removes and not ids:
            ids = [self._ids[planned.source]] if planned.source in self._ids else []
        case = Case() if operation.body is None else self._drawn(operation)
        # What is removed is gone, so each client needs its own.
        given = ids[: len(_CALLS)] if planned.removes else ids[:1] * len(_CALLS)
        return [attrs.evolve(case, path={variable.wire_name: one}) for one in given]

    def _drawn(self, operation: Operation) -> Case:
        """Return a small call; texts of forms are not empty if possible, since many servers take those for missing."""
        strategy = requests(self._subject, operation)
        if isinstance(operation.body, FormBody | MultipartBody):
            try:
                return simplest(strategy.filter(_has_whole_form))
            except UndrawableError:
                return simplest(strategy)
        return simplest(strategy)

    def _read(self, row: Row, operation: Operation, cases: Sequence[Case], *, listed: bool) -> Row:
        findings: list[Finding] = []
        statuses: list[int] = []
        for case, name in zip(cases, _CALLS, strict=False):
            call = self._clients.call if name == "sync" else self._clients.call_async
            given = arguments(operation, case)
            python = case_source(self._subject, operation, case)
            arrived, answered = len(self._gateway.arrivals), len(self._gateway.exchanges)
            outcome = call(operation, given, "once")
            if len(self._gateway.arrivals) == arrived and isinstance(outcome.error, InvalidRequestError):
                side: Side = "document" if self._subject.stale else "client"
                findings.append(Finding(side, "sends", f"{name}: {outcome.error}", None, python))
                continue
            if operation.id in self._gateway.refused and len(self._gateway.exchanges) == answered:
                return attrs.evolve(row, note=self._gateway.refused[operation.id], findings=tuple(findings))
            if isinstance(outcome.error, AuthenticationError):
                raise outcome.error
            exchange = self._gateway.exchanges[answered] if len(self._gateway.exchanges) > answered else None
            problems = [*self._sent(operation, case, arrived, self._gateway.exchanges[answered:], outcome.error)]
            if exchange is not None or not problems:  # a request of another operation was not passed on
                problems += self._answered(operation, exchange, outcome, listed=listed)
            statuses += [exchange.status] if exchange is not None and exchange.status is not None else []
            if exchange is None and len(self._gateway.arrivals) > arrived:
                exchange = self._gateway.refused_exchange(self._gateway.arrivals[arrived])
            findings += [
                Finding(problem.side, problem.check, f"{name}: {problem.message}", exchange, python)
                for problem in problems
            ]
        if not findings and statuses:
            python = case_source(self._subject, operation, cases[-1])
            findings += [
                Finding(side, check, message, self._gateway.exchanges[-1], python)
                for side, check, message in self._promises(operation, arguments(operation, cases[-1]), listed=listed)
            ]
        findings = _merged(findings)
        note = ", ".join(f"responded with {status}" for status in sorted({one for one in statuses if one >= 300}))
        failed = min(len(statuses), len(findings))
        return attrs.evolve(
            row, counts=(Count(len(statuses), failed),), findings=tuple(findings), note=note, checked=True
        )

    def _promises(self, operation: Operation, given: Arguments, *, listed: bool) -> Iterator[tuple[Side, str, str]]:
        """Yield what several requests show: pages, conditions, idempotency keys and the end of jobs."""
        seen = self._gateway.exchanges
        size = None if required_parameters(operation) else size_of(self._subject, operation)
        if size is not None:
            for side, message in page_problems(self._subject, self._clients, operation, size, seen):
                yield side, "pages", message
        condition = condition_of(self._subject, operation)
        if condition is not None:
            for message in condition_problems(self._clients, operation, condition, given, seen):
                yield "server", "conditions", message
        if has_idempotency(self._subject, operation):
            for message in idempotency_problems(self._clients, operation, given, seen):
                yield "server", "idempotency", message
        if listed:
            for message in self._waited(operation, given):
                yield "server", "waits", message

    def _waited(self, operation: Operation, given: Arguments) -> Iterator[str]:
        """Yield why a job that the operation reads does not end in time."""
        wait = self._clients.waiter(operation)
        if wait is None or not self._wait:
            return
        try:
            wait(*given.args, **given.kwargs, timeout=self._wait, interval=self._wait / _POLLS)
        except JobFailedError:
            return
        except SpecwireError as problem:
            yield f"the job has not ended after {self._wait:g} s: {type(problem).__name__}: {problem}"

    def _sent(
        self,
        operation: Operation,
        case: Case,
        before: int,
        answered: Sequence[Exchange],
        error: BaseException | None,
    ) -> Iterator[Problem]:
        """Yield the differences of the client's request from the document; `error` is what the call raised."""
        arrivals = self._gateway.arrivals[before:]
        redirected = bool(answered) and 300 <= (answered[0].status or 0) < 400
        if len(arrivals) != 1 and not (arrivals and redirected):
            reason = f": {error}" if not arrivals and error is not None else ""
            yield Problem("client", "sends", f"{len(arrivals)} requests arrived, not 1{reason}")
            return
        arrival = below_own_path(self._subject, operation, arrivals[0])
        if arrival is arrivals[0]:
            arrival = attrs.evolve(arrival, raw_path=arrival.raw_path.removeprefix(self._base))
        for problem in expected_request.problems(self._subject, operation, case, arrival):
            yield Problem("document" if self._subject.stale else "client", "sends", problem)
        if self._is_deprecated(operation) and not self._clients.warns(operation):
            message = "the document deprecates the operation, and the method does not warn"
            yield Problem("document" if self._subject.stale else "client", "sends", message)

    def _is_deprecated(self, operation: Operation) -> bool:
        return bool(self._subject.raw(operation.id).get("deprecated"))

    def _answered(
        self, operation: Operation, exchange: Exchange | None, outcome: Outcome, *, listed: bool
    ) -> Iterator[Problem]:
        """Yield the differences of the response from the document, and of what the client makes of it."""
        if exchange is None:
            yield Problem("client", "reads", f"the request was not passed on: {outcome.error}")
            return
        if exchange.response_header(MARK) == "unreachable":
            yield Problem("server", "reads", f"the server cannot be reached: {exchange.response_body.decode()}")
            return
        status = exchange.status or 0
        invalid = [*self._responses.violations(operation.id, exchange)]
        if status == 404 and listed:
            invalid.append("an id that the list has is not found")
        if status in _REJECTIONS and not listed and isinstance(operation.body, FormBody | MultipartBody | BinaryBody):
            reason = text_of(exchange.response_body)[:_REASON]
            invalid.append(f"a request that the document allows is rejected with {status}: {reason}")
        if status == 304 and not any(name in _CONDITIONS for name, _ in exchange.headers):
            invalid.append("304 is the response to a condition, and the request has none")
        announced = exchange.response_header("deprecation")
        if announced.lower() not in ("", "false") and not self._is_deprecated(operation):
            invalid.append("the header Deprecation announces that the operation is deprecated; the document does not")
        if 200 <= status < 300:
            self._collect(operation, exchange)
        # The client of an older document agrees with the server: the document is what moved.
        moved = self._subject.stale and outcome.error is None
        yield from (Problem("document" if moved else "server", "reads", message) for message in invalid)
        match outcome.error:
            case APIStatusError() as error if status >= 300:
                if status >= 500:
                    yield Problem("server", "reads", f"the server failed with {status}")
                for drift in error.response.drift if error.response is not None and not invalid else ():
                    yield Problem("client", "reads", f"drift at {drift}")
            case SpecwireError() as error:
                # A response that breaks the document may well be unreadable: the client is right to say so.
                if not invalid:
                    side: Side = "server" if is_suspicion(error) else "client"
                    yield Problem(side, "reads", f"{type(error).__name__}: {error}")

    def _collect(self, operation: Operation, exchange: Exchange) -> None:
        if not isinstance(operation.payload, JsonPayload) or required_parameters(operation):
            return
        try:
            found = next(_ids(json.loads(exchange.response_body)), None)
        except (ValueError, RecursionError):
            return
        if found is not None:
            self._ids[operation.id] = found


def _has_whole_form(case: Case) -> bool:
    return case.body is None or not isinstance(case.body.value, dict) or "" not in case.body.value.values()


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings of both clients as one, without the name of the client."""
    found: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        message = finding.message.removeprefix("sync: ").removeprefix("async: ")
        both = attrs.evolve(finding, message=message) if (finding.side, finding.check, message) in found else finding
        first = found.get((finding.side, finding.check, message), both)
        found[finding.side, finding.check, message] = first if first is both else attrs.evolve(first, message=message)
    return [*found.values()]


def _ids(listing: Any) -> Iterator[Any]:
    """Yield the ids of the items of a list, at any depth of the response."""
    if isinstance(listing, dict):
        arrays = [one for one in listing.values() if isinstance(one, list)]
    else:
        arrays = [listing] if isinstance(listing, list) else []
    for array in arrays:
        yield from (item["id"] for item in array if isinstance(item, dict) and "id" in item)
