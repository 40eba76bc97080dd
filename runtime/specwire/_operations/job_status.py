"""Job statuses that APIs use for jobs at rest, in the form that `word` returns."""

from __future__ import annotations

SUCCESS = frozenset("success successful succeeded completed complete done finished".split())
FAILURE = frozenset(
    "failed failure fail error errored cancelled canceled cancel aborted rejected expired incomplete terminated "
    "stopped killed timed_out timeout timeout_exceeded dead crashed failed_validation validation_failed denied revoked".split()
)
ATTENTION = frozenset(
    "requires_action action_required needs_action needs_input requires_input awaiting_input waiting_for_input "
    "awaiting_approval waiting_for_approval requires_confirmation requires_approval paused suspended blocked "
    "on_hold".split()
)
"""Statuses of jobs that wait for an action of the user."""


def word(status: str) -> str:
    """Return a status in lower case with words joined by underscores."""
    return status.strip().lower().replace("-", "_").replace(" ", "_")
