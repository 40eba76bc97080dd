"""Property checks: the smallest failure, flaky failures, and limits; no result depends on the speed of the machine."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from specwire_codegen.contract.strategies import property_check
from specwire_codegen.contract.strategies.property_check import (
    UndrawableError,
    Violation,
    drawn,
    explore,
    simplest,
)

from tests.codegen.contract.limits import exceeded_after


def test_the_smallest_failure_is_reported() -> None:
    """Of all values that fail, the simplest one, and always the same."""
    with pytest.raises(Violation, match=r"^too large\nfor 10\b"):
        explore(st.integers(0, 1000), 200, lambda value: ["too large"] if value >= 10 else [], limit=nullcontext)
    assert simplest(st.lists(st.integers()), nullcontext) == []


@pytest.mark.parametrize("checks", [0, 1, 20])
def test_the_search_for_a_smaller_failure_ends_after_a_number_of_checks(
    checks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with the smallest failure until then, the same on every run."""
    monkeypatch.setattr(property_check, "_SHRINKING", checks)

    def smallest() -> list[int]:
        values: list[list[int]] = []

        def check(value: list[int]) -> list[str]:
            values.append(value)
            return ["too large"] if sum(value) >= 5000 else []

        with pytest.raises(Violation, match="too large") as caught:
            explore(st.lists(st.integers(0, 1000), min_size=20, max_size=40), 200, check, limit=nullcontext)
        failed = [value for value in values if sum(value) >= 5000]
        assert 0 <= len(values) - values.index(failed[0]) - 1 <= checks
        found = next(value for value in failed if value == caught.value.value)
        assert len(found) == min(map(len, failed))
        return found

    assert smallest() == smallest()


def test_a_failure_that_does_not_repeat_is_a_violation() -> None:
    """It happened; hypothesis would call it flaky."""
    calls: list[int] = []

    def once(value: int) -> list[str]:
        calls.append(value)
        return ["wrong"] if len(calls) == 1 else []

    with pytest.raises(Violation, match="wrong"):
        explore(st.integers(), 5, once, limit=nullcontext)


def test_any_exception_of_a_check_is_a_violation() -> None:
    """It becomes a finding, and no traceback."""
    with pytest.raises(Violation, match="ZeroDivisionError"):
        explore(st.integers(), 5, lambda value: [str(1 // (value - value))], limit=nullcontext)


@pytest.mark.parametrize("strategy", [st.nothing(), st.integers().filter(lambda value: False)])
def test_a_strategy_without_values_is_undrawable(strategy: SearchStrategy[int]) -> None:
    """The reason is the message."""
    with pytest.raises(UndrawableError, match="Unsatisfiable"):
        explore(strategy, 5, lambda value: [], limit=nullcontext)
    with pytest.raises(UndrawableError, match="Unsatisfiable"):
        simplest(strategy, nullcontext)


def test_a_drawing_that_takes_too_long_ends_the_check() -> None:
    """What was checked until then counts; without a value, the limit is the reason."""
    with pytest.raises(UndrawableError, match=r"^drawing a value took more than 10 s$"):
        explore(st.integers(), 5, lambda value: [], limit=exceeded_after(0))
    assert explore(st.integers(), 5, lambda value: [], limit=exceeded_after(3)) == 3
    with pytest.raises(Violation, match="too large"):
        explore(st.integers(0, 1000), 200, lambda value: ["too large"] if value >= 10 else [], limit=exceeded_after(12))


def test_values_that_were_drawn_in_time_are_kept() -> None:
    """The limit of `drawn` is for all values together."""
    with pytest.raises(UndrawableError, match=r"^drawing a value took more than 10 s$"):
        drawn(st.integers(), 5, exceeded_after(0))
    assert len(drawn(st.integers(), 5, nullcontext)) == 5
