"""HTTP methods of OpenAPI."""

from __future__ import annotations

from specwire._exchange.prepared import IDEMPOTENT as IDEMPOTENT

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""Methods that a path item has operations for, in the order of the specification."""
