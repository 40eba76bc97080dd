"""Drawn calls go through the generated clients, and what arrives at the server must be what the document says."""

from collections.abc import Callable

from specwire_codegen.contract.harness import Harness
from specwire_codegen.ir import Operation


def test_what_arrives_is_what_the_document_says(
    harness: Harness, operation: Operation, examples: int, covers: Callable[[Operation, str], None]
) -> None:
    """Method, path, query, headers, cookies and body of each call arrive as they should, and the mock takes them."""
    assert harness.sends(operation, examples) >= (2 if operation.parameters or operation.body else 1)
    covers(operation, "sent")
