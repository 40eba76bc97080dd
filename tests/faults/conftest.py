"""The scripted server and the clients of `tests/runtime`, and a deadline on every test."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tests.runtime.conftest import _environment, caller, client, server, tls

__all__ = ["_environment", "caller", "client", "server", "tls"]

DEADLINE = 60
"""Seconds after which a test hangs."""


class Hung(BaseException):
    """A test that does not end; no `except Exception` is to swallow it."""


@pytest.fixture(autouse=True)
def _deadline() -> Iterator[None]:
    """Fail what hangs."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hung(f"not done after {DEADLINE} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(DEADLINE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
