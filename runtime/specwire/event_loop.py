"""The event loop that a connection belongs to, asyncio's or trio's, for closing what its owner forgot to close."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

Work: TypeAlias = Callable[[], Awaitable[object]]

_running: set[Any] = set()
"""Tasks, which asyncio itself refers to only weakly."""


def starter() -> Callable[[Work], None]:
    """Return a function that starts work on the loop that runs now, from wherever and whenever it is called."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        return _trio_starter(trio, trio.lowlevel.current_trio_token())
    return _asyncio_starter()


def _asyncio_starter() -> Callable[[Work], None]:
    import asyncio

    loop = asyncio.get_running_loop()

    def begin(work: Work) -> None:
        task = loop.create_task(_quietly(work))
        _running.add(task)
        task.add_done_callback(_running.discard)

    def start(work: Work) -> None:
        # A loop that is gone has taken its connections with it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(begin, work)

    return start


def _trio_starter(trio: Any, token: Any) -> Callable[[Work], None]:
    def begin(work: Work) -> None:
        # A run that ends takes no more tasks; it closes what is left by itself.
        with suppress(RuntimeError):
            trio.lowlevel.spawn_system_task(_quietly, work)

    def start(work: Work) -> None:
        with suppress(trio.RunFinishedError):
            token.run_sync_soon(begin, work)

    return start


async def _quietly(work: Work) -> None:
    # Nobody waits for the outcome, and trio would take an exception here for its own failure.
    with suppress(Exception):
        await work()
