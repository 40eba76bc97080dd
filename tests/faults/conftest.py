"""Fixtures of the runtime's tests, and a time limit for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runtime.conftest import _environment, caller, client, server, tls
from tests.support.time_limit import time_limit

__all__ = ["_environment", "caller", "client", "server", "tls"]

DEADLINE = 60
"""Time limit of a test in seconds."""


@pytest.fixture(autouse=True)
def _deadline() -> Iterator[None]:
    """Fail a test that exceeds its time limit."""
    with time_limit(DEADLINE):
        yield
