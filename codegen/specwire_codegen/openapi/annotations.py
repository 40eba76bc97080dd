"""Keywords that describe a schema and do not change which values it accepts."""

from __future__ import annotations

ANNOTATIONS = frozenset(
    {
        "$comment",
        "title",
        "description",
        "deprecated",
        "readOnly",
        "writeOnly",
        "default",
        "example",
        "examples",
        "externalDocs",
        "xml",
    }
)
"""Schema keywords that say nothing about which values are valid."""

OWNERS = frozenset({"readOnly", "writeOnly"})
"""Annotations that tell who sends a property."""
PLACE_ONLY = frozenset({"default", "deprecated", *OWNERS})
"""Annotations of the place where a schema stands, which do not move with the schema."""
