"""What of a JSON body is written in a form of its own."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import msgspec


class Formats(msgspec.Struct, frozen=True):
    """Wire names of body fields, at any depth, whose values are text of another type; "" stands for the whole body."""

    base64: AbstractSet[str] = frozenset()
    """Fields that take bytes, written in base64."""
    decimal: AbstractSet[str] = frozenset()
    """Fields that take a `Decimal` as text; elsewhere it is a number."""


NO_FORMATS = Formats()
