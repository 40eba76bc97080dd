"""Harness of the provider under test, and one test for each operation and method.

`SPECWIRE_CONTRACT_EXAMPLES` sets how many values are drawn for each check of an operation: more take longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.subject import Subject, operation_label
from specwire_codegen.ir import Operation

from tests.support.subjects import harness_of, moonshot, pytest_generate_tests

__all__ = ["harness_of", "moonshot", "pytest_generate_tests"]


@pytest.fixture(scope="session")
def examples(exhaustive: bool) -> int:
    """Number of values to draw for each check of an operation."""
    return int(os.environ.get("SPECWIRE_CONTRACT_EXAMPLES", "8" if exhaustive else "3"))


@pytest.fixture
def harness(harness_of: Callable[[Subject], Harness], subject: Subject) -> Harness:
    """Harness of the provider under test."""
    return harness_of(subject)


@pytest.fixture
def covers(record_property: Callable[[str, object], None], subject: Subject) -> Callable[[Operation, str], None]:
    """Function that records for the summary that an operation passed a kind of test with both clients."""

    def record(operation: Operation, kind: str) -> None:
        record_property("contract", f"{subject.name} {operation.id} {operation_label(operation)} {kind}")

    return record
