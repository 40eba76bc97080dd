"""Objects and resources of a process: file descriptors, threads, memory, and objects of finished calls."""

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
"""Classes whose objects live no longer than their call."""


class Held(NamedTuple):
    """Resources after a garbage collection."""

    descriptors: int
    threads: int
    traced: int
    """Bytes allocated by Python."""
    resident: int
    """Resident bytes of the process."""
    calls: tuple[str, ...]
    """Class names of objects that belong to a call."""


def held() -> Held:
    """Return the resources of this process; `tracemalloc` must be tracing."""
    gc.collect()
    descriptors = len(os.listdir("/proc/self/fd"))
    with open("/proc/self/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    traced = tracemalloc.get_traced_memory()[0]
    kinds = (type(each) for each in gc.get_objects())
    calls = tuple(base.__name__ for kind in kinds for base in kind.__mro__ if base in CALLS)
    return Held(descriptors, threading.active_count(), traced, resident, calls)
