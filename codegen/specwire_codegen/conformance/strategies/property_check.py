"""Trying a check on drawn values: the same ones on every run, and the smallest one that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

# Schemas may be large, and their strategies discard what the wire cannot carry.
_UNHEEDED = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)


class Violation(AssertionError):
    """A server or client did something else than the document says."""


def explore(strategy: SearchStrategy[T], examples: int, check: Callable[[T], list[str]]) -> int:
    """Run a check on drawn values, and return on how many.

    Raises `Violation` with what the check says of the smallest value that it finds fault with.
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
    """Return the first value of a strategy, which is about as small as its values get."""
    return drawn(strategy, 1)[0]


def drawn(strategy: SearchStrategy[T], count: int) -> list[T]:
    """Return at most so many values of a strategy, the first about as small as they get; the same on every run."""
    found: list[T] = []
    draw_into(found, strategy, count)
    return found


def draw_into(found: list[T], strategy: SearchStrategy[T], count: int) -> None:
    """Add to a list what `drawn` returns, value by value: they are there even where it raises an error."""

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
