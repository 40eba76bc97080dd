"""Guesses at extensions that a document lacks, and the choice of those that apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

Kind: TypeAlias = Literal["streams", "pages", "waits", "downloads"]

KINDS: tuple[Kind, ...] = ("streams", "pages", "waits", "downloads")
INFERRED = "x-specwire-inferred"
"""Extension of an operation with the reason of each of its other extensions that was inferred, by kind."""


@attrs.frozen
class Guess:
    """An extension suggested for an operation."""

    target: str
    """JSONPath of the operation."""
    extension: str
    value: Mapping[str, Any]
    reason: str
    certain: bool = True
    """False if the guess is only proposed."""
    operation: str = ""
    """OperationId."""
    kind: Kind = "pages"
    applied: bool = False
    """True if the document has the extension because of this guess."""


@attrs.frozen
class Inference:
    """Which certain guesses apply: those of every kind, unless a kind or an operation is switched off."""

    off: frozenset[Kind] = frozenset()
    chosen: Mapping[Kind, Mapping[str, bool]] = attrs.field(factory=dict)
    """Switches of single operations, by operationId."""

    def allows(self, kind: Kind, operation: str) -> bool:
        """Return whether certain guesses of a kind apply to an operation."""
        return self.chosen.get(kind, {}).get(operation, kind not in self.off)
