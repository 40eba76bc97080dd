"""The last line of a run of the contract tests: how many operations of each provider they covered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SPECS = Path(__file__).parents[1] / "specs"
KINDS = {"document", "sent", "read"}
"""What an operation has passed when it is covered; the latter two by every method that it has, sync and async."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the operations that passed all kinds of contract tests."""
    reports = [one for outcome in ("passed", "failed") for one in terminalreporter.getreports(outcome)]
    noted = [(report, value) for report in reports for name, value in report.user_properties if name == "contract"]
    passed: dict[tuple[str, str], dict[str, set[str]]] = {}
    for report, value in noted:
        provider, operation, method, kind = str(value).split(" ")
        kinds = passed.setdefault((provider, operation), {}).setdefault(method, set())
        kinds.update({kind} if report.outcome == "passed" else ())
    if not noted:
        return
    counts = []
    for path in sorted(SPECS.glob("*/normalized.json")):
        paths = json.loads(path.read_text("utf-8"))["paths"]
        ids = [operation["operationId"] for item in paths.values() for operation in item.values()]
        covered = [name for name in ids if _is_covered(passed.get((path.parent.name, name), {}))]
        counts.append(f"{path.parent.name} {len(covered)}/{len(ids)}")
    terminalreporter.write_line(f"contract: {', '.join(counts)} operations (sync and async)")


def _is_covered(methods: dict[str, set[str]]) -> bool:
    document = {kind for kinds in methods.values() for kind in kinds} & {"document"}
    called = [kinds for method, kinds in methods.items() if method != "-"]
    return bool(called) and all(kinds | document >= KINDS for kinds in called)
