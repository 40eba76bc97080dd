"""Calls of a live API with both generated clients, compared on the wire and with the document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from specwire.errors import APIStatusError, AuthenticationError, SpecwireError

from specwire_codegen.contract.client.arguments import arguments
from specwire_codegen.contract.client.calls import Clients, Outcome, is_suspicion
from specwire_codegen.contract.exceptions import MARK
from specwire_codegen.contract.live.gateway import Gateway
from specwire_codegen.contract.live.plan import PlannedCall, required_parameters
from specwire_codegen.contract.reports.report import Count, Row
from specwire_codegen.contract.snippet import case_source
from specwire_codegen.contract.strategies.property_check import UndrawableError, simplest
from specwire_codegen.contract.strategies.requests import requests
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Case
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.finding import Finding, Side
from specwire_codegen.contract.wire import expected_request
from specwire_codegen.ir import JsonPayload, Operation
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.openapi.media_types import base_type, is_json

_FINE = (401, 403, 404, 409, 429)
"""Rejections that say nothing about the document: of a key, of an id, of too many requests."""


@attrs.frozen
class Problem:
    """A difference, before it has a case."""

    side: Side
    check: str
    message: str


class Reader:
    """Runner of planned calls with both clients; it collects ids from lists."""

    def __init__(self, subject: Subject, clients: Clients, gateway: Gateway, base_path: str) -> None:
        """Call with these clients through the gateway."""
        self._subject = subject
        self._clients = clients
        self._gateway = gateway
        self._base = base_path
        self._validators = Validators(Document(dict(subject.document)), "response")
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
        if planned.source is not None and planned.source not in self._ids:
            return attrs.evolve(row, note=f"{planned.source} lists nothing")
        try:
            case = self._case(planned)
        except UndrawableError as problem:
            return attrs.evolve(row, note=f"no values fit the schema ({problem})")
        return self._read(row, operation, case)

    def _case(self, planned: PlannedCall) -> Case:
        if planned.source is not None:
            (name,) = (one.wire_name for one in planned.operation.parameters if one.place == "path")
            return Case(path={name: self._ids[planned.source]})
        if not required_parameters(planned.operation) and planned.operation.body is None:
            return Case()
        return simplest(requests(self._subject, planned.operation))

    def _read(self, row: Row, operation: Operation, case: Case) -> Row:
        given = arguments(operation, case)
        findings: list[Finding] = []
        statuses: list[int] = []
        python = case_source(self._subject, operation, case)
        for name, call in (("sync", self._clients.call), ("async", self._clients.call_async)):
            arrived, answered = len(self._gateway.arrivals), len(self._gateway.exchanges)
            outcome = call(operation, given, "once")
            if operation.id in self._gateway.refused and len(self._gateway.exchanges) == answered:
                return attrs.evolve(row, note=self._gateway.refused[operation.id], findings=tuple(findings))
            if isinstance(outcome.error, AuthenticationError):
                raise outcome.error
            exchange = self._gateway.exchanges[-1] if len(self._gateway.exchanges) > answered else None
            problems = [*self._sent(operation, case, arrived), *self._answered(operation, exchange, outcome)]
            statuses += [exchange.status] if exchange is not None and exchange.status is not None else []
            findings += [
                Finding(problem.side, problem.check, f"{name}: {problem.message}", exchange, python)
                for problem in problems
            ]
        note = ", ".join(f"responded with {status}" for status in sorted({one for one in statuses if one >= 300}))
        failed = min(len(statuses), len(findings))
        return attrs.evolve(
            row, counts=(Count(len(statuses), failed),), findings=tuple(findings), note=note, checked=True
        )

    def _sent(self, operation: Operation, case: Case, before: int) -> Iterator[Problem]:
        """Yield the differences of the client's request from the document."""
        arrivals = self._gateway.arrivals[before:]
        if len(arrivals) != 1:
            yield Problem("client", "sends", f"{len(arrivals)} requests arrived, not 1")
            return
        arrival = attrs.evolve(arrivals[0], raw_path=arrivals[0].raw_path.removeprefix(self._base))
        for problem in expected_request.problems(self._subject, operation, case, arrival):
            yield Problem("client", "sends", problem)

    def _answered(self, operation: Operation, exchange: Exchange | None, outcome: Outcome) -> Iterator[Problem]:
        """Yield the differences of the response from the document, and of what the client makes of it."""
        if exchange is None:
            yield Problem("client", "reads", f"the client sent nothing: {outcome.error}")
            return
        if exchange.response_header(MARK) == "unreachable":
            yield Problem("server", "reads", f"the server cannot be reached: {exchange.response_body.decode()}")
            return
        status = exchange.status or 0
        invalid = [*self._violations(operation, exchange)]
        yield from (Problem("server", "reads", message) for message in invalid)
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
            case None:
                self._collect(operation, exchange)

    def _violations(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        status = exchange.status or 0
        key, response = _documented(self._subject.raw(operation.id)["responses"], status)
        if key is None:
            if status not in _FINE:
                yield f"the document has no status {status}"
            return
        content = response.get("content", {})
        content_type = exchange.response_header("content-type")
        if content and not exchange.response_body and status not in (204, 205, 304) and exchange.method != "HEAD":
            yield f"the response has no body, though the document has one for {key}"
        if not exchange.response_body or not content:
            return
        if not any(_covers(name, content_type) for name in content):
            yield f"content type {content_type!r}: one of {', '.join(content)} expected"
            return
        schemas = [media["schema"] for name, media in content.items() if is_json(name) and "schema" in media]
        if not is_json(content_type) or not schemas:
            return
        try:
            value = json.loads(exchange.response_body)
        except (ValueError, RecursionError):
            yield "the response is not JSON"
            return
        for schema in schemas:
            for violation in self._validators.violations(schema, value, "body"):
                yield f"the response does not match the document: {violation}"

    def _collect(self, operation: Operation, exchange: Exchange) -> None:
        if not isinstance(operation.payload, JsonPayload) or required_parameters(operation):
            return
        try:
            found = next(_ids(json.loads(exchange.response_body)), None)
        except (ValueError, RecursionError):
            return
        if found is not None:
            self._ids[operation.id] = found


def _documented(responses: Mapping[str, Any], status: int) -> tuple[str | None, Mapping[str, Any]]:
    keys = {key.upper(): key for key in responses}
    for one in (str(status), f"{status // 100}XX", "DEFAULT"):
        if one in keys:
            return keys[one], responses[keys[one]]
    return None, {}


def _covers(pattern: str, content_type: str) -> bool:
    """Return True if a media type of the document, which may be a range, has a content type."""
    wanted, got = base_type(pattern), base_type(content_type)
    return wanted in (got, "*/*") or (wanted.endswith("/*") and got.startswith(wanted[:-1]))


def _ids(listing: Any) -> Iterator[Any]:
    """Yield the ids of the items of a list, at any depth of the response."""
    if isinstance(listing, dict):
        arrays = [one for one in listing.values() if isinstance(one, list)]
    else:
        arrays = [listing] if isinstance(listing, list) else []
    for array in arrays:
        yield from (item["id"] for item in array if isinstance(item, dict) and "id" in item)
