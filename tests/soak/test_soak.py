"""Long runs: a client that is used all day, in all ways to end a call, accumulates nothing."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from statistics import median_low
from typing import Any

import pytest

from tests.soak.async_use import AsyncUse
from tests.soak.memory import Held, held
from tests.soak.serving import serving
from tests.soak.sync_use import Use
from tests.support.pool import busy
from tests.support.sample import AsyncSample, Sample

AT_ONCE = 3
"""Number of threads or tasks that share the client."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Address of the server."""
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File to send."""
    path = tmp_path_factory.mktemp("soak") / "upload.bin"
    path.write_bytes(b"x" * 50_000)
    return path


class CancellingUse(AsyncUse):
    """Every way to use an asynchronous client, and to cancel its calls."""

    def __init__(self, client: AsyncSample, upload: Path) -> None:
        super().__init__(client, upload)
        self.ways += [self.cancels_a_call, self.cancels_a_stream]

    async def cancels_a_call(self) -> None:
        await _cancelled(self.client.things.get.with_options(query={"slow": True})("1"))

    async def cancels_a_stream(self) -> None:
        async def read() -> None:
            async for _ in self.client.talks.stream(prompt="endless"):
                pass

        await _cancelled(read())


async def _cancelled(work: Coroutine[Any, Any, object]) -> None:
    """Cancel endless work, wherever it is by then."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0.005)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def _settled() -> None:
    """Wait for the tasks that close dropped streams."""
    for _ in range(200):
        await asyncio.sleep(0.01)
        if asyncio.all_tasks() == {asyncio.current_task()}:
            return
    raise AssertionError(f"tasks that do not end: {asyncio.all_tasks()}")


def check(history: list[Held]) -> None:
    """Compare the resources after the first rounds with those after each later round."""
    _, first, *later = history
    assert [()] * len(history) == [one.calls for one in history]
    assert [first.threads] * len(later) == [one.threads for one in later]
    assert first.descriptors + AT_ONCE >= max(one.descriptors for one in later)
    assert growth(history[1:]) < 20_000


def growth(history: list[Held]) -> float:
    """Return the bytes by which most rounds grow: a table of the interpreter that grows once is not a leak."""
    return median_low(later.traced - one.traced for one, later in pairwise(history))


def check_memory(history: list[Held], uses: int) -> None:
    """Hold the second half of a long life against its middle; `uses` are those of a round.

    Some growth is not ours: the interpreter's cache of attribute look-ups takes up to 4,096 names, and `match` on a
    class looks one up under a new string each time. Memory also goes up and down by some kilobytes from one round to
    the next (a buffer that is there or not), so what counts is the lowest of each five rounds. What a call could leave
    behind is larger than the bound: one small object with its dictionary.
    """
    half = history[len(history) // 2 :]
    floors = [min(each, key=lambda one: one.traced) for each in zip(*[iter(half)] * 5, strict=False)]
    assert growth(floors) / 5 / uses < 100
    assert (half[-1].resident - half[0].resident) / 1e6 < 8


def sync_life(url: str, upload: Path, rounds: int) -> list[Held]:
    """Use a client from threads for several rounds."""
    before = held()
    history: list[Held] = []
    with Sample("key", base_url=url) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        use = Use(client, upload)

        def work(offset: int) -> None:
            for way in use.ways[offset:] + use.ways[:offset]:
                way()

        for _ in range(rounds):
            list(pool.map(work, range(AT_ONCE)))
            gc.collect()
            use.calls()  # dropped streams are closed by the next call
            history.append(held())
            assert [] == busy(client)
    check(history)
    assert before[:2] == held()[:2]
    return history


async def async_life(url: str, upload: Path, rounds: int) -> list[Held]:
    """Use a client from tasks for several rounds."""
    trouble: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: trouble.append(what))
    before = held()
    history: list[Held] = []
    async with AsyncSample("key", base_url=url) as client:
        use = CancellingUse(client, upload)

        async def work(offset: int) -> None:
            for way in use.ways[offset:] + use.ways[:offset]:
                await way()

        for _ in range(rounds):
            await asyncio.gather(*map(work, range(AT_ONCE)))
            held()
            await _settled()
            history.append(held())
            assert [] == busy(client)
    check(history)
    for _ in range(100):  # the loop closes a socket after some iterations
        if before[:2] == held()[:2]:
            break
        await asyncio.sleep(0.01)
    assert before[:2] == held()[:2]
    assert [] == trouble
    return history


def turn_of_threads(url: str, upload: Path) -> None:
    """Use a client from threads for a while."""
    tracemalloc.start(1)
    sync_life(url, upload, 4)


def turn_of_tasks(url: str, upload: Path) -> None:
    """Use a client from tasks for a while."""
    tracemalloc.start(1)
    asyncio.run(async_life(url, upload, 4))


def day_of_threads(url: str, upload: Path) -> None:
    """Use a client from threads for long; the process does not grow."""
    tracemalloc.start(1)
    check_memory(sync_life(url, upload, 50), AT_ONCE * 11)


def day_of_tasks(url: str, upload: Path) -> None:
    """Use a client from tasks for long; the process does not grow."""
    tracemalloc.start(1)
    check_memory(asyncio.run(async_life(url, upload, 40)), AT_ONCE * 13)


@pytest.mark.slow
@pytest.mark.parametrize(
    "life",
    [
        turn_of_threads,
        turn_of_tasks,
        pytest.param(day_of_threads, marks=pytest.mark.exhaustive),
        pytest.param(day_of_tasks, marks=pytest.mark.exhaustive),
    ],
)
def test_a_client_accumulates_nothing(url: str, upload: Path, life: Callable[[str, Path], None]) -> None:
    """Sockets, threads, tasks and memory stay constant for every end of calls, streams, downloads and uploads.

    Each run has its own process, because earlier tests may still release resources.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(life, url, upload).result()


def test_open_streams_and_downloads_are_counted(url: str) -> None:
    """By their classes."""
    tracemalloc.start(1)
    try:
        with Sample("key", base_url=url) as client, client.talks.stream(prompt="endless") as events:
            next(events)
            during = held()
            assert {"EventStream", "EventReader", "HTTPResponse", "Response"} <= set(during.calls)
            assert during.descriptors > 0 and during.threads > 0 and during.traced > 0 and during.resident > 0
            del events
    finally:
        tracemalloc.stop()
