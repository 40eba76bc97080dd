"""Promises of the page of faults: it says what the tests hold, no more and no less."""

from __future__ import annotations

import re

from tests.faults.page import page
from tests.support.paths import ROOT


def test_the_page_is_the_table() -> None:
    """`docs/faults.md` is what `python -m tests.faults.page` prints."""
    assert page() == (ROOT / "docs" / "faults.md").read_text("utf-8")


def test_the_page_names_tests_that_exist() -> None:
    """Every module of tests that the page names is there."""
    named = set(re.findall(r"`(tests/faults/\w+\.py)`", page()))
    assert {True} == {(ROOT / name).is_file() for name in named}
