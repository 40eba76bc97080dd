"""Retry policy, and the pure functions that apply it."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from specwire.errors import ConfigurationError

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """Number, timing and conditions of retries."""

    attempts: int = 3
    """Maximum number of attempts, including the first."""
    wait_initial: float = 0.5
    """Upper bound of the first wait, in seconds."""
    wait_exp_base: float = 2.0
    """Factor by which the upper bound grows with each wait."""
    wait_max: float = 8.0
    """Maximum of the upper bound, in seconds."""
    statuses: frozenset[int] | None = None
    """Statuses to retry; None for 408, 425, 429, every 5xx and those that the document adds."""
    refusals: frozenset[int] = frozenset({425, 429})
    """Those of them with which a server refuses to act, so that any call is retried, also one that creates something."""
    repeat_billed: bool = False
    """Retry billed calls even if the first may have been carried out, for example after a timeout."""
    retry_after_max: float = 120.0
    """Maximum wait that a server may request, in seconds; if it requests more, the call isn't retried."""
    budget: float | None = None
    """Maximum total wait, in seconds; None for no limit."""

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"RetryPolicy.attempts is {self.attempts}: give 1 or more")
        if not (math.isfinite(self.wait_exp_base) and self.wait_exp_base >= 1):
            raise ValueError(f"RetryPolicy.wait_exp_base is {self.wait_exp_base}: give a number of at least 1")
        for name in ("wait_initial", "wait_max", "retry_after_max", "budget"):
            seconds: float | None = getattr(self, name)
            if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
                raise ValueError(f"RetryPolicy.{name} is {seconds}: give a number of seconds, 0 or more")


def with_retries(policy: RetryPolicy, max_retries: int) -> RetryPolicy:
    """Return a policy with another number of retries."""
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
        raise ConfigurationError(f"max_retries is {max_retries!r}: give the number of retries, 0 or more")
    return msgspec.structs.replace(policy, attempts=max_retries + 1)


USUAL_STATUSES = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses after which the same request may succeed."""


class NotSent(msgspec.Struct, frozen=True, tag=True):
    """Outcome of an attempt whose connection failed before the request was sent: the server can't have acted on it."""


class MaybeSent(msgspec.Struct, frozen=True, tag=True):
    """Outcome of an attempt that was sent, at least partly, without a response: the server may have acted on it."""


class ServerResponded(msgspec.Struct, frozen=True, tag=True):
    """Outcome of an attempt with an error response; `headers.get` ignores case, or all keys are in lower case."""

    status: int
    headers: Mapping[str, str]


class Broken(msgspec.Struct, frozen=True, tag=True):
    """Outcome of a response that broke off after its head, and whose rest can be requested."""


Outcome = NotSent | MaybeSent | ServerResponded | Broken


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def _draw() -> float:
    """Return a random number from 0 to 1."""
    import random  # most calls don't fail

    return random.random()


def backoff(policy: RetryPolicy, attempt: int, random: Callable[[], float] = _draw) -> float:
    """Return the wait after failed attempt number `attempt` (from 1), in seconds, with full jitter."""
    try:
        bound = policy.wait_initial * policy.wait_exp_base ** (attempt - 1)
    except OverflowError:
        bound = policy.wait_max
    return random() * min(policy.wait_max, bound)


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that `retry-after-ms`, or else `retry-after`, requests; None without either.

    A date is compared with the server's own clock, if the response has its `date`: ours may be wrong, or jump.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    return _seconds_until(text, headers.get("date"), now)


def decide(
    policy: RetryPolicy,
    *,
    attempt: int,
    idempotent: bool,
    billed: bool = False,
    outcome: Outcome,
    waited: float = 0.0,
    pace: float | None = None,
    random: Callable[[], float] = _draw,
    now: Callable[[], datetime] = utc_now,
) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up.

    Args:
        policy: Retry policy of the call.
        attempt: Number of attempts so far, from 1.
        idempotent: True if the request can be executed twice without harm.
        billed: True if each execution of the request costs money.
        outcome: Outcome of the latest attempt.
        waited: Seconds already spent waiting on this request.
        pace: Minimum seconds between attempts that the server requires.
        random: Source of jitter, from 0 to 1.
        now: Clock for dates in `Retry-After`.

    """
    if attempt >= policy.attempts or not _repeatable(policy, idempotent, billed, outcome):
        return None
    asked = parse_retry_after(outcome.headers, now()) if isinstance(outcome, ServerResponded) else None
    asked = pace if asked is None else asked
    if asked is not None and asked > policy.retry_after_max:
        return None
    wait = backoff(policy, attempt, random) if asked is None else asked
    if policy.budget is not None and waited + wait > policy.budget:
        return None
    return wait


def _repeatable(policy: RetryPolicy, idempotent: bool, billed: bool, outcome: Outcome) -> bool:
    match outcome:
        case NotSent() | Broken():
            return True
        case MaybeSent():
            return idempotent and (policy.repeat_billed or not billed)
        case ServerResponded(status, headers):
            advice = headers.get("x-should-retry", "").strip().lower()
            if advice in ("true", "false"):
                return advice == "true"
            statuses = USUAL_STATUSES if policy.statuses is None else policy.statuses
            return status in statuses and (idempotent or status in policy.refusals)


def _number(text: str | None) -> float | None:
    text = text.strip() if text is not None else ""
    if _NUMBER.fullmatch(text) is None:
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _seconds_until(text: str, sent: str | None, now: datetime) -> float | None:
    moment = _date(text)
    if moment is None:
        return None
    seconds = (moment - ((_date(sent) if sent is not None else None) or now)).total_seconds()
    return seconds if seconds >= 0 else None


def _date(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime  # takes as long to import as the rest of this package together

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
