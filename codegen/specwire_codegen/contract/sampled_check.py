"""Sampled check of a generated client on some operations of a document, against a scripted recording server.

Unlike the harness, which stops at the first problem, it continues and counts, because many documents have some.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from typing import TypeAlias, TypeVar

import attrs
from hypothesis.strategies import SearchStrategy

from specwire_codegen.contract import drawn_responses
from specwire_codegen.contract.client.arguments import Arguments, arguments
from specwire_codegen.contract.client.calls import Clients, Manner, Outcome
from specwire_codegen.contract.client.time_limit import Limit
from specwire_codegen.contract.closing import Closing
from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.contract.scenarios import paging, retries
from specwire_codegen.contract.scenarios.scenarios import Scenario
from specwire_codegen.contract.strategies.property_check import DRAWING, UndrawableError, drawn, some
from specwire_codegen.contract.strategies.requests import requests
from specwire_codegen.contract.strategies.schemas import relaxed
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Case
from specwire_codegen.contract.values.python_values import written
from specwire_codegen.contract.values.types import Types
from specwire_codegen.contract.wire import expected_request
from specwire_codegen.contract.wire.expected_url import NOWHERE, address, arrived_at, base_url
from specwire_codegen.ir import Operation
from specwire_codegen.mock.server import serve

T = TypeVar("T")
Scenarios: TypeAlias = Callable[[Subject, Types, Operation], SearchStrategy[Scenario] | None]

KEY = "key-of-nobody"
"""The key, or both user and password, of all schemes."""

_NOTHING = DrawnResponse(204, "", (), None)


@attrs.frozen
class CheckResult:
    """Result for one operation."""

    operation_id: str
    cases: int = 0
    """Number of generated calls."""
    right: int = 0
    """Number of calls that arrived as documented."""
    wrong: tuple[str, ...] = ()
    """Calls that differ from the document or did not arrive."""
    responses: int = 0
    """Number of generated responses and errors."""
    equal: int = 0
    """Number of responses and errors that the client returned unchanged."""
    unequal: tuple[str, ...] = ()
    """Responses and errors that the client changed."""
    undrawn: tuple[str, ...] = ()
    """Parts that could not be checked, with the reason."""
    relaxed: bool = False
    """True if values were found only without the bounds and patterns of the document."""


class SampledCheck(Closing):
    """A client at a local server that replaces every address of its document; closed by `with`."""

    def __init__(self, subject: Subject, limit: Limit = DRAWING) -> None:
        """Start the server; `limit` bounds each generation of values."""
        self.subject = subject
        self._limit = limit
        self._script = Recorder()
        self._types = Types(subject)
        self._calls = 0
        base = base_url(subject)
        with ExitStack() as stack:
            at = stack.enter_context(serve(self._script, any_host=True))
            self._clients = stack.enter_context(Clients(subject, base if base == NOWHERE else None, KEY, loopback=at))
            self._stack = stack.pop_all()

    def run(self, operation: Operation, cases: int) -> CheckResult:
        """Generate calls and responses, and return the result."""
        result = CheckResult(operation.id)
        try:
            chosen, relaxed_call = self._drawn(lambda subject: requests(subject, operation), cases)
        except UndrawableError as problem:
            return attrs.evolve(result, undrawn=(f"call: {problem}",))
        self._script.response = _NOTHING
        sent = [self._sent(operation, case) for case in chosen]
        result = attrs.evolve(result, cases=len(chosen), right=sent.count([]), wrong=tuple(chain(*sent)))
        try:
            scripted, relaxed_response = self._drawn(
                lambda subject: drawn_responses.responses(subject, operation), cases
            )
            failures, relaxed_error = self._errors(operation, cases)
        except UndrawableError as problem:
            return attrs.evolve(result, undrawn=(f"response: {problem}",), relaxed=relaxed_call)
        result = attrs.evolve(result, relaxed=relaxed_call or relaxed_response or relaxed_error)
        try:
            given = arguments(operation, chosen[0])
        except KeyError:
            return result  # already reported in `wrong`
        read = [self._read(operation, given, response) for response in (*scripted, *failures)]
        undrawn: list[str] = []
        read += [self._played(operation, given, scenario) for scenario in self._scenarios(operation, undrawn)]
        return attrs.evolve(
            result,
            responses=len(read),
            equal=read.count([]),
            unequal=tuple(chain(*read)),
            undrawn=tuple(undrawn),
        )

    def _errors(self, operation: Operation, count: int) -> tuple[list[DrawnResponse], bool]:
        """Generate the errors that the document describes, if any."""
        if drawn_responses.errors(self.subject, operation) is None:
            return [], False
        return self._drawn(lambda subject: some(drawn_responses.errors(subject, operation)), count)

    def _scenarios(self, operation: Operation, undrawn: list[str]) -> Iterator[Scenario]:
        """Generate one scenario of each kind that applies to the operation; append those that cannot be generated."""
        kinds: tuple[Scenarios, ...] = (paging.pages, retries.retries, retries.resumptions)
        for strategy in kinds:
            if strategy(self.subject, self._types, operation) is None:
                continue
            try:
                found = self._drawn(partial(self._scenario, strategy, operation), 1)[0]
            except UndrawableError as problem:
                undrawn.append(f"{strategy.__name__}: {problem}")
            else:
                yield from found

    def _scenario(self, strategy: Scenarios, operation: Operation, subject: Subject) -> SearchStrategy[Scenario]:
        return some(strategy(subject, self._types, operation))

    def _drawn(self, strategy: Callable[[Subject], SearchStrategy[T]], count: int) -> tuple[list[T], bool]:
        """Generate values from the document or, if that is impossible or too slow, from a copy with fewer constraints.

        Return the values, and True if they come from the copy.
        """
        try:
            return drawn(strategy(self.subject), count, self._limit), False
        except UndrawableError:
            loose = attrs.evolve(self.subject, document=relaxed(self.subject.document))
            return drawn(strategy(loose), count, self._limit), True

    def _sent(self, operation: Operation, case: Case) -> list[str]:
        """Call with JSON values and with Python values."""
        python = written(self._types, operation, case)
        found = self._sent_once(operation, case, case)
        return found + [f"as Python values: {one}" for one in self._sent_once(operation, python.given, python.expected)]

    def _sent_once(self, operation: Operation, case: Case, expected: Case) -> list[str]:
        before = len(self._script.arrivals)
        try:
            outcome = self._call(operation, arguments(operation, case))
        except Exception as problem:  # report any exception: a client should raise none here
            return [f"{type(problem).__name__}: {problem} for {case}"]
        count = len(self._script.arrivals) - before
        if count != 1:
            return [f"{count} requests arrived, not 1 ({outcome.error}) for {case}"]
        found, arrival = arrived_at(address(self.subject, operation), self._script.last)
        found += expected_request.problems(self.subject, operation, expected, arrival)
        return [f"{problem} for {case}" for problem in found]

    def _read(self, operation: Operation, given: Arguments, response: DrawnResponse) -> list[str]:
        self._script.response = response
        try:
            found = drawn_responses.problems(self._types, operation, response, self._call(operation, given))
        except Exception as problem:  # report any exception: a client should raise none here
            found = [f"{type(problem).__name__}: {problem}"]
        return [f"{problem} for {response}" for problem in found]

    def _played(self, operation: Operation, given: Arguments, scenario: Scenario) -> list[str]:
        try:
            found = scenario.played(self._script, self._call, operation, given)
        except Exception as problem:  # report any exception: a client should raise none here
            found = [f"{type(problem).__name__}: {problem}"]
        return [f"{problem} for {scenario}" for problem in found]

    def _call(self, operation: Operation, given: Arguments, manner: Manner = "once") -> Outcome:
        """Make a call, every third time with the asynchronous client."""
        self._calls += 1
        call = self._clients.call if self._calls % 3 else self._clients.call_async
        return call(operation, given, manner)

    def close(self) -> None:
        """Stop the server."""
        self._stack.close()


def sample(operations: Sequence[Operation], count: int, seed: int) -> list[Operation]:
    """Return some operations, the same for a seed; those with features not yet covered come first."""
    left = list(operations)
    random.Random(seed).shuffle(left)
    found: list[Operation] = []
    seen: set[str] = set()
    while left and len(found) < count:
        best = max(left, key=lambda one: len(set(_kinds(one)) - seen))
        left.remove(best)
        found.append(best)
        seen.update(_kinds(best))
    return found


def _kinds(operation: Operation) -> Iterator[str]:
    yield type(operation.body).__name__
    yield type(operation.payload).__name__
    yield f"secure {operation.secure}"
    yield f"server {operation.server is None}"
    for parameter in operation.parameters:
        yield f"{parameter.place} {type(parameter.type).__name__} {parameter.style}"
