"""Samples of long parametrizations: `make test` runs the sample, `make test-all` every case.

    @pytest.mark.parametrize("case", sampled(CASES, 10))

A sample is the same in each run and spread evenly, from the first case to the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

EXHAUSTIVE = pytest.mark.exhaustive


def sampled(cases: Iterable[Any], count: int) -> list[ParameterSet]:
    """Return all cases as parameters, those outside the sample marked `exhaustive`.

    A case that is a tuple is the values of several parameters, as in `pytest.mark.parametrize`.
    """
    listed = list(cases)
    last = len(listed) - 1
    kept = {round(index * last / (count - 1)) for index in range(count)} if count > 1 else {0}
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=() if index in kept else EXHAUSTIVE)
        for index, case in enumerate(listed)
    ]
