"""Requests of the generated clients for drawn arguments match the document."""

from collections.abc import Callable

from specwire_codegen.contract.harness import Harness
from specwire_codegen.ir import Operation


def test_requests_match_the_document(
    harness: Harness, operation: Operation, examples: int, covers: Callable[[Operation, str], None]
) -> None:
    """Method, path, query, headers, cookies and body are as documented, and the mock server accepts them."""
    assert harness.sends(operation, examples) >= (2 if operation.parameters or operation.body else 1)
    covers(operation, "sent")
