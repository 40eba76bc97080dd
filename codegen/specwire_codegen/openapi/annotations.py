"""Keywords of schemas that do not constrain values."""

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
OWNERS = frozenset({"readOnly", "writeOnly"})
"""Annotations for the sender of a property."""
PLACE_ONLY = frozenset({"default", "deprecated", *OWNERS})
"""Annotations of a location, which do not move with the schema."""
