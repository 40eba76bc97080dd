"""Generated pages are up to date; `UPDATE=1` writes them."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.docs import cli_page, diagnostics_page
from tests.support.paths import ROOT

PAGES = {"docs/cli.md": cli_page.page, "docs/diagnostics.md": diagnostics_page.page}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    """It equals the one that the code generates."""
    make: Callable[[], str] = PAGES[name]
    if os.environ.get("UPDATE"):
        (ROOT / name).write_text(make(), "utf-8")
    assert make() == (ROOT / name).read_text("utf-8"), "run: UPDATE=1 python -m pytest tests/docs"


def test_the_page_of_diagnostics_is_complete() -> None:
    """It has every code that a test expects, each with a message."""
    found = {message.code for message in diagnostics_page.reported()}
    assert diagnostics_page.expected_codes() <= found
    assert len(found) > 100
