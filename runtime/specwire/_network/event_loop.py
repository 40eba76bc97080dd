"""Event loops of a program, asyncio's or trio's: the current one, ended ones, and tasks to spawn on one."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
Work: TypeAlias = Callable[[], Awaitable[object]]

_running: set[Any] = set()
"""Tasks, to which asyncio itself holds only weak references."""


def is_trio() -> bool:
    """Return True if the current loop is a trio run."""
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_run()


def current() -> Any:
    """Return the current loop: asyncio's event loop, or the token of a trio run."""
    if "trio" in sys.modules and is_trio():
        return sys.modules["trio"].lowlevel.current_trio_token()
    import asyncio

    return asyncio.get_running_loop()


def task_spawner() -> Callable[[Work], None]:
    """Return a function that spawns a task on the current loop, callable from any thread at any time."""
    return partial(start, current())


def start(loop: Any, work: Work) -> None:
    """Spawn a task on a loop, from any thread; do nothing if the loop has ended."""
    trio = sys.modules.get("trio")
    if trio is not None and isinstance(loop, trio.lowlevel.TrioToken):
        with suppress(trio.RunFinishedError):
            loop.run_sync_soon(_begin_on_trio, trio, work)
    else:
        # The connections of an ended loop are gone with it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_begin_on_asyncio, loop, work)


class PerEventLoop(Generic[T]):
    """One object per event loop; objects of ended loops are dropped."""

    def __init__(self) -> None:
        self._things: dict[Any, T] = {}

    def get(self) -> T | None:
        """Return the object of the current loop."""
        return self._things.get(current())

    def put(self, thing: T) -> T:
        """Set the object of the current loop."""
        for loop in [each for each in list(self._things) if _has_ended(each)]:
            self._things.pop(loop, None)
        self._things[current()] = thing
        return thing

    def pop(self) -> T | None:
        """Return the object of the current loop, and forget it."""
        return self._things.pop(current(), None)

    def take(self) -> list[tuple[Any, T]]:
        """Return all objects with their loops, and forget them."""
        things, self._things = self._things, {}
        return list(things.items())


async def sleep(seconds: float) -> None:
    """Sleep on the current event loop: asyncio or trio, as the HTTP library itself does."""
    import anyio

    await anyio.sleep(seconds)


def fail_after(seconds: float) -> AbstractContextManager[object]:
    """Return a context manager that raises `TimeoutError` if its block takes longer, on asyncio or trio."""
    import anyio

    return anyio.fail_after(seconds)


def _has_ended(loop: Any) -> bool:
    trio = sys.modules.get("trio")
    if trio is None or not isinstance(loop, trio.lowlevel.TrioToken):
        ended: bool = loop.is_closed()
        return ended
    try:
        loop.run_sync_soon(_nothing, idempotent=True)
    except trio.RunFinishedError:
        return True
    return False


def _nothing() -> None:
    """Do nothing."""


def _begin_on_asyncio(loop: Any, work: Work) -> None:
    task = loop.create_task(_quietly(work))
    _running.add(task)
    task.add_done_callback(_running.discard)


def _begin_on_trio(trio: Any, work: Work) -> None:
    # A run that is ending accepts no more tasks; it closes the rest by itself.
    with suppress(RuntimeError):
        trio.lowlevel.spawn_system_task(_quietly, work)


async def _quietly(work: Work) -> None:
    # No caller waits for the result, and an exception here would crash the trio run.
    with suppress(Exception):
        await work()
