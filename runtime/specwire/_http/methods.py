"""Methods of HTTP by what repeating them does (RFC 9110, section 9.2)."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
"""Methods that only read."""
IDEMPOTENT = SAFE | {"PUT", "DELETE"}
"""Methods whose requests can be repeated without further effect."""
