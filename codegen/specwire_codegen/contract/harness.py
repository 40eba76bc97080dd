"""Test harness of a generated client: its requests and results are compared with the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TypeAlias, TypeVar

import attrs
from hypothesis.strategies import SearchStrategy
from specwire.errors import DecodeError, InvalidRequestError
from starlette.applications import Starlette

from specwire_codegen.contract import drawn_responses
from specwire_codegen.contract.client.arguments import Arguments, arguments, shared_with
from specwire_codegen.contract.client.calls import Clients, Manner, Outcome, is_suspicion
from specwire_codegen.contract.closing import Closing
from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.contract.scenarios import paging, retries
from specwire_codegen.contract.scenarios.scenarios import Scenario
from specwire_codegen.contract.snippet import call_source, case_source, response_source
from specwire_codegen.contract.strategies.property_check import UndrawableError, explore, simplest, some
from specwire_codegen.contract.strategies.requests import requests
from specwire_codegen.contract.strategies.schemas import relaxed as relaxed_document
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Case
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.python_values import written
from specwire_codegen.contract.values.types import Types
from specwire_codegen.contract.wire import expected_request
from specwire_codegen.contract.wire.expected_url import below_own_path
from specwire_codegen.ir import Operation
from specwire_codegen.lower.media import is_text
from specwire_codegen.mock import TEST_KEY
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

T = TypeVar("T")
Call: TypeAlias = Callable[[Operation, Arguments, Manner], Outcome]
Scenarios: TypeAlias = Callable[[Subject, Types, Operation], SearchStrategy[Scenario] | None]


@attrs.frozen
class Evidence:
    """The smallest case of a violation, for a report."""

    exchange: Exchange | None
    python: str


class Harness(Closing):
    """A provider's clients at its mock server and at a scripted server; closed by `with`."""

    def __init__(self, subject: Subject) -> None:
        """Start the servers."""
        self.subject = subject
        self._mock: Starlette = build(dict(subject.document))
        self._recorder = Recorder(self._mock)
        self._script = Recorder()
        self._types = Types(subject)
        self._simplest: dict[Operation, Arguments] = {}
        with ExitStack() as stack:
            at_mock = stack.enter_context(serve(self._recorder))
            at_script = stack.enter_context(serve(self._script))
            self._at_mock = stack.enter_context(Clients(subject, at_mock, TEST_KEY))
            self._at_script = stack.enter_context(Clients(subject, at_script, TEST_KEY))
            self._stack = stack.pop_all()
        self.url = at_mock
        """The address of the mock server."""
        self.script_url = at_script
        """The address of the scripted server."""

    def sends(self, operation: Operation, examples: int) -> int:
        """Check that generated calls arrive as documented, and return their number. Raise `Violation`.

        Each call is made with both clients, with JSON values and with Python values. The mock server must accept the
        request, and the client its response.
        """
        return self._explore(
            operation,
            lambda subject: requests(subject, operation),
            examples,
            lambda case, relaxed: self._sent(operation, case, accepted=not relaxed),
            self._sent_evidence,
        )

    def _explore(
        self,
        operation: Operation,
        strategy: Callable[[Subject], SearchStrategy[T]],
        examples: int,
        check: Callable[[T, bool], list[str]],
        evidence: Callable[[Operation, T], Evidence],
    ) -> int:
        """Run a check on values of the document or, if none can be drawn, of a copy with fewer constraints.

        The check gets True with values of the copy. Raise `Violation` whose context is the evidence.
        """

        def explored(subject: Subject, relaxed: bool) -> int:
            latest: list[T] = []

            def once(value: T) -> list[str]:
                latest[:] = [value]
                self._recorder.arrivals.clear()
                self._mock.state.reset()
                return check(value, relaxed)

            return explore(strategy(subject), examples, once, context=lambda: evidence(operation, latest[0]))

        try:
            return explored(self.subject, False)
        except UndrawableError:
            loose = attrs.evolve(self.subject, document=relaxed_document(self.subject.document))
            return explored(loose, True)

    def _sent_evidence(self, operation: Operation, case: Case) -> Evidence:
        return Evidence(_exchange(self._recorder, self.url), case_source(self.subject, operation, case))

    def _sent(self, operation: Operation, case: Case, *, accepted: bool) -> list[str]:
        python = written(self._types, operation, case)
        return [
            *self._sent_once(operation, case, case, accepted=accepted),
            *(
                f"as Python values: {one}"
                for one in self._sent_once(operation, python.given, python.expected, accepted=accepted)
            ),
        ]

    def _sent_once(
        self,
        operation: Operation,
        case: Case,
        expected: Case,
        manner: Manner = "once",
        given: Arguments | None = None,
        *,
        accepted: bool = True,
    ) -> list[str]:
        given = arguments(operation, case) if given is None else given

        def check(call: Call) -> list[str]:
            before = len(self._recorder.arrivals)
            outcome = call(operation, given, manner)
            if len(self._recorder.arrivals) != before + 1:
                count = len(self._recorder.arrivals) - before
                return [f"{count} requests arrived, not 1 ({outcome.error})"]
            arrival = below_own_path(self.subject, operation, self._recorder.last)
            problems = expected_request.problems(self.subject, operation, expected, arrival)
            return [*problems, *(self._taken(operation, outcome) if accepted else [])]

        return self._of_both(self._at_mock, check)

    def _taken(self, operation: Operation, outcome: Outcome) -> list[str]:
        """Return the mock server's objections to the latest request and the client's to the response."""
        record = self._mock.state.requests[-1]
        found = [f"the mock server rejects it: {violation}" for violation in record.violations]
        # The response to an unknown id is 404.
        if (
            not found
            and record.status != 404
            and not drawn_responses.is_success(self.subject, operation, record.status)
        ):
            found.append(f"the mock server responds with {record.status}")
        # A method reads one kind of response; if the body selects the kind, an override handles the others.
        another = isinstance(outcome.error, DecodeError) and self._may_be_text(operation)
        another = another or is_suspicion(outcome.error)  # the mock server repeats what it got, and any examples
        if record.status < 300 and outcome.error is not None and not another:
            found.append(f"the client rejects the response: {outcome.error}")
        return found

    def _may_be_text(self, operation: Operation) -> bool:
        return any(
            is_text(media_type)
            for status, response in self.subject.raw(operation.id)["responses"].items()
            if status.startswith("2")
            for media_type in response.get("content", {})
            if media_type != "text/event-stream"
        )

    def reads(self, operation: Operation, examples: int) -> int:
        """Check that generated responses are returned unchanged, and return their number. Raise `Violation`."""
        return self._read(operation, lambda subject: drawn_responses.responses(subject, operation), examples)

    def reads_errors(self, operation: Operation, examples: int) -> int:
        """Check that generated errors are raised with their body unchanged. Raise `Violation`."""
        if drawn_responses.errors(self.subject, operation) is None:
            return 0
        return self._read(operation, lambda subject: some(drawn_responses.errors(subject, operation)), examples)

    def _read(
        self, operation: Operation, strategy: Callable[[Subject], SearchStrategy[DrawnResponse]], examples: int
    ) -> int:
        given = self._given(operation)

        def check(response: DrawnResponse, relaxed: bool) -> list[str]:
            self._script.response = response
            return self._of_both(
                self._at_script,
                lambda call: drawn_responses.problems(self._types, operation, response, call(operation, given, "once")),
            )

        return self._explore(operation, strategy, examples, check, self._read_evidence)

    def _read_evidence(self, operation: Operation, response: DrawnResponse) -> Evidence:
        sent = _exchange(self._script, self.script_url)
        exchange = (
            None
            if sent is None
            else attrs.evolve(
                sent,
                status=response.status,
                response_headers=response.all_headers,
                response_body=b"".join(response.chunks),
            )
        )
        return Evidence(exchange, response_source(self.subject, operation, self._given(operation), response))

    def _given(self, operation: Operation) -> Arguments:
        """Return the smallest arguments of a method."""
        if operation not in self._simplest:
            self._simplest[operation] = arguments(operation, self._simplest_case(operation))
        return self._simplest[operation]

    def _simplest_case(self, operation: Operation) -> Case:
        try:
            return simplest(requests(self.subject, operation))
        except UndrawableError:
            loose = attrs.evolve(self.subject, document=relaxed_document(self.subject.document))
            return simplest(requests(loose, operation))

    def pages(self, operation: Operation, examples: int) -> int:
        """Check that all items of two pages are returned, and return the number of runs. Raise `Violation`."""
        return self._run_scenarios(paging.pages, operation, examples)

    def retries(self, operation: Operation, examples: int) -> int:
        """Check that a call is retried unchanged after a 503 if allowed, and return the number. Raise `Violation`."""
        return self._run_scenarios(retries.retries, operation, examples)

    def resumes(self, operation: Operation, examples: int) -> int:
        """Check that an interrupted stream resumes, and return the number of runs. Raise `Violation`."""
        return self._run_scenarios(retries.resumptions, operation, examples)

    def _run_scenarios(self, kind: Scenarios, operation: Operation, examples: int) -> int:
        if kind(self.subject, self._types, operation) is None:
            return 0
        given = self._given(operation)

        def check(scenario: Scenario, relaxed: bool) -> list[str]:
            return self._of_both(self._at_script, lambda call: scenario.played(self._script, call, operation, given))

        def evidence(operation: Operation, scenario: Scenario) -> Evidence:
            return Evidence(
                _exchange(self._script, self.script_url), call_source(self.subject, operation, self._given(operation))
            )

        return self._explore(
            operation, lambda subject: some(kind(subject, self._types, operation)), examples, check, evidence
        )

    def overrides(self, operation: Operation, examples: int) -> int:
        """Check that an override sends its shared arguments as documented. Raise `Violation`.

        Return the number of calls that it accepted; it may reject some before anything is sent.
        """
        override = self._at_mock.override(operation)
        if override is None:
            return 0
        taken = 0

        def check(case: Case, relaxed: bool) -> list[str]:
            nonlocal taken
            shared = shared_with(override, operation, case)
            if shared is None:
                return []
            case, given = shared
            before = len(self._recorder.arrivals)
            if isinstance(self._at_mock.call(operation, given, "overridden").error, InvalidRequestError):
                return [] if len(self._recorder.arrivals) == before else ["rejected after it was sent"]
            taken += 1
            return self._sent_once(operation, case, case, "overridden", given, accepted=not relaxed)

        self._explore(operation, lambda subject: requests(subject, operation), examples, check, self._sent_evidence)
        return taken

    @staticmethod
    def _of_both(clients: Clients, check: Callable[[Call], Iterable[str]]) -> list[str]:
        """Return the problems of a check with both clients, each with the clients that have it."""
        found: dict[str, list[str]] = {}
        for name, call in (("sync", clients.call), ("async", clients.call_async)):
            for problem in dict.fromkeys(check(call)):
                found.setdefault(problem, []).append(name)
        return [f"{' and '.join(names)}: {problem}" for problem, names in found.items()]

    def close(self) -> None:
        """Stop the servers."""
        self._stack.close()


def _exchange(recorder: Recorder, url: str) -> Exchange | None:
    """Return the latest request that a recorder got."""
    if not recorder.arrivals:
        return None
    arrival = recorder.last
    query = f"?{arrival.query}" if arrival.query else ""
    return Exchange(arrival.method, f"{url}{arrival.raw_path}{query}", arrival.headers, arrival.body)
