"""Property check on generated values, the same on every run, which reports the smallest failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

# Schemas may be large, and their strategies discard values that the wire cannot carry.
_UNHEEDED = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)


class Violation(AssertionError):
    """A difference between the document and a server or client."""


def explore(strategy: SearchStrategy[T], examples: int, check: Callable[[T], list[str]]) -> int:
    """Run a check on generated values, and return their number.

    Raise `Violation` with the findings for the smallest value that fails.
    """
    count = 0

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=_UNHEEDED,
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
    )
    @given(strategy)
    def run(value: T) -> None:
        nonlocal count
        count += 1
        problems = check(value)
        if problems:
            raise Violation("\n".join([*problems, f"for {value!r}"]))

    run()
    return count


def simplest(strategy: SearchStrategy[T]) -> T:
    """Return the first value of a strategy, which is close to its smallest."""
    return drawn(strategy, 1)[0]


def drawn(strategy: SearchStrategy[T], count: int) -> list[T]:
    """Return up to this many values of a strategy, the first close to its smallest; the same on every run."""
    found: list[T] = []
    draw_into(found, strategy, count)
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
