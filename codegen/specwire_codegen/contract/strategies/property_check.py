"""Property check on generated values, the same on every run, which reports the smallest failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

from specwire_codegen.contract.client.time_limit import TimeLimitExceeded, within

T = TypeVar("T")

# Schemas may be large, and their strategies discard values that the wire cannot carry.
_UNHEEDED = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
_DRAWING = 10.0
"""Default time limit of drawing one value, in seconds."""
_SHRINKING = 10.0
"""Time limit of the search for a smaller failure, in seconds of the processor."""


class Violation(AssertionError):
    """A difference between the document and a server or client, for the smallest value that shows it."""

    def __init__(self, problems: Sequence[str], value: object, context: Any = None, count: int = 1) -> None:
        """Describe the difference; `context` is what `explore` was asked to keep of the failing check."""
        super().__init__("\n".join([*problems, f"for {value}"]))
        self.problems = tuple(problems)
        self.value = value
        self.context = context
        self.count = count
        """Number of values checked until then."""


class UndrawableError(Exception):
    """No values could be generated; the message is the reason."""


def explore(
    strategy: SearchStrategy[T],
    examples: int,
    check: Callable[[T], list[str]],
    *,
    context: Callable[[], Any] = lambda: None,
    seconds: float = _DRAWING,
) -> int:
    """Run a check on generated values, and return their number.

    Raise `Violation` with the findings for the smallest value that fails, and with what `context` returned then.
    Raise `UndrawableError` if no value can be generated within the time limit.
    """
    count = 0
    failed: list[Violation] = []
    until: list[float] = []

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=_UNHEEDED,
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        nonlocal count
        with within(seconds):
            value = data.draw(strategy)
        if until and time.process_time() > until[0]:
            return
        count += 1
        problems = _problems(check, value)
        if problems:
            failed.append(Violation(problems, value, context(), count))
            until[:] = until or [time.process_time() + _SHRINKING]
            raise failed[-1]

    try:
        run()
    except Violation:
        raise
    except Flaky:
        # The server's state or the time limit of shrinking: the failure happened, whether or not it repeats.
        if not failed:
            raise
        raise min(failed, key=lambda one: len(str(one))) from None
    except (Exception, TimeLimitExceeded) as problem:
        if failed:
            raise min(failed, key=lambda one: len(str(one))) from None
        if count:
            return count
        raise UndrawableError(_reason(problem, seconds)) from problem
    return count


def _problems(check: Callable[[T], list[str]], value: T) -> list[str]:
    try:
        return check(value)
    except Exception as problem:  # report any exception: a client should raise none here
        return [f"{type(problem).__name__}: {problem}"]


def _reason(problem: BaseException, seconds: float) -> str:
    if isinstance(problem, TimeLimitExceeded):
        return f"drawing a value took more than {seconds:g} s"
    return f"{type(problem).__name__}: {problem}".partition("\n")[0][:300]


def simplest(strategy: SearchStrategy[T], seconds: float = _DRAWING) -> T:
    """Return the first value of a strategy, which is close to its smallest. Raise `UndrawableError` without one."""
    return drawn(strategy, 1, seconds)[0]


def drawn(strategy: SearchStrategy[T], count: int, seconds: float = _DRAWING) -> list[T]:
    """Return up to this many values of a strategy, the first close to its smallest; the same on every run.

    Raise `UndrawableError` if there is none within the time limit.
    """
    found: list[T] = []
    reason = "no value fits the schema"
    try:
        with within(seconds):
            draw_into(found, strategy, count)
    except (Exception, TimeLimitExceeded) as problem:
        reason = _reason(problem, seconds)
    if not found:
        raise UndrawableError(reason)
    return found


def draw_into(found: list[T], strategy: SearchStrategy[T], count: int) -> None:
    """Append the values of `drawn` to a list one by one, so that they survive an error."""

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=_UNHEEDED,
        phases=(Phase.generate,),
    )
    @given(strategy)
    def run(value: T) -> None:
        found.append(value)

    run()


def some(strategy: SearchStrategy[T] | None) -> SearchStrategy[T]:
    """Return a strategy, or one without values."""
    return st.nothing() if strategy is None else strategy
