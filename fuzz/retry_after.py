"""Retries: any headers, any policy."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from specwire import RetryPolicy
from specwire._http.retry import MaybeSent, NotSent, ServerResponded, decide, parse_retry_after

from .check import Check

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_DATES = st.from_regex(r"\A[A-Z][a-z]{2}, [0-9]{1,4} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9}( GMT| [+-][0-9]{1,6})?\Z")
_TEXTS = st.text(max_size=40) | st.from_regex(r"\A\s?[0-9+-]{0,5}\.?[0-9e]{0,5}\s?\Z") | _DATES
_HEADERS = st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "x-should-retry"]), _TEXTS)
_SECONDS = st.floats(0, 1e9)
_POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 5),
    wait_initial=_SECONDS,
    wait_exp_base=st.floats(1, 1e300),
    wait_max=_SECONDS,
    retry_after_max=_SECONDS,
    budget=st.none() | _SECONDS,
)
_OUTCOMES = st.just(NotSent()) | st.just(MaybeSent()) | st.builds(ServerResponded, st.integers(100, 599), _HEADERS)


def any_header_is_a_number_of_seconds_or_none(headers: dict[str, str]) -> None:
    """It is finite and not negative."""
    asked = parse_retry_after(headers, NOW)
    assert asked is None or 0 <= asked < math.inf


def a_decision_follows_its_policy(case: tuple[RetryPolicy, Any, int, bool, float]) -> None:
    """No wait exceeds the policy's bounds or budget, and none follows the last attempt."""
    policy, outcome, attempt, idempotent, waited = case
    wait = decide(policy, attempt=attempt, idempotent=idempotent, outcome=outcome, waited=waited, now=lambda: NOW)
    if wait is None:
        return
    assert attempt < policy.attempts
    assert 0 <= wait <= max(policy.wait_max, policy.retry_after_max)
    assert policy.budget is None or waited + wait <= policy.budget
    assert idempotent or not isinstance(outcome, MaybeSent)


CHECKS = (
    Check(any_header_is_a_number_of_seconds_or_none, _HEADERS),
    Check(a_decision_follows_its_policy, st.tuples(_POLICIES, _OUTCOMES, st.integers(1, 6), st.booleans(), _SECONDS)),
)
