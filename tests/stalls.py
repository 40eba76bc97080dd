"""Repetition of tests that fail while the machine stalls.

Tests of timeouts wait for fractions of a second. If the machine stops this process for longer, as busy machines do, such a
test fails although nothing is wrong. A thread measures each stall. A test that fails is repeated, at most twice, only if
there was a stall during it; the summary of a run counts the repetitions. Every other failure counts at once.
"""

from __future__ import annotations

import threading
import time

import pytest
from _pytest.runner import runtestprotocol

TICK = 0.02
"""Seconds between two looks at the clock."""
STALL = 0.1
"""Seconds without a look at the clock that are a stall: most tests of timeouts allow for that much."""
REPETITIONS = 2


class StallDetector:
    """Thread that records when the process last continued after a stall."""

    def __init__(self) -> None:
        """Start the thread."""
        self.ended = 0.0
        self.begun = 0.0
        threading.Thread(target=self._look, name="stall detector", daemon=True).start()

    def _look(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(TICK)
            now = time.monotonic()
            if now - last > STALL:
                self.ended = now
            last = now

    def begin(self) -> None:
        """Begin a test."""
        self.begun = time.monotonic()

    def stalled(self) -> bool:
        """Return whether there was a stall since the test began; wait for a look at the clock first."""
        time.sleep(2 * TICK)
        return self.ended > self.begun


class StallPlugin:
    """Plugin that repeats a failed test if there was a stall during it."""

    def __init__(self) -> None:
        """Start to measure."""
        self._detector = StallDetector()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test, and repeat it after stalls."""
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for left in reversed(range(REPETITIONS + 1)):
            self._detector.begin()
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
            disturbed = left > 0 and any(report.failed for report in reports) and self._detector.stalled()
            for report in reports:
                if disturbed and report.failed:
                    vars(report)["outcome"] = "rerun"  # for `pytest_report_teststatus`
                item.ihook.pytest_runtest_logreport(report=report)
            if not disturbed:
                break
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count a failure that was repeated."""
        return ("rerun", "R", "RERUN") if str(report.outcome) == "rerun" else None
