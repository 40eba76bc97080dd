"""The changelog keeps its form: sections of Keep a Changelog, one line for each entry, no entry twice."""

from __future__ import annotations

import re

from tests.support.paths import ROOT

LINES = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
ENTRIES = [line for line in LINES if line.startswith("- ")]
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_line_is_a_heading_or_an_entry() -> None:
    """An entry has one line that fits on a screen."""
    assert len(ENTRIES) > 50
    body = LINES[LINES.index("## [Unreleased]") :]
    assert [] == [line for line in body if line and not line.startswith(("#", "- "))]
    assert [] == [line for line in body if len(line) > 140]


def test_every_entry_is_in_a_section() -> None:
    """A change is added, changed, deprecated, removed, fixed, or about security."""
    section, outside = "", []
    for line in LINES:
        if found := re.match(r"(##|###) (.*)", line):
            section = found[2] if found[1] == "###" else ""
            assert not section or section in SECTIONS
        elif line.startswith("- ") and not section:
            outside.append(line)
    assert [] == outside


def test_no_entry_is_there_twice() -> None:
    """Merges add what both sides have."""
    assert sorted(set(ENTRIES)) == sorted(ENTRIES)
