"""Responses that are drawn from the document are returned by the clients as equal, typed values."""

from collections.abc import Callable

from specwire_codegen.contract.harness import Harness
from specwire_codegen.ir import Empty, Operation


def test_responses_are_returned_as_typed_models(
    harness: Harness, operation: Operation, examples: int, covers: Callable[[Operation, str], None]
) -> None:
    """JSON, events, text and bytes are complete, typed, and without drift."""
    assert harness.reads(operation, examples) >= (1 if isinstance(operation.payload, Empty) else 2)
    covers(operation, "read")


def test_errors_are_raised_with_typed_bodies(harness: Harness, operation: Operation, examples: int) -> None:
    """Every documented error has its status and its typed body."""
    assert harness.reads_errors(operation, examples) >= 2
