"""The errors that the mock server raises before it can serve."""

from specwire_codegen.diagnostics import SpecwireCodegenError


class MockError(SpecwireCodegenError):
    """Say why a document or an address cannot be served, and what to do."""
