"""Scenarios of calls that fail at first: which ones are retried, and that the retry sends the same request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from specwire.errors import APIStatusError

from specwire_codegen.contract import drawn_responses
from specwire_codegen.contract.client.calls import Outcome
from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.scenarios.scenarios import Scenario, repeated_problems
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.types import Types
from specwire_codegen.contract.wire.expected_request import Arrival
from specwire_codegen.contract.wire.framing import Framing, framed
from specwire_codegen.ir import EventStream, Operation
from specwire_codegen.openapi.methods import IDEMPOTENT

_BUSY = DrawnResponse(503, "text/plain", (b"busy",), None)


def is_repeatable(subject: Subject, operation: Operation) -> bool:
    """Return True if a request may be retried after a 503: by method, document or idempotency key."""
    retry = subject.api.retry
    keyed = retry is not None and retry.idempotency_header is not None
    return operation.http_method in IDEMPOTENT or operation.safe or keyed


def retries(subject: Subject, types: Types, operation: Operation) -> SearchStrategy[Scenario]:
    """Return a strategy of scenarios with a 503 first and a successful response second."""
    repeatable = is_repeatable(subject, operation)

    def scenario(good: DrawnResponse) -> Scenario:
        def check(outcome: Outcome, arrivals: Sequence[Arrival]) -> Iterator[str]:
            expected = 2 if repeatable else 1
            if len(arrivals) != expected:
                yield f"{expected} requests expected after a 503, not {len(arrivals)} ({outcome.error})"
            elif repeatable:
                yield from repeated_problems(*arrivals)
                yield from drawn_responses.problems(types, operation, good, outcome)
            elif not isinstance(outcome.error, APIStatusError) or outcome.error.status_code != 503:
                yield f"a 503 expected, not {outcome.error!r}"

        return Scenario("retrying", (_BUSY, good), check)

    return drawn_responses.responses(subject, operation).map(scenario)


def resumptions(subject: Subject, types: Types, operation: Operation) -> SearchStrategy[Scenario] | None:
    """Return a strategy of scenarios in which a stream breaks and resumes, or None if streams are not resumable."""
    payload = operation.payload
    if not isinstance(payload, EventStream) or not payload.resumable:
        return None

    def scenario(events: list[object]) -> Scenario:
        parts = [
            framed(
                [one],
                payload.framing,
                None,
                Framing(before=(f"id: {number}",)),
                plain=drawn_responses.is_plain(payload),
            )
            for number, one in enumerate(events)
        ]
        end = framed([], payload.framing, payload.terminator, Framing())
        broken = DrawnResponse(200, payload.media_type, tuple(parts[:2]), events, broken=True)
        rest = DrawnResponse(200, payload.media_type, (*parts[2:], end), events)

        def check(outcome: Outcome, arrivals: Sequence[Arrival]) -> Iterator[str]:
            if len(arrivals) != 2:
                yield f"2 requests expected after a break, not {len(arrivals)} ({outcome.error})"
                return
            yield from repeated_problems(*arrivals, leaving=frozenset({"last-event-id"}))
            if arrivals[1].header("last-event-id") != "1":
                yield f"request 2: header last-event-id: '1' expected, not {arrivals[1].header('last-event-id')!r}"
            yield from drawn_responses.problems(types, operation, rest, outcome)

        return Scenario("retrying", (broken, rest), check)

    return st.lists(drawn_responses.events(subject, operation, payload), min_size=3, max_size=4).map(scenario)
