"""Property check on generated values, the same on every run, which reports the smallest failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

from specwire_codegen.contract.client.time_limit import Limit, TimeLimitExceeded, within

T = TypeVar("T")

# Schemas may be large, and their strategies discard values that the wire cannot carry.
_UNHEEDED = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
DRAWING: Final[Limit] = partial(within, 10.0)
"""Default time limit of drawing one value."""
_SHRINKING = 500
"""Maximum number of values that are checked to find a smaller failure: a number, so that no clock decides."""


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
    limit: Limit = DRAWING,
) -> int:
    """Run a check on generated values, and return their number.

    Raise `Violation` with the findings for the smallest value that fails, and with what `context` returned then.
    Raise `UndrawableError` if no value can be generated within the time limit.
    """
    search = _Search(check, context)
    exceeded: list[TimeLimitExceeded] = []

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
        try:
            with limit():
                value = data.draw(strategy)
        except TimeLimitExceeded as problem:
            exceeded.append(problem)
            raise
        violation = search.violation_of(value)
        if violation is not None:
            raise violation.with_traceback(None)

    try:
        run()
    except Violation:
        raise
    except (Exception, TimeLimitExceeded) as problem:
        # hypothesis calls a failure that depends on the server's state flaky, and a drawing that ended too early too.
        if search.failed:
            raise search.shortest() from None
        if isinstance(problem, Flaky) and not exceeded:
            raise
        if search.count:
            return search.count
        raise UndrawableError(_reason(exceeded[0] if exceeded else problem)) from problem
    return search.count


class _Search(Generic[T]):
    """Search for the smallest value that fails a check."""

    def __init__(self, check: Callable[[T], list[str]], context: Callable[[], Any]) -> None:
        self.count = 0
        """Number of values that were checked."""
        self.failed: dict[str, Violation] = {}
        """What failed, by the text of the value."""
        self._check = check
        self._context = context
        self._left = _SHRINKING

    def violation_of(self, value: T) -> Violation | None:
        """Check a value. Beyond the limit, only what failed fails again, so that hypothesis ends with its smallest."""
        if self.failed:
            self._left -= 1
        if self._left < 0:
            return self.failed.get(str(value))
        self.count += 1
        problems = _problems(self._check, value)
        if not problems:
            return None
        violation = self.failed[str(value)] = Violation(problems, value, self._context(), self.count)
        return violation

    def shortest(self) -> Violation:
        """Return the failure with the shortest message."""
        return min(self.failed.values(), key=lambda one: len(str(one)))


def _problems(check: Callable[[T], list[str]], value: T) -> list[str]:
    try:
        return check(value)
    except Exception as problem:  # report any exception: a client should raise none here
        return [f"{type(problem).__name__}: {problem}"]


def _reason(problem: BaseException) -> str:
    if isinstance(problem, TimeLimitExceeded):
        return f"drawing a value took {problem}"
    return f"{type(problem).__name__}: {problem}".partition("\n")[0][:300]


def simplest(strategy: SearchStrategy[T], limit: Limit = DRAWING) -> T:
    """Return the first value of a strategy, which is close to its smallest. Raise `UndrawableError` without one."""
    return drawn(strategy, 1, limit)[0]


def drawn(strategy: SearchStrategy[T], count: int, limit: Limit = DRAWING) -> list[T]:
    """Return up to this many values of a strategy, the first close to its smallest; the same on every run.

    Raise `UndrawableError` if there is none within the time limit.
    """
    found: list[T] = []
    reason = "no value fits the schema"
    try:
        with limit():
            draw_into(found, strategy, count)
    except (Exception, TimeLimitExceeded) as problem:
        reason = _reason(problem)
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
