"""Integers that are JSON strings, since many JSON parsers read large numbers as floats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

_DIGITS = re.compile(r"0|-?[1-9][0-9]{0,38}")
"""Pattern of the canonical form of an integer; other digits, such as `007`, are not a number."""

if TYPE_CHECKING:
    IntText: TypeAlias = int
else:

    class IntText(int):
        """Integer whose JSON form is a string."""


def int_of(raw: Any) -> int | None:
    """Return the integer of a string, which is encoded as that string again; None for anything else."""
    return IntText(raw) if isinstance(raw, str) and _DIGITS.fullmatch(raw) else None
