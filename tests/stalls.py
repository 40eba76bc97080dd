"""Repetition of tests that fail while the machine stalls.

Tests of timeouts wait for fractions of a second. If the machine stops this process for longer, as busy machines do, such a
test fails although nothing is wrong. A thread measures each stall. A test that fails is repeated, at most twice, only if
there was a stall during it; the summary of a run counts the repetitions. Every other failure counts at once.
"""

from __future__ import annotations

import threading
import time

import pytest

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

    def stalled(self, error: BaseException | None) -> bool:
        """Return whether there was a stall since the test began; after an error, wait for a look at the clock first."""
        if error is not None:
            time.sleep(2 * TICK)
        return self.ended > self.begun


class StallPlugin:
    """Plugin that repeats a failed test if there was a stall during it."""

    def __init__(self) -> None:
        """Start to measure."""
        self.detector = StallDetector()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Note when a test, or its repetition, begins."""
        self.detector.begin()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Let pytest-rerunfailures repeat any test under this condition."""
        flaky = pytest.mark.flaky(reruns=REPETITIONS, condition=self.detector.stalled)
        for item in items:
            item.add_marker(flaky)
