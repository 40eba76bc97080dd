"""Scenarios of calls with several requests: pages, retries, interrupted streams.

A scenario holds the response to each request, and the expected outcome of the call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.contract.client.arguments import Arguments
from specwire_codegen.contract.client.calls import Manner, Outcome
from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.contract.values.case import shown
from specwire_codegen.contract.wire.expected_request import Arrival
from specwire_codegen.ir import Operation


@attrs.frozen
class Scenario:
    """The responses to the requests of one call; the last one is repeated for further requests."""

    manner: Manner
    responses: tuple[DrawnResponse, ...]
    check: Callable[[Outcome, Sequence[Arrival]], Iterator[str]] = attrs.field(repr=False)
    """Yields the problems of the outcome and of the recorded requests."""
    given: Mapping[str, Any] = attrs.field(factory=dict)
    """Additional keywords of the call."""
    left_out: frozenset[str] = frozenset()
    """Omitted keywords of the call."""

    def __str__(self) -> str:
        """Return the responses, and the additional keywords of the call."""
        given = f" to a call with {shown(dict(self.given))}" if self.given else ""
        return f"{', then '.join(map(str, self.responses))}{given}"

    def played(
        self,
        recorder: Recorder,
        call: Callable[[Operation, Arguments, Manner], Outcome],
        operation: Operation,
        given: Arguments,
    ) -> list[str]:
        """Make the call and return its problems."""
        kept = {name: one for name, one in given.kwargs.items() if name not in self.left_out}
        given = attrs.evolve(given, kwargs={**kept, **self.given})
        *recorder.first, recorder.response = self.responses
        before = len(recorder.arrivals)
        try:
            outcome = call(operation, given, self.manner)
        finally:
            recorder.first.clear()
        return list(self.check(outcome, recorder.arrivals[before:]))


def repeated_problems(first: Arrival, second: Arrival, *, leaving: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the differences of a request from the first one; headers in `leaving` may differ."""
    for place, one, other in (
        ("method", first.method, second.method),
        ("path", first.raw_path, second.raw_path),
        ("query", first.query, second.query),
        ("body", _without_boundary(first), _without_boundary(second)),
    ):
        if one != other:
            yield f"request 2: {place} {one!r} expected again, not {other!r}"
    ours = {name: value for name, value in first.headers if name not in leaving}
    theirs = {name: value for name, value in second.headers if name not in leaving}
    for name in sorted(ours.keys() | theirs.keys()):
        if _unbounded(ours.get(name)) != _unbounded(theirs.get(name)):
            yield f"request 2: header {name}: {ours.get(name)!r} expected again, not {theirs.get(name)!r}"


_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)")


def _unbounded(value: str | None) -> str | None:
    return None if value is None else _BOUNDARY.sub("boundary", value)


def _without_boundary(arrival: Arrival) -> bytes:
    hit = _BOUNDARY.search(arrival.header("content-type") or "")
    return arrival.body if hit is None else arrival.body.replace(hit[1].encode(), b"boundary")
