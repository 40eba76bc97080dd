"""Budgets that workers share: what they send together stays within the limit."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from specwire import bulk
from specwire._bulk.budget import Budget
from specwire._cluster.leases import SharedBudget
from specwire.errors import SpecwireError


class Coordinator:
    """Coordinator of all workers, which counts the leases."""

    def __init__(self, rate: bulk.Rate) -> None:
        self.budget = Budget(rate, asyncio.get_running_loop().time)
        self.leases: list[tuple[int, float]] = []

    async def __call__(self, requests: int, tokens: float) -> float:
        self.leases.append((requests, tokens))
        await asyncio.sleep(0.001)
        return self.budget.reserve(requests, tokens)


def spent(rate: bulk.Rate, workers: int, each: int, tokens: int = 0) -> tuple[float, Coordinator]:
    """Return the seconds that workers with many waiting requests take, and their coordinator."""

    async def main() -> tuple[float, Coordinator]:
        now = asyncio.get_running_loop().time
        coordinator = Coordinator(rate)
        budgets = [SharedBudget(rate, coordinator, now) for _ in range(workers)]
        began = now()
        await asyncio.gather(*(budget.take(tokens) for budget in budgets for _ in range(each)))
        return now() - began, coordinator

    return asyncio.run(main())


@pytest.mark.parametrize("workers", [1, 3, 10])
def test_workers_share_the_requests_of_a_minute(workers: int) -> None:
    """However many there are: 150 requests at 100 per second take about a second after the first burst."""
    seconds, coordinator = spent(bulk.Rate(requests_per_minute=6000), workers, 150 // workers)
    assert 0.4 <= seconds <= 2.5
    assert sum(requests for requests, _ in coordinator.leases) == 150


def test_workers_share_the_tokens_of_a_minute() -> None:
    """A lease has at most the tokens of a second."""
    seconds, coordinator = spent(bulk.Rate(tokens_per_minute=60_000), 3, 10, tokens=100)
    assert 1.0 <= seconds <= 4.0
    assert max(tokens for _, tokens in coordinator.leases) <= 1000


def test_a_large_request_gets_a_lease_of_its_own() -> None:
    _, coordinator = spent(bulk.Rate(tokens_per_minute=6000), 1, 1, tokens=120)
    assert coordinator.leases == [(1, 120)]


def test_waiting_requests_are_leased_together() -> None:
    """A worker asks once for all that wait."""
    _, coordinator = spent(bulk.Rate(requests_per_minute=600_000), 1, 500)
    assert len(coordinator.leases) <= 2


def test_what_was_used_corrects_the_next_lease() -> None:
    async def main() -> list[tuple[int, float]]:
        rate = bulk.Rate(tokens_per_minute=6_000_000)
        coordinator = Coordinator(rate)
        budget = SharedBudget(rate, coordinator, asyncio.get_running_loop().time)
        for used in (30, 250, 0):
            await budget.take(100)
            budget.settle(100, used)
        await budget.take(100)
        return coordinator.leases

    assert asyncio.run(main()) == [(1, 100), (1, 30), (1, 250), (1, 100)]


def test_a_cancelled_request_leaves_the_queue() -> None:
    async def main() -> list[tuple[int, float]]:
        rate = bulk.Rate(requests_per_minute=6000)
        coordinator = Coordinator(rate)
        budget = SharedBudget(rate, coordinator, asyncio.get_running_loop().time)
        gone = asyncio.create_task(budget.take(0))
        await asyncio.sleep(0)
        gone.cancel()
        await budget.take(0)
        return coordinator.leases

    assert sum(requests for requests, _ in asyncio.run(main())) == 1


def test_a_lost_coordinator_ends_all_that_wait() -> None:
    async def lost(requests: int, tokens: float) -> float:
        raise OSError("no route")

    async def main() -> Any:
        budget = SharedBudget(bulk.Rate(requests_per_minute=60), lost, asyncio.get_running_loop().time)
        return await asyncio.gather(budget.take(0), budget.take(0), return_exceptions=True)

    for error in asyncio.run(main()):
        assert isinstance(error, SpecwireError)
        assert "the rate limit of the cluster cannot be reached: no route" in str(error)
