"""Event loop in a thread of its own, for synchronous callers of an asynchronous library."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from specwire._transports.library import ClosedResourceError

T = TypeVar("T")


class Portal:
    """Event loop that begins with the first call and ends when it is closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
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

    def _open(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_run, args=(self._loop,), name="specwire-streams", daemon=True)
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
    """Run a loop until it is stopped, and close it when its tasks have ended."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.get_loop().run_forever()
