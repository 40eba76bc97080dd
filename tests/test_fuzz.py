"""Promises of the fuzz targets: some hundred values break none of them."""

from __future__ import annotations

import pytest

from fuzz import words
from fuzz.check import TARGETS, Check, checks, run
from tests.sampling import EXHAUSTIVE

CHECKS = [pytest.param(check, id=f"{target}-{check.name}") for target in TARGETS for check in checks(target)]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("count", [100, pytest.param(300, marks=EXHAUSTIVE)])
def test_a_target_holds_for_a_while(check: Check, count: int) -> None:
    """Each promise holds for as many values, the same in each run; of whole clients, for a tenth of them."""
    run(check, count // 10 if check in words.CHECKS else count, same=True)
