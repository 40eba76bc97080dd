"""Budgets of requests and tokens per minute; usage and cost of calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import isfinite
from typing import Any

import msgspec

from specwire._bulk.outcomes import encoded
from specwire._operations.request import BaseRequest, JsonBody

_BURST = 1.0
"""Seconds of unused budget that may be spent at once."""
_CHARACTERS = 4
"""Characters of a token, as a rule of thumb for text."""
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of a server; None for no limit."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    """Tokens of requests and responses together."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value > 0):
                raise ValueError(f"Rate.{name} is {value}: give a number above 0, or None for no limit")

    def shared(self, workers: int) -> Rate:
        """Return the part of one of several workers."""
        values = (self.requests_per_minute, self.tokens_per_minute)
        requests, tokens = (None if value is None else value / workers for value in values)
        return Rate(requests_per_minute=requests, tokens_per_minute=tokens)


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """Prices of a million tokens."""

    input: float
    output: float

    def cost(self, usage: Usage) -> float:
        """Return the price of tokens."""
        return (usage.input * self.input + usage.output * self.output) / 1e6


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Tokens that calls used."""

    input: int = 0
    output: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.input + other.input, self.output + other.output)


NO_USAGE = Usage()
_INPUT = ("prompt_tokens", "input_tokens")
_OUTPUT = ("completion_tokens", "output_tokens")


def usage_of(value: Any) -> Usage:
    """Return the tokens that a response reports in its field `usage`; none if it has no such field."""
    usage = getattr(value, "usage", None)
    if usage is None:
        return NO_USAGE
    return Usage(_count(usage, _INPUT), _count(usage, _OUTPUT))


def _count(usage: object, names: tuple[str, ...]) -> int:
    for name in names:
        count = getattr(usage, name, None)
        if isinstance(count, int):
            return count
    return 0


def expected_tokens(request: BaseRequest) -> int:
    """Estimate the tokens of a request and its response: the text at four characters each, and its limit of tokens."""
    fields = request.body.value if isinstance(request.body, JsonBody) else None
    most = [fields[name] for name in _LIMITS if isinstance(fields.get(name), int)] if isinstance(fields, dict) else []
    return len(encoded(request)) // _CHARACTERS + max(most, default=0)


class Pace:
    """One limit, as the time at which the next unit may be spent."""

    def __init__(self, per_minute: float, now: Callable[[], float]) -> None:
        self._seconds = 60 / per_minute
        self._now = now
        self._next = now()

    def take(self, amount: float) -> float:
        """Spend an amount, and return the seconds to wait before using it."""
        now = self._now()
        start = max(self._next, now - _BURST)
        self._next = start + amount * self._seconds
        return max(0.0, start - now)

    def refund(self, amount: float) -> None:
        """Give back what was not used; a negative amount spends more."""
        self._next -= amount * self._seconds


class Budget:
    """Limits of requests and tokens per minute."""

    def __init__(self, rate: Rate, now: Callable[[], float]) -> None:
        requests, tokens = rate.requests_per_minute, rate.tokens_per_minute
        self._requests = None if requests is None else Pace(requests, now)
        self._tokens = None if tokens is None else Pace(tokens, now)
        self.counts_tokens = tokens is not None
        """True if tokens are limited."""
        self.is_limited = requests is not None or tokens is not None
        """True if anything is limited."""

    def reserve(self, requests: int, tokens: float) -> float:
        """Spend requests and tokens, and return the seconds to wait before sending them."""
        amounts = ((self._requests, requests), (self._tokens, tokens))
        return max((pace.take(amount) for pace, amount in amounts if pace is not None), default=0.0)

    async def take(self, tokens: int) -> None:
        """Wait until one more request with so many tokens is within the limits."""
        wait = self.reserve(1, tokens)
        if wait > 0:
            await asyncio.sleep(wait)

    def settle(self, expected: int, used: int) -> None:
        """Replace the estimate of a request by what it used."""
        if self._tokens is not None and used:
            self._tokens.refund(expected - used)
