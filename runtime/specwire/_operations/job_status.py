"""Words by which APIs say that a job has come to rest, written as `word` writes them."""

from __future__ import annotations

SUCCESS = frozenset("success successful succeeded completed complete done finished".split())
FAILURE = frozenset(
    "failed failure fail error errored cancelled canceled cancel aborted rejected expired incomplete terminated "
    "stopped timed_out timeout timeout_exceeded dead crashed failed_validation validation_failed denied revoked".split()
)
ATTENTION = frozenset(
    "requires_action action_required needs_action needs_input requires_input awaiting_input waiting_for_input "
    "awaiting_approval waiting_for_approval requires_confirmation requires_approval paused suspended blocked "
    "on_hold".split()
)
"""The job goes on only when somebody does something."""


def word(status: str) -> str:
    """Return a status in lower case, its words joined by underscores."""
    return status.strip().lower().replace("-", "_").replace(" ", "_")
