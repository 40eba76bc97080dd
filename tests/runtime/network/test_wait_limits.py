"""Time limits of many waits with one timer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from specwire._transports.wait_limits import WaitLimit, WaitLimits


async def waited(limits: WaitLimits, seconds: float | None, work: float) -> str:
    """Return how a wait ended."""
    try:
        with WaitLimit(limits, seconds):
            await asyncio.sleep(work)
    except TimeoutError:
        return "over"
    return "done"


@pytest.mark.parametrize(("seconds", "work", "ends"), [(0.05, 5, "over"), (5, 0.01, "done"), (None, 0.01, "done")])
def test_a_wait_ends_by_its_work_or_its_limit(seconds: Any, work: float, ends: str) -> None:
    async def main() -> str:
        return await waited(WaitLimits(), seconds, work)

    assert asyncio.run(main()) == ends


def test_limits_of_different_lengths_hold_whatever_their_order() -> None:
    async def main() -> list[str]:
        limits = WaitLimits()
        lengths = [5.0, 0.15, 0.05, 5.0, 0.1]
        return await asyncio.gather(*(waited(limits, length, 0.5) for length in lengths))

    assert asyncio.run(main()) == ["done", "over", "over", "done", "over"]


def test_many_waits_share_one_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        limits, timers, call_at = WaitLimits(), [], loop.call_at

        def counted(when: float, *args: Any) -> Any:
            timers.append(when)
            return call_at(when, *args)

        monkeypatch.setattr(loop, "call_at", counted)
        for _ in range(100):
            with WaitLimit(limits, 60):
                await asyncio.sleep(0)
        assert limits.open == set()
        return len(timers)

    assert asyncio.run(main()) == 1


def test_a_cancellation_from_outside_stays_one() -> None:
    """Even if the limit ends at the same moment."""

    async def main() -> list[str]:
        limits = WaitLimits()
        tasks = [asyncio.create_task(waited(limits, seconds, 5)) for seconds in (None, 5, 0.05)]
        await asyncio.sleep(0)
        limits.loop.call_at(limits.now() + 0.05, lambda: [task.cancel() for task in tasks])
        return [type(each).__name__ for each in await asyncio.gather(*tasks, return_exceptions=True)]

    assert asyncio.run(main())[:2] == ["CancelledError", "CancelledError"]


def test_a_timed_out_task_can_be_cancelled_later() -> None:
    async def main() -> int:
        task = asyncio.current_task()
        assert task is not None
        await waited(WaitLimits(), 0.01, 5)
        return task.cancelling()

    assert asyncio.run(main()) == 0


def test_a_limit_may_begin_inside_its_block() -> None:
    async def main() -> None:
        limits = WaitLimits()
        limit = WaitLimit(limits, None)
        limits.loop.call_later(0.02, limit.begin, 0.02)
        with pytest.raises(TimeoutError), limit:
            await asyncio.sleep(5)
        limit.begin(0.01)
        assert limits.open == set()

    asyncio.run(main())
