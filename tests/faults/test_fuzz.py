"""Promises of the fuzz targets: a few hundred values break none of them."""

from __future__ import annotations

import pytest

from fuzz import words
from fuzz.check import TARGETS, Check, checks, run

CHECKS = [pytest.param(check, id=f"{target}-{check.name}") for target in TARGETS for check in checks(target)]


@pytest.mark.parametrize("check", CHECKS)
def test_a_target_holds_for_a_while(check: Check) -> None:
    """Each promise holds for 300 values, the same in each run; of whole clients, for 30."""
    run(check, 30 if check in words.CHECKS else 300, same=True)
