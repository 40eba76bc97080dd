"""Settings of a whole run: selection and order of the tests, and the summary of the contract tests."""

from __future__ import annotations

import json
import os

import pytest

from tests.sampling import VARIABLE, sample_number
from tests.stalls import StallPlugin
from tests.support.paths import SPECS

KINDS = {"document", "sent", "read"}
"""Kinds of checks that cover an operation; the latter two for each of its methods, sync and async."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs the full sweeps."""
    parser.addoption("--exhaustive", action="store_true", help="run the tests marked `exhaustive` too")


def pytest_configure(config: pytest.Config) -> None:
    """Reject rewriting expectations in CI, give all workers the same samples, and repeat tests that a stall disturbed."""
    os.environ[VARIABLE] = str(sample_number())
    if os.environ.get("UPDATE") and os.environ.get("CI"):
        raise pytest.UsageError("UPDATE is set in CI: it rewrites the expected files, so no test could fail; unset it")
    config.pluginmanager.register(StallPlugin())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the full sweeps unless asked for, and start the longest tests first so that no worker waits at the end.

    `-m exhaustive` asks for them too.
    """
    if not _runs_all(config):
        left_out = [item for item in items if item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]
    items.sort(key=lambda item: not (item.get_closest_marker("exhaustive") or item.get_closest_marker("slow")))


def _runs_all(config: pytest.Config) -> bool:
    return bool(config.getoption("--exhaustive")) or "exhaustive" in config.getoption("-m")


@pytest.fixture(scope="session")
def exhaustive(pytestconfig: pytest.Config) -> bool:
    """Whether the full sweeps run."""
    return _runs_all(pytestconfig)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show how to repeat the samples of this run, and count the operations that passed all contract tests."""
    if not _runs_all(config):
        terminalreporter.write_line(f"samples: {VARIABLE}={sample_number()} repeats them, --exhaustive runs all cases")
    reports = [one for outcome in ("passed", "failed") for one in terminalreporter.getreports(outcome)]
    noted = [(report, value) for report in reports for name, value in report.user_properties if name == "contract"]
    # A test that was repeated after a stall has the property once for each try.
    planted = [
        (str(value).split(" ")[0], report.outcome == "passed")
        for report in reports
        for name, value in dict.fromkeys(report.user_properties)
        if name == "planted"
    ]
    if planted:
        terminalreporter.write_line(_planted(planted))
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


def _planted(planted: list[tuple[str, bool]]) -> str:
    """Return the number of planted disagreements that were found, and of those in each side."""
    sides = {
        side: (sum(found for one, found in planted if one == side), sum(1 for one, _ in planted if one == side))
        for side in ("server", "document", "client")
    }
    listed = ", ".join(f"{side} {found}/{count}" for side, (found, count) in sides.items())
    total = sum(found for _, found in planted)
    return f"planted: {total}/{len(planted)} found, blamed rightly, with a minimal case ({listed})"


def _is_covered(methods: dict[str, set[str]]) -> bool:
    document = {kind for kinds in methods.values() for kind in kinds} & {"document"}
    called = [kinds for method, kinds in methods.items() if method != "-"]
    return bool(called) and all(kinds | document >= KINDS for kinds in called)
