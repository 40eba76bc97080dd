"""What a process holds: file descriptors, threads, memory, and what belongs to calls that are over."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
from typing import NamedTuple

CALLS = frozenset(
    {
        "specwire.answer.Answer",
        "specwire.download.AsyncDownload",
        "specwire.download.Download",
        "specwire.events.EventReader",
        "specwire.exchange.Exchange",
        "specwire.streaming.AsyncEventStream",
        "specwire.streaming.EventStream",
        "httpx2.Request",
        "httpx2.Response",
    }
)
"""What lives no longer than its call."""


class Held(NamedTuple):
    """What is held once garbage is collected."""

    descriptors: int
    threads: int
    traced: int
    """Bytes that Python has allocated."""
    resident: int
    """Bytes of the process that are in memory."""
    calls: tuple[str, ...]
    """Objects of calls."""


def held() -> Held:
    """Look at the process; `tracemalloc` must be tracing."""
    gc.collect()
    descriptors = len(os.listdir("/proc/self/fd"))
    with open("/proc/self/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    traced = tracemalloc.get_traced_memory()[0]
    names = (f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    calls = tuple(name for name in names if name in CALLS)
    return Held(descriptors, threading.active_count(), traced, resident, calls)
