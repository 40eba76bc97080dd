"""Local HTTP server that imitates a provider from its OpenAPI document alone."""

from typing import Final

TEST_KEY: Final = "test-key"
"""The key that a mock server accepts unless others are named."""
