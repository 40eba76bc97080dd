"""Replies and faults that a test sets for the next requests of an operation."""

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.document.operations import Operation
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.reply.responses import Reply
from specwire_codegen.openapi.suggest import did_you_mean

HELP: Final = "use an operationId, or a method and a path such as 'GET /items'"

NONE: Final = Faults()


@attrs.define(eq=False)
class Step:
    """Instructions for some requests."""

    operation: Operation | None
    """The operation, or None for all."""
    faults: Faults
    reply: Reply | None
    times: int | None
    """Number of requests; None for all."""


class Script:
    """Steps in the order in which requests use them up."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        """Start empty."""
        self._operations = operations
        self._steps: list[Step] = []

    def clear(self) -> None:
        """Discard all steps."""
        self._steps.clear()

    def add(
        self, operation: str | None, *, faults: Faults = NONE, reply: Reply | None = None, times: int | None = None
    ) -> None:
        """Add a step for an operationId or `METHOD /path`, or for all operations.

        Raise MockError if the document has no such operation.
        """
        self._steps.append(Step(None if operation is None else self.operation(operation), faults, reply, times))

    def operation(self, name: str) -> Operation:
        """Return the operation of an operationId or `METHOD /path`."""
        names = {each: one for one in self._operations for each in (one.id, f"{one.method} {one.stated_path}")}
        if name not in names:
            raise MockError(f"the document has no operation {name!r}: {did_you_mean(name, names, HELP)}")
        return names[name]

    def take(self, operation: Operation, wishes: Faults) -> tuple[Faults, Reply | None]:
        """Return the instructions for a request, and the reply that was set for it.

        A failure comes before a reply. Steps for a number of requests come first, in order, then the latest other one.
        """
        fitting = [step for step in self._steps if step.operation in (None, operation)]
        failing = _next(step for step in fitting if step.faults.fails)
        replying = None if failing else _next(step for step in fitting if step.reply is not None)
        delaying = _next(step for step in fitting if step.reply is None and not step.faults.fails)
        for step in (failing, replying, delaying):
            if step is not None:
                wishes = step.faults.over(wishes)
                step.times = None if step.times is None else step.times - 1
        self._steps = [step for step in self._steps if step.times != 0]
        return wishes, replying.reply if replying else None


def _next(steps: Iterable[Step]) -> Step | None:
    fitting = list(steps)
    counted = (step for step in fitting if step.times is not None)
    return next(counted, fitting[-1] if fitting else None)
