"""Time after which a test gives up: long, so that no result depends on the speed of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 120.0
"""Seconds until a test gives up waiting."""


def eventually(holds: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"it did not come true in {PATIENCE:g} s"
        time.sleep(0.01)
