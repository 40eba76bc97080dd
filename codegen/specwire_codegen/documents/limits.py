"""Limits of documents, which keep later steps from running out of memory and stack."""

from __future__ import annotations

MAX_DEPTH = 200
"""Deepest level of values."""
MAX_NODES = 1_000_000
"""Maximum number of values of a YAML text, aliases expanded."""
