"""Samples of long parametrizations: `make test` runs a sample, `make test-all` every case.

    @pytest.mark.parametrize("case", sampled(CASES, 10))

A sample depends on the day: consecutive days take different cases, until all have had their turn. `SPECWIRE_SAMPLE`
repeats the sample of another day; the summary of a run shows its number.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

EXHAUSTIVE = pytest.mark.exhaustive
VARIABLE = "SPECWIRE_SAMPLE"


def sample_number() -> int:
    """Return the number that selects the samples of this run: today's, or that of the environment."""
    return int(os.environ.get(VARIABLE) or datetime.now(UTC).toordinal())


def sampled(cases: Iterable[Any], count: int) -> list[ParameterSet]:
    """Return all cases as parameters; those outside a sample of at most `count` are marked `exhaustive`.

    A case that is a tuple is the values of several parameters, as in `pytest.mark.parametrize`.
    """
    listed = list(cases)
    step = max(1, -(-len(listed) // count))
    turn = sample_number() % step
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=() if index % step == turn else EXHAUSTIVE)
        for index, case in enumerate(listed)
    ]
