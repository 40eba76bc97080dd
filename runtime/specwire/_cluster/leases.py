"""Limits per minute that the workers of a cluster share: each worker leases budget for the requests that wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from math import inf
from typing import TypeAlias

from specwire._bulk.budget import Budget, Rate
from specwire.errors import SpecwireError

Lease: TypeAlias = Callable[[int, float], Awaitable[float]]
"""Function from a number of requests and tokens to the seconds after which they may be sent."""


class SharedBudget(Budget):
    """Budget of one worker, leased from the coordinator of the cluster.

    A lease covers the requests that wait at that moment, and at most those of a second. Nothing is kept in stock: a
    worker that leaves wastes what it leased last, and a worker that joins needs no share of its own.
    """

    def __init__(self, rate: Rate, lease: Lease, now: Callable[[], float]) -> None:
        super().__init__(rate, now)
        self._lease = lease
        self._most_requests = max(1, int(rate.requests_per_minute / 60)) if rate.requests_per_minute else 1000
        self._most_tokens = (rate.tokens_per_minute or inf) / 60
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()
        self._debt = 0.0
        """Tokens that were used beyond the estimates; negative if there is something to give back."""
        self._leasing: asyncio.Task[None] | None = None

    async def take(self, tokens: int) -> None:
        """Wait until one more request with so many tokens is within the limits."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, tokens))
        if self._leasing is None:
            self._leasing = asyncio.create_task(self._hand_out())
        await turn

    def settle(self, expected: int, used: int) -> None:
        """Replace the estimate of a request by what it used, with the next lease."""
        if self.counts_tokens and used:
            self._debt += used - expected

    async def _hand_out(self) -> None:
        turns: list[asyncio.Future[None]] = []
        try:
            while self._waiting:
                turns, tokens = self._next_turns()
                debt, self._debt = self._debt, 0.0
                await asyncio.sleep(await self._lease(len(turns), tokens + debt))
                for turn in turns:
                    if not turn.done():
                        turn.set_result(None)
        except Exception as error:
            problem = SpecwireError(f"the rate limit of the cluster cannot be reached: {error}")
            problem.__cause__ = error
            for turn in (*turns, *(turn for turn, _ in self._waiting)):
                if not turn.done():
                    turn.set_exception(problem)
            self._waiting.clear()
        finally:
            self._leasing = None

    def _next_turns(self) -> tuple[list[asyncio.Future[None]], float]:
        """Return the requests of the next lease, and their tokens."""
        turns: list[asyncio.Future[None]] = []
        total = 0.0
        while self._waiting and len(turns) < self._most_requests:
            turn, tokens = self._waiting[0]
            if turns and total + tokens > self._most_tokens:
                break
            self._waiting.popleft()
            if not turn.done():  # its row may have been cancelled
                turns.append(turn)
                total += tokens
        return turns, total
