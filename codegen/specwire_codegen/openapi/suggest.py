"""Suggestions for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that is most similar to another, whatever the case; None if none is similar enough."""
    names = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), names, 1, cutoff)
    return names[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return a suggestion for a misspelt name, or other help if no known name is similar."""
    found = nearest(name, known)
    return f"did you mean {found!r}?" if found is not None else otherwise
