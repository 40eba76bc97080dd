"""Retry policy: when a request is retried, and how long the wait is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from specwire import RetryPolicy
from specwire._http.retry import MaybeSent, NotSent, Outcome, ServerResponded, backoff, decide, parse_retry_after

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
POLICY = RetryPolicy()


def decided(outcome: Outcome, policy: RetryPolicy = POLICY, **facts: float | bool) -> float | None:
    """Decide with the random number 0.5, after the first attempt of an idempotent request."""
    return decide(
        policy,
        attempt=int(facts.get("attempt", 1)),
        idempotent=bool(facts.get("idempotent", True)),
        outcome=outcome,
        waited=facts.get("waited", 0.0),
        random=lambda: 0.5,
        now=lambda: NOW,
    )


def responded(status: int, headers: Mapping[str, str] | None = None) -> ServerResponded:
    return ServerResponded(status, headers or {})


def test_the_longest_wait_doubles_up_to_the_maximum() -> None:
    """With full jitter, the longest waits are base, base * factor, ... up to the maximum."""
    assert [0.5, 1.0, 2.0, 4.0, 8.0, 8.0] == [backoff(POLICY, attempt, lambda: 1.0) for attempt in range(1, 7)]
    assert 8.0 == backoff(POLICY, 100_000, lambda: 1.0)
    assert 0.0 == backoff(POLICY, 3, lambda: 0.0)


@given(attempt=st.integers(1, 10_000), fraction=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_between_zero_and_the_maximum(attempt: int, fraction: float) -> None:
    """For any policy and any random number."""
    assert 0 <= backoff(POLICY, attempt, lambda: fraction) <= POLICY.wait_max


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:09 GMT", "date": "Thu, 01 Jan 1970 00:00:02 GMT"}, 7.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": "today"}, 30.0),
        ({"retry-after": "3", "date": "Thu, 01 Jan 1970 00:00:02 GMT"}, 3.0),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": " 3 "}, 3.0),
        ({"retry-after": "3\x1f"}, 3.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sunday, 22-Nov-26 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun Nov 22 12:00:30 2026"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:59:00 GMT"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "1_000"}, None),
        ({"retry-after": "\u0663"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "tomorrow"}, None),
    ],
)
def test_retry_after_headers_are_parsed(headers: dict[str, str], expected: float | None) -> None:
    """Milliseconds take precedence over seconds, dates count from the server's own or from now; invalid ones are ignored."""
    assert expected == parse_retry_after(headers, NOW)


@given(text=st.text() | st.from_regex(r"\A[A-Z][a-z]{2}, [0-9]{1,4} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9}( GMT)?\Z"))
def test_any_retry_after_header_is_a_number_or_none(text: str) -> None:
    """Whatever the text is."""
    asked = parse_retry_after({"retry-after": text, "retry-after-ms": text}, NOW)

    assert asked is None or 0 <= asked < float("inf")


@given(seconds=st.integers(0, 10**8))
def test_retry_after_may_be_a_date(seconds: int) -> None:
    """The wait lasts until then."""
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert seconds == parse_retry_after({"retry-after": header}, NOW)


@pytest.mark.parametrize(
    ("outcome", "idempotent", "expected"),
    [
        (NotSent(), True, 0.25),
        (NotSent(), False, 0.25),
        (MaybeSent(), True, 0.25),
        (MaybeSent(), False, None),
        (responded(429), False, 0.25),
        (responded(429), True, 0.25),
        (responded(503), True, 0.25),
        (responded(503), False, None),
        (responded(503, {"retry-after": "1"}), False, None),
        (responded(408), False, None),
        (responded(400), True, None),
        (responded(404), True, None),
        (responded(409), True, None),
        (responded(501), True, 0.25),
        (responded(408), True, 0.25),
        (responded(425), True, 0.25),
        (responded(425), False, 0.25),
        (responded(425, {"retry-after": "2"}), False, 2.0),
        (responded(425, {"x-should-retry": "false"}), False, None),
        (responded(505), True, 0.25),
        (responded(520), True, 0.25),
        (responded(529), True, 0.25),
        (responded(599), True, 0.25),
        (responded(600), True, None),
        (responded(499), True, None),
        (responded(400, {"x-should-retry": "true"}), False, 0.25),
        (responded(503, {"x-should-retry": "True "}), False, 0.25),
        (responded(503, {"x-should-retry": "false"}), True, None),
        (responded(429, {"x-should-retry": "false"}), True, None),
        (responded(429, {"x-should-retry": "perhaps"}), True, 0.25),
        (responded(429, {"retry-after": "7"}), True, 7.0),
        (responded(429, {"retry-after": "120"}), True, 120.0),
        (responded(429, {"retry-after": "121"}), True, None),
        (responded(429, {"retry-after": "121", "x-should-retry": "true"}), True, None),
    ],
)
def test_which_requests_are_retried(outcome: Outcome, idempotent: bool, expected: float | None) -> None:
    """Those for which a retry is harmless and useful, with an acceptable wait."""
    assert expected == decided(outcome, idempotent=idempotent)


def test_attempts_include_the_first_one() -> None:
    """Three attempts are two retries, one attempt is none."""
    assert [0.25, 0.5, None, None] == [decided(NotSent(), attempt=attempt) for attempt in range(1, 5)]
    assert decided(NotSent(), RetryPolicy(attempts=1)) is None


def test_no_wait_exceeds_the_budget() -> None:
    """No wait begins that would exceed the total budget."""
    policy = RetryPolicy(budget=10.0)

    assert 7.0 == decided(responded(429, {"retry-after": "7"}), policy, waited=3.0)
    assert decided(responded(429, {"retry-after": "7"}), policy, waited=3.5) is None


def test_only_the_statuses_of_the_policy_are_retried() -> None:
    """429 can be left out too."""
    policy = RetryPolicy(statuses=frozenset({409}))

    assert [0.25, None] == [decided(responded(status), policy) for status in (409, 429)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attempts", 0),
        ("wait_initial", -1.0),
        ("wait_max", float("inf")),
        ("wait_exp_base", 0.5),
        ("wait_exp_base", float("nan")),
        ("budget", -1.0),
    ],
)
def test_an_invalid_policy_is_rejected(field: str, value: float) -> None:
    """The error names the field when the policy is made."""
    fields: dict[str, Any] = {field: value}
    with pytest.raises(ValueError, match=f"RetryPolicy.{field}"):
        RetryPolicy(**fields)
