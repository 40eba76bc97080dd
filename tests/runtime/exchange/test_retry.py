"""Promises of `specwire.retry`: when a request is repeated, and how long after."""

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
    """Decide with a random number of one half, after the first try of an idempotent request."""
    return decide(
        policy,
        attempt=int(facts.get("attempt", 1)),
        idempotent=bool(facts.get("idempotent", True)),
        outcome=outcome,
        waited=facts.get("waited", 0.0),
        random=lambda: 0.5,
        now=lambda: NOW,
    )


def answered(status: int, headers: Mapping[str, str] | None = None) -> ServerResponded:
    return ServerResponded(status, headers or {})


def test_the_bound_of_a_wait_doubles_up_to_the_cap() -> None:
    """With full jitter, the longest waits are base, base * factor, ... and never more than the cap."""
    assert [0.5, 1.0, 2.0, 4.0, 8.0, 8.0] == [backoff(POLICY, attempt, lambda: 1.0) for attempt in range(1, 7)]
    assert 8.0 == backoff(POLICY, 100_000, lambda: 1.0)
    assert 0.0 == backoff(POLICY, 3, lambda: 0.0)


@given(attempt=st.integers(1, 10_000), fraction=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_negative_or_over_the_cap(attempt: int, fraction: float) -> None:
    """Every wait lies between nothing and the cap."""
    assert 0 <= backoff(POLICY, attempt, lambda: fraction) <= POLICY.wait_max


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
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
def test_what_the_server_asks(headers: dict[str, str], expected: float | None) -> None:
    """Milliseconds go before seconds, dates count from now, and nonsense asks nothing."""
    assert expected == parse_retry_after(headers, NOW)


@given(text=st.text() | st.from_regex(r"\A[A-Z][a-z]{2}, [0-9]{1,4} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9}( GMT)?\Z"))
def test_no_header_breaks_it(text: str) -> None:
    """Whatever stands in the header, the answer is a number of seconds or None."""
    asked = parse_retry_after({"retry-after": text, "retry-after-ms": text}, NOW)

    assert asked is None or 0 <= asked < float("inf")


@given(seconds=st.integers(0, 10**8))
def test_a_date_is_as_good_as_seconds(seconds: int) -> None:
    """A date in the header asks for the seconds until then."""
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert seconds == parse_retry_after({"retry-after": header}, NOW)


@pytest.mark.parametrize(
    ("outcome", "idempotent", "expected"),
    [
        (NotSent(), True, 0.25),
        (NotSent(), False, 0.25),
        (MaybeSent(), True, 0.25),
        (MaybeSent(), False, None),
        (answered(429), False, 0.25),
        (answered(429), True, 0.25),
        (answered(503), True, 0.25),
        (answered(503), False, None),
        (answered(503, {"retry-after": "1"}), False, None),
        (answered(408), False, None),
        (answered(400), True, None),
        (answered(404), True, None),
        (answered(409), True, None),
        (answered(501), True, 0.25),
        (answered(408), True, 0.25),
        (answered(425), True, 0.25),
        (answered(425), False, None),
        (answered(505), True, 0.25),
        (answered(520), True, 0.25),
        (answered(529), True, 0.25),
        (answered(599), True, 0.25),
        (answered(600), True, None),
        (answered(499), True, None),
        (answered(400, {"x-should-retry": "true"}), False, 0.25),
        (answered(503, {"x-should-retry": "True "}), False, 0.25),
        (answered(503, {"x-should-retry": "false"}), True, None),
        (answered(429, {"x-should-retry": "false"}), True, None),
        (answered(429, {"x-should-retry": "perhaps"}), True, 0.25),
        (answered(429, {"retry-after": "7"}), True, 7.0),
        (answered(429, {"retry-after": "120"}), True, 120.0),
        (answered(429, {"retry-after": "121"}), True, None),
        (answered(429, {"retry-after": "121", "x-should-retry": "true"}), True, None),
    ],
)
def test_what_is_repeated(outcome: Outcome, idempotent: bool, expected: float | None) -> None:
    """A request is repeated only where that cannot do harm, where it can help, and where the wait is bearable."""
    assert expected == decided(outcome, idempotent=idempotent)


def test_the_tries_are_counted() -> None:
    """Three attempts are three attempts in all, and one attempt is no repetition."""
    assert [0.25, 0.5, None, None] == [decided(NotSent(), attempt=attempt) for attempt in range(1, 5)]
    assert decided(NotSent(), RetryPolicy(attempts=1)) is None


def test_the_budget_is_kept() -> None:
    """No wait begins that would take the waiting over the budget."""
    policy = RetryPolicy(budget=10.0)

    assert 7.0 == decided(answered(429, {"retry-after": "7"}), policy, waited=3.0)
    assert decided(answered(429, {"retry-after": "7"}), policy, waited=3.5) is None


def test_the_statuses_are_a_choice() -> None:
    """Only the statuses of the policy are repeated, 429 included."""
    policy = RetryPolicy(statuses=frozenset({409}))

    assert [0.25, None] == [decided(answered(status), policy) for status in (409, 429)]


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
def test_a_senseless_policy_is_refused(field: str, value: float) -> None:
    """A policy that makes no sense is an error when it is made, naming the field."""
    fields: dict[str, Any] = {field: value}
    with pytest.raises(ValueError, match=f"RetryPolicy.{field}"):
        RetryPolicy(**fields)
