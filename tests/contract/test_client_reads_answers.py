"""Drawn answers go to the generated clients, and what they hand back must encode to the same JSON."""

from collections.abc import Callable

from specwire_codegen.contract.harness import Harness
from specwire_codegen.ir import Empty, Operation


def test_answers_come_back_as_typed_models(
    harness: Harness, operation: Operation, examples: int, covers: Callable[[Operation, str], None]
) -> None:
    """JSON, events, text and bytes that a document allows come back whole, typed, and without drift."""
    assert harness.reads(operation, examples) >= (1 if isinstance(operation.payload, Empty) else 2)
    covers(operation, "read")


def test_errors_come_back_as_typed_bodies(harness: Harness, operation: Operation, examples: int) -> None:
    """Every error that a document has is raised with its status and its typed body."""
    assert harness.reads_errors(operation, examples) >= 2
