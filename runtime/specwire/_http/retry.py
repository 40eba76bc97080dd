"""When to repeat a request: a policy value and the pure decisions that follow from it."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from specwire.errors import ConfigurationError

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Say how often, how soon and after which answers a request is repeated."""

    attempts: int = 3
    """Tries in all, the first one included."""
    wait_initial: float = 0.5
    """Upper bound of the first wait, in seconds."""
    wait_exp_base: float = 2.0
    """What each further wait's upper bound is multiplied by."""
    wait_max: float = 8.0
    """Highest upper bound of a wait, in seconds."""
    statuses: frozenset[int] | None = None
    """Statuses after which a request is repeated; None for 408, 425, 429, every 5xx and what the document adds."""
    repeat_billed: bool = False
    """Whether a call that costs money is repeated where it is unclear if it was carried out, after a timeout say."""
    retry_after_max: float = 120.0
    """Longest wait that a server may ask for, in seconds; if it asks for more, the request is not repeated."""
    budget: float | None = None
    """Seconds of waiting allowed in all; None for no limit."""

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"RetryPolicy.attempts is {self.attempts}: give 1 for a single try, or more")
        if not (math.isfinite(self.wait_exp_base) and self.wait_exp_base >= 1):
            raise ValueError(f"RetryPolicy.wait_exp_base is {self.wait_exp_base}: give a number of at least 1")
        for name in ("wait_initial", "wait_max", "retry_after_max", "budget"):
            seconds: float | None = getattr(self, name)
            if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
                raise ValueError(f"RetryPolicy.{name} is {seconds}: give a number of seconds, 0 or more")


def with_retries(policy: RetryPolicy, max_retries: int) -> RetryPolicy:
    """Return a policy with another number of retries."""
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
        raise ConfigurationError(f"max_retries is {max_retries!r}: give the number of retries, 0 for none")
    return msgspec.structs.replace(policy, attempts=max_retries + 1)


USUAL_STATUSES = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses after which the same request may succeed."""


class NotSent(msgspec.Struct, frozen=True, tag=True):
    """The connection failed before the request went out, so the server cannot have acted on it."""


class MaybeSent(msgspec.Struct, frozen=True, tag=True):
    """The request went out (at least in part) and no answer came, so the server may have acted on it."""


class ServerResponded(msgspec.Struct, frozen=True, tag=True):
    """The server answered; `headers.get` ignores case, or its keys are in lower case."""

    status: int
    headers: Mapping[str, str]


class Broken(msgspec.Struct, frozen=True, tag=True):
    """The answer broke off after its head, and its rest can be asked for."""


Outcome = NotSent | MaybeSent | ServerResponded | Broken


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


def _draw() -> float:
    """Return a number from 0 to 1."""
    import random  # most calls do not fail

    return random.random()


def backoff(policy: RetryPolicy, attempt: int, random: Callable[[], float] = _draw) -> float:
    """Return the seconds to wait after the failed try number `attempt` (from 1), with full jitter."""
    try:
        bound = policy.wait_initial * policy.wait_exp_base ** (attempt - 1)
    except OverflowError:
        bound = policy.wait_max
    return random() * min(policy.wait_max, bound)


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the server asks to wait (`retry-after-ms`, else `retry-after`), None if it does not."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    return _seconds_until(text, now)


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
    """Return the seconds to wait before the next try, or None to give up.

    `attempt` counts the attempts made so far, from 1; a `billed` request costs each time that it is carried out;
    `waited` is the seconds of waiting already spent on this request;
    `pace` is the seconds that the server wants between all attempts.
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
            # 429 says that the server refused to act on the request.
            statuses = USUAL_STATUSES if policy.statuses is None else policy.statuses
            return status in statuses and (idempotent or status == 429)


def _number(text: str | None) -> float | None:
    text = text.strip() if text is not None else ""
    if _NUMBER.fullmatch(text) is None:
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _seconds_until(text: str, now: datetime) -> float | None:
    from email.utils import parsedate_to_datetime  # takes as long to import as the rest of this package together

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - now).total_seconds()
    return seconds if seconds >= 0 else None
