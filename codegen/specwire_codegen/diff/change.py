"""A change of a client, classified by its effect on users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

Severity = Literal["breaking", "risky", "safe"]
SEVERITIES: tuple[Severity, Severity, Severity] = ("breaking", "risky", "safe")
"""Severities, the worst first.

breaking: code that uses the client fails, or fails type checks. risky: code runs, but can meet values that it did not
before. safe: existing code is unaffected.
"""
Action = Literal["added", "removed", "renamed", "changed"]
Kind = Literal["client", "method", "argument", "response", "error", "pages", "stream", "wait", "model", "field", "type"]


@attrs.frozen
class Change:
    """One change; `subject` is what changed in Python, such as `client.pets.list(limit=)`."""

    severity: Severity
    kind: Kind
    action: Action
    subject: str
    text: str
    """Description of the change, as a sentence without the subject."""
    operation: str = ""
    """HTTP method and path in the document, if the change is of one operation."""

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


def worst(severities: Iterable[Severity], default: Severity = "safe") -> Severity:
    """Return the worst of several severities."""
    ranks = [SEVERITIES.index(severity) for severity in severities]
    return SEVERITIES[min(ranks)] if ranks else default


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes without repetitions, the worst first, then by subject."""
    return tuple(
        sorted(dict.fromkeys(changes), key=lambda each: (SEVERITIES.index(each.severity), each.subject, each.text))
    )
