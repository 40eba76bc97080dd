"""Event loop in a thread of its own, for synchronous callers of an asynchronous library."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

from specwire._transports.library import ClosedResourceError

T = TypeVar("T")


class Portal:
    """Event loop that begins with the first call and ends when it is closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._started: set[asyncio.Task[None]] = set()
        self._closed = False

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and return its result; cancel it if the caller is interrupted."""
        with self._lock:
            if self._closed:
                work.close()
                raise ClosedResourceError
            waiting = asyncio.run_coroutine_threadsafe(work, self._loop or self._open())
        try:
            return waiting.result()
        except CancelledError:
            raise ClosedResourceError from None
        except BaseException:
            waiting.cancel()
            raise

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start a coroutine function without waiting, at any time, even during garbage collection on the loop's thread.

        Do nothing if the loop has ended.
        """
        if (loop := self._loop) is not None:
            with suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(self._spawn, work)

    def _spawn(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.create_task(work())
        self._started.add(task)
        task.add_done_callback(self._started.discard)

    def _open(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_run, args=(self._loop,), name="specwire-pyreqwest", daemon=True)
        self._thread.start()
        return self._loop

    def close(self) -> None:
        """Cancel everything and end the loop."""
        with self._lock:
            self._closed = True
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(loop.stop)
        if thread is not threading.current_thread():
            thread.join()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped, and close it when its tasks have ended; those who wait for them get their exceptions."""
    try:
        loop.run_forever()
        loop.run_until_complete(_cancelled())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


async def _cancelled() -> None:
    """Cancel all other tasks, and wait for their end."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def from_thread(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield a body from a thread of its own, since its file or function may block; the program ends without waiting."""
    asked: SimpleQueue[asyncio.Future[bytes | None] | None] = SimpleQueue()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_supply, args=(content, asked, loop), name="specwire-upload", daemon=True).start()
    try:
        while True:
            following: asyncio.Future[bytes | None] = loop.create_future()
            asked.put(following)
            piece = await following
            if piece is None:
                return
            yield piece
    finally:
        asked.put(None)


def _supply(
    content: Iterator[bytes],
    asked: SimpleQueue[asyncio.Future[bytes | None] | None],
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Read pieces of a body for as long as they are asked for."""
    with suppress(RuntimeError):  # the loop has ended
        while (following := asked.get()) is not None:
            try:
                piece = next(content, None)
            except Exception as error:
                loop.call_soon_threadsafe(_settle, following, None, error)
            else:
                loop.call_soon_threadsafe(_settle, following, piece, None)


def _settle(following: asyncio.Future[bytes | None], piece: bytes | None, error: Exception | None) -> None:
    """Set the result of a future, unless nobody waits for it any more."""
    if following.done():
        return
    if error is None:
        following.set_result(piece)
    else:
        following.set_exception(error)
