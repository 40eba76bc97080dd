"""Fixtures of the contract engine's tests: the shipped clients."""

from __future__ import annotations

from tests.support.subjects import harness_of, moonshot, pytest_generate_tests

__all__ = ["harness_of", "moonshot", "pytest_generate_tests"]
