"""Page of failures: it shows the table that the tests check."""

from __future__ import annotations

import re

from tests.faults.page import page
from tests.support.paths import ROOT


def test_the_page_is_up_to_date() -> None:
    """`docs/faults.md` is the output of `python -m tests.faults.page`."""
    assert page() == (ROOT / "docs" / "faults.md").read_text("utf-8")


def test_the_page_names_existing_tests() -> None:
    """Every module that it names exists."""
    named = set(re.findall(r"`(tests/faults/\w+\.py)`", page()))
    assert {True} == {(ROOT / name).is_file() for name in named}
