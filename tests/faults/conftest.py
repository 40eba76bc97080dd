"""Fixtures of the runtime's tests, and a time limit for each test."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tests.runtime.conftest import _environment, caller, client, server, tls

__all__ = ["_environment", "caller", "client", "server", "tls"]

DEADLINE = 60
"""Time limit of a test in seconds."""


class Hung(BaseException):
    """Test that exceeds its time limit; no `except Exception` can catch it."""


@pytest.fixture(autouse=True)
def _deadline() -> Iterator[None]:
    """Fail a test that exceeds its time limit."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hung(f"not done after {DEADLINE} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(DEADLINE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
