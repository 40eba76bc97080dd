"""Test harness of a generated client: its requests and results are compared with the document."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hypothesis.strategies import SearchStrategy
from specwire.errors import DecodeError, InvalidRequestError
from starlette.applications import Starlette

from specwire_codegen.contract import drawn_responses
from specwire_codegen.contract.client.arguments import Arguments, arguments, shared_with
from specwire_codegen.contract.client.calls import Clients, Manner, Outcome
from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.contract.scenarios import paging, retries
from specwire_codegen.contract.scenarios.scenarios import Scenario
from specwire_codegen.contract.strategies.property_check import explore, simplest
from specwire_codegen.contract.strategies.requests import requests
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Case
from specwire_codegen.contract.values.python_values import written
from specwire_codegen.contract.values.types import Types
from specwire_codegen.contract.wire import expected_request
from specwire_codegen.ir import Operation
from specwire_codegen.lower.media import is_text
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

KEY = "test-key"
"""The key that the mock server accepts."""


class Harness:
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
            self._at_mock = stack.enter_context(Clients(subject, at_mock, KEY))
            self._at_script = stack.enter_context(Clients(subject, at_script, KEY))
            self._stack = stack.pop_all()
        self.url = at_mock
        """The address of the mock server."""

    def sends(self, operation: Operation, examples: int) -> int:
        """Check that generated calls arrive as documented, and return their number. Raise `Violation`.

        Each call is made with both clients, with JSON values and with Python values. The mock server must accept the
        request, and the client its response.
        """
        return explore(requests(self.subject, operation), examples, lambda case: self._sent(operation, case))

    def _sent(self, operation: Operation, case: Case) -> list[str]:
        python = written(self._types, operation, case)
        return [
            *self._sent_once(operation, case, case),
            *(f"as Python values: {one}" for one in self._sent_once(operation, python.given, python.expected)),
        ]

    def _sent_once(
        self, operation: Operation, case: Case, expected: Case, manner: Manner = "once", given: Arguments | None = None
    ) -> list[str]:
        given = arguments(operation, case) if given is None else given
        found: list[str] = []
        for name, call in self._calls(self._at_mock):
            before = len(self._recorder.arrivals)
            outcome = call(operation, given, manner)
            if len(self._recorder.arrivals) != before + 1:
                count = len(self._recorder.arrivals) - before
                found.append(f"{name}: {count} requests arrived, not 1 ({outcome.error})")
                continue
            problems = expected_request.problems(self.subject, operation, expected, self._recorder.last)
            problems += self._taken(operation, outcome)
            found += [f"{name}: {problem}" for problem in problems]
        return found

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
        drawn = drawn_responses.responses(self.subject, operation)
        return explore(drawn, examples, self._reader(operation))

    def reads_errors(self, operation: Operation, examples: int) -> int:
        """Check that generated errors are raised with their body unchanged. Raise `Violation`."""
        drawn = drawn_responses.errors(self.subject, operation)
        return 0 if drawn is None else explore(drawn, examples, self._reader(operation))

    def _reader(self, operation: Operation) -> Callable[[DrawnResponse], list[str]]:
        given = self._given(operation)

        def check(response: DrawnResponse) -> list[str]:
            self._script.response = response
            return [
                f"{name}: {problem}"
                for name, call in self._calls(self._at_script)
                for problem in drawn_responses.problems(
                    self._types, operation, response, call(operation, given, "once")
                )
            ]

        return check

    def _given(self, operation: Operation) -> Arguments:
        """Return the smallest arguments of a method."""
        if operation not in self._simplest:
            self._simplest[operation] = arguments(operation, simplest(requests(self.subject, operation)))
        return self._simplest[operation]

    def pages(self, operation: Operation, examples: int) -> int:
        """Check that all items of two pages are returned, and return the number of runs. Raise `Violation`."""
        return self._run_scenarios(paging.pages(self.subject, self._types, operation), operation, examples)

    def retries(self, operation: Operation, examples: int) -> int:
        """Check that a call is retried unchanged after a 503 if allowed, and return the number. Raise `Violation`."""
        return self._run_scenarios(retries.retries(self.subject, self._types, operation), operation, examples)

    def resumes(self, operation: Operation, examples: int) -> int:
        """Check that an interrupted stream resumes, and return the number of runs. Raise `Violation`."""
        return self._run_scenarios(retries.resumptions(self.subject, self._types, operation), operation, examples)

    def _run_scenarios(self, scenarios: SearchStrategy[Scenario] | None, operation: Operation, examples: int) -> int:
        if scenarios is None:
            return 0
        given = self._given(operation)

        def check(scenario: Scenario) -> list[str]:
            return [
                f"{name}: {problem}"
                for name, call in self._calls(self._at_script)
                for problem in scenario.played(self._script, call, operation, given)
            ]

        return explore(scenarios, examples, check)

    def overrides(self, operation: Operation, examples: int) -> int:
        """Check that an override sends its shared arguments as documented. Raise `Violation`.

        Return the number of calls that it accepted; it may reject some before anything is sent.
        """
        override = self._at_mock.override(operation)
        if override is None:
            return 0
        taken = 0

        def check(case: Case) -> list[str]:
            nonlocal taken
            shared = shared_with(override, operation, case)
            if shared is None:
                return []
            case, given = shared
            before = len(self._recorder.arrivals)
            if isinstance(self._at_mock.call(operation, given, "overridden").error, InvalidRequestError):
                return [] if len(self._recorder.arrivals) == before else ["rejected after it was sent"]
            taken += 1
            return self._sent_once(operation, case, case, "overridden", given)

        explore(requests(self.subject, operation), examples, check)
        return taken

    @staticmethod
    def _calls(clients: Clients) -> tuple[tuple[str, Callable[[Operation, Arguments, Manner], Outcome]], ...]:
        return ("sync", clients.call), ("async", clients.call_async)

    def close(self) -> None:
        """Stop the servers."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
