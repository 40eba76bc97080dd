"""Fuzz targets: a few hundred values find no failure."""

from __future__ import annotations

import pytest

from fuzz import words
from fuzz.check import TARGETS, Check, checks, run
from tests.sampling import EXHAUSTIVE

CHECKS = [pytest.param(check, id=f"{target}-{check.name}") for target in TARGETS for check in checks(target)]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("count", [100, pytest.param(300, marks=EXHAUSTIVE)])
def test_a_property_holds_for_some_values(check: Check, count: int) -> None:
    """The same values in each run, fewer for whole clients."""
    run(check, count // 10 if check in words.CHECKS else count, same=True)
