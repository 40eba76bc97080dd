"""Garbage collection during a run, and as it was after it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire import bulk

from tests.runtime.bulk.bulk_client import async_client, questions


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[tuple[int, int, int]]:
    """Restore the thresholds of the tests' own process."""
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


def run(path: Path, observe: Any) -> None:
    """Make some calls, and call a function for each request that is read."""

    def requests() -> Iterator[Any]:
        for request in questions(5):
            observe()
            yield request

    bulk.run(requests(), async_client(), sink=path)


def test_garbage_is_collected_less_often_during_a_run(tmp_path: Path) -> None:
    gc.set_threshold(700, 10, 10)
    found: set[tuple[int, int, int]] = set()
    run(tmp_path / "out.jsonl", lambda: found.add(gc.get_threshold()))
    assert found == {(10_000, 10, 10)}
    assert gc.get_threshold() == (700, 10, 10)


def test_a_run_that_fails_restores_the_thresholds(tmp_path: Path) -> None:
    gc.set_threshold(700, 10, 10)

    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run(tmp_path / "out.jsonl", fail)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (50_000, 5, 5)])
def test_thresholds_of_the_program_are_kept(own: tuple[int, int, int], tmp_path: Path) -> None:
    """One that never collects, and one that collects even less often."""
    gc.set_threshold(*own)
    found: set[tuple[int, int, int]] = set()
    run(tmp_path / "out.jsonl", lambda: found.add(gc.get_threshold()))
    assert found | {gc.get_threshold()} == {own}


def test_thresholds_that_the_program_sets_during_a_run_are_kept(tmp_path: Path) -> None:
    gc.set_threshold(700, 10, 10)
    run(tmp_path / "out.jsonl", lambda: gc.set_threshold(800, 10, 10))
    assert gc.get_threshold() == (800, 10, 10)


@pytest.mark.parametrize("delay", [0.0, 0.2])
def test_runs_at_the_same_time_restore_the_thresholds(delay: float, tmp_path: Path) -> None:
    gc.set_threshold(700, 10, 10)

    async def second() -> None:
        await asyncio.sleep(delay)
        await bulk.arun(questions(20), async_client(), sink=tmp_path / "b.jsonl")

    async def main() -> None:
        await asyncio.gather(bulk.arun(questions(20), async_client(), sink=tmp_path / "a.jsonl"), second())

    asyncio.run(main())
    assert gc.get_threshold() == (700, 10, 10)
