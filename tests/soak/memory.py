"""What a process holds: file descriptors, threads, memory, and what belongs to calls that are over."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
from typing import NamedTuple

import httpx2
from specwire import AsyncDownload, AsyncEventStream, Download, EventStream, HTTPResponse
from specwire._exchange.exchange import Exchange
from specwire._streaming.events import EventReader

CALLS: frozenset[type] = frozenset(
    {
        HTTPResponse,
        AsyncDownload,
        AsyncEventStream,
        Download,
        EventReader,
        EventStream,
        Exchange,
        httpx2.Request,
        httpx2.Response,
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
    """Names of the classes of objects that belong to a call."""


def held() -> Held:
    """Look at the process; `tracemalloc` must be tracing."""
    gc.collect()
    descriptors = len(os.listdir("/proc/self/fd"))
    with open("/proc/self/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    traced = tracemalloc.get_traced_memory()[0]
    kinds = (type(each) for each in gc.get_objects())
    calls = tuple(base.__name__ for kind in kinds for base in kind.__mro__ if base in CALLS)
    return Held(descriptors, threading.active_count(), traced, resident, calls)
