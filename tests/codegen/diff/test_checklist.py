"""Every check of the checklist in `docs/diff.md` is made, and means what the page says."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from specwire_codegen.diff.change import SEVERITIES, Severity
from specwire_codegen.diff.compare import changes

from tests.support.paths import ROOT

from .checks import CHECKS, DOCUMENT, Edit
from .test_changes import client_of


@pytest.mark.parametrize(
    ("edit", "severity"),
    [
        pytest.param(edit, severity, id=f"{group}: {name}")
        for group, each in CHECKS.items()
        for name, edit, severity in each
    ],
)
def test_a_check_has_its_severity(edit: Edit, severity: Severity | None, tmp_path: Path) -> None:
    """The worst change that the edit makes for users; None if they notice nothing."""
    document = copy.deepcopy(DOCUMENT)
    edit(document)
    found = changes(client_of(DOCUMENT, tmp_path / "old"), client_of(document, tmp_path / "new"))
    worst = next((each for each in SEVERITIES if any(each == change.severity for change in found)), None)
    assert worst == severity, [str(change) for change in found]


def test_every_row_of_the_page_has_checks() -> None:
    """What is seen has a severity, what is not has none."""
    lines = (ROOT / "docs" / "diff.md").read_text("utf-8").partition("| group of checks |")[2].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    seen = {name: cell for name, cell, *_ in rows}
    groups = {group: next(name for name in seen if name.startswith(group)) for group in CHECKS}
    assert sorted(groups.values()) == sorted(seen)
    for group, name in groups.items():
        noticed = {severity is not None for _, _, severity in CHECKS[group]}
        assert {"yes": True, "partly": True, "no": False, "other": False}[seen[name]] in noticed, group
        assert seen[name] != "no" or noticed == {False}, group
