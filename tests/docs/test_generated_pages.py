"""Generated pages are up to date; `UPDATE=1` writes them. Figures and pictures of the README are those of real runs."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable

import pytest

from tests.docs import cli_page, diagnostics_page
from tests.docs.pages import blocks
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
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


def test_every_code_is_the_subject_of_a_test() -> None:
    """Each code can occur: a test expects it, in a message or by its name."""
    files = (file for file in (ROOT / "tests").rglob("*") if file.suffix in (".py", ".txt") and file.is_file())
    words = {word for file in files for word in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", file.read_text("utf-8"))}
    codes = {message.code for message in diagnostics_page.reported()}
    assert len(codes) > 100
    assert set() == codes - words


def test_the_figures_of_the_readme_are_those_of_the_benches() -> None:
    """Each is in the file that its row names."""
    rows = re.findall(r"^\| ([^|]+) \|(.*)\| \[\w+\]\((bench/[^)]+)\) \|$", README, re.MULTILINE)
    assert len(rows) >= 6
    for name, cells, source in rows:
        measured = set(re.findall(r"[\d.,]+(?: %)?", (ROOT / source).read_text("utf-8")))
        figures = [cell.strip() for cell in cells.split("|") if cell.strip()]
        assert figures and set(figures) <= measured, name


def test_a_client_of_ones_own_takes_three_commands_with_the_install_line() -> None:
    """They follow the commands of a clone, before the first chapter."""
    first = README.partition("\n## ")[0]
    own = [block.text.splitlines() for block in blocks("README.md") if block.language == "sh" and block.text in first]
    assert own[1][0] == 'pip install "specwire[codegen]"' and len(own[1]) == 3


@pytest.mark.slow
def test_the_picture_of_the_terminal_is_that_of_a_run() -> None:
    """`python tools/terminal_picture.py` writes it; it needs nothing from the network."""
    spec = importlib.util.spec_from_file_location("terminal_picture", ROOT / "tools" / "terminal_picture.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    drawn = tool.picture()
    assert drawn == (ROOT / "docs/terminal.svg").read_text("utf-8"), "run: python tools/terminal_picture.py"
    assert "url(" not in re.sub(r"url\(#", "", drawn) and "^^^^" in drawn
