"""Formats of fields in a JSON body that are written as another type."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import msgspec


class Formats(msgspec.Struct, frozen=True):
    """Wire names of body fields, at any depth, whose values are text of another type; "" is the whole body."""

    base64: AbstractSet[str] = frozenset()
    """Fields with bytes, written in base64."""
    decimal: AbstractSet[str] = frozenset()
    """Fields with a `Decimal` as text; elsewhere it is a number."""
    number: AbstractSet[str] = frozenset()
    """Fields with any number as text."""


NO_FORMATS = Formats()
