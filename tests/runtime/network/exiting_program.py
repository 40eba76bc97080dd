"""Program that ends with open clients, streams, tasks and threads: `exiting_program.py HOW URL`."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from specwire.errors import SpecwireError

from tests.support.caller import KEY
from tests.support.sample import AsyncSample, Sample

how, url = sys.argv[1:]
kept: list[Any] = []


def sync_client() -> Sample:
    """Make a client that is never closed."""
    kept.append(Sample(KEY, base_url=url, transport="pyreqwest"))
    client: Sample = kept[-1]
    return client


def async_client() -> AsyncSample:
    """Make a client that is never closed."""
    kept.append(AsyncSample(KEY, base_url=url, transport="pyreqwest"))
    client: AsyncSample = kept[-1]
    return client


def calls() -> None:
    """End with an open client."""
    client = sync_client()
    for _ in range(3):
        client.things.get("1")


def half_read() -> None:
    """End with a stream that is half read."""
    events = sync_client().talks.stream()
    kept.append(events)
    next(iter(events))


def in_threads() -> None:
    """End with threads in the middle of calls and streams."""
    client = sync_client()

    def endlessly() -> None:
        with suppress(SpecwireError):
            while True:
                client.things.get("1")
                list(client.talks.stream())

    for _ in range(4):
        threading.Thread(target=endlessly, daemon=True).start()
    time.sleep(0.15)


async def gathered() -> None:
    """End just after the last response."""
    client = async_client()
    await asyncio.gather(*(client.things.get("1") for _ in range(5)))


async def in_flight() -> None:
    """End with tasks that wait for responses and events."""
    client = async_client()
    events = client.talks.stream()
    kept.append(events)
    await anext(aiter(events))
    kept.extend(asyncio.create_task(client.things.get("slow")) for _ in range(8))
    await asyncio.sleep(0.1)


def loop_in_thread() -> None:
    """End with an event loop in a thread that never stops."""

    async def endlessly() -> None:
        client = async_client()
        with suppress(SpecwireError):
            while True:
                await asyncio.gather(*(client.things.get("1") for _ in range(8)))

    threading.Thread(target=lambda: asyncio.run(endlessly()), daemon=True).start()
    time.sleep(0.2)


def open_loop() -> None:
    """End with an event loop that is not closed."""
    loop = asyncio.new_event_loop()
    kept.append(loop)
    loop.run_until_complete(in_flight())


ENDS: dict[str, Callable[[], Any]] = {
    "calls": calls,
    "half read": half_read,
    "in threads": in_threads,
    "gathered": lambda: asyncio.run(gathered()),
    "in flight": lambda: asyncio.run(in_flight()),
    "several loops": lambda: [asyncio.run(in_flight()) for _ in range(3)],
    "loop in a thread": loop_in_thread,
    "open loop": open_loop,
}
ENDS[how]()
