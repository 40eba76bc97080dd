"""Names that JSON Schema has for the types of values."""

from __future__ import annotations

from specwire._models.json_types import kind_of as json_type

__all__ = ["json_type"]
