"""A difference between document, client and server, with the side to blame and the smallest case."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from specwire_codegen.contract.values.exchange import Exchange

Side: TypeAlias = Literal["document", "server", "client"]


@attrs.frozen
class Finding:
    """One difference."""

    side: Side
    """What to correct."""
    check: str
    """Name of the check that found it."""
    message: str
    exchange: Exchange | None = None
    """Smallest request that shows it, and its response."""
    python: str = ""
    """The same call with the client."""

    def __str__(self) -> str:
        """Return side, check and message."""
        return f"{self.side}: {self.check}: {self.message}"
