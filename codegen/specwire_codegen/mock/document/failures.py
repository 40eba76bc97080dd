"""Errors that prevent the mock server from starting."""

from specwire_codegen.diagnostics import SpecwireCodegenError


class MockError(SpecwireCodegenError):
    """A document or address that cannot be served; the message has the remedy."""
