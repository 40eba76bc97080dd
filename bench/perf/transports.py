"""CPU per call and per event of a client on each HTTP library, against the library used by hand, in turns in one process.

`python bench/perf/transports.py` needs aiohttp and pyreqwest; `--calls` and `--rounds` set the length. The server is a
process of its own, and the ratio of a round is ours divided by the bare library's: calls with 64 in flight, and events
that come one by one, a few milliseconds apart, on 32 streams at once.

The process has one core, so that its threads do not pass Python's lock from core to core: what that costs depends on
the moment more than on the code. `--all-cores` includes it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import httpx2
import msgspec
from pyreqwest.client import ClientBuilder
from server import serving
from specwire_clients.mistral import AsyncMistral, models

IN_FLIGHT = 64
_STREAMS = 32
_EVENTS = 100
"""Events of a stream of the server."""
_BODY: Any = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
_DATA = msgspec.json.encode(_BODY)
_HEADERS = {"content-type": "application/json", "authorization": f"Bearer {'k' * 32}"}
_LIBRARIES = ("httpx2", "aiohttp", "pyreqwest")
Work = Callable[[], Awaitable[object]]
Opened = tuple[Work, Callable[[], Awaitable[object]]]
Costs = dict[str, list[tuple[float, float]]]
"""Costs of each round by library, ours and those by hand."""


def ours(url: str, library: Any) -> Opened:
    """Return a call of the generated client, and what closes it."""
    client = AsyncMistral("k" * 32, base_url=url, transport=library)
    return (lambda: client.chat.complete(**_BODY)), client.aclose


def our_stream(url: str, library: Any) -> Opened:
    """Return a stream of the generated client that is read to its end, and what closes the client."""
    client = AsyncMistral("k" * 32, base_url=url, transport=library)

    async def read() -> None:
        count = 0
        async for _ in client.chat.stream(**_BODY):
            count += 1
        assert count == _EVENTS

    return read, client.aclose


def bare(url: str, library: str) -> Opened:
    """Return a call by hand with a typed response, and what closes it."""
    target = f"{url}/v1/chat/completions"
    decode = msgspec.json.Decoder(models.ChatCompletionResponse).decode
    if library == "httpx2":
        client = _httpx2()

        async def call() -> object:
            return decode((await client.post(target, content=_DATA, headers=_HEADERS)).content)

        return call, client.aclose
    if library == "aiohttp":
        session = aiohttp.ClientSession()

        async def call_aiohttp() -> object:
            async with session.post(target, data=_DATA, headers=_HEADERS) as response:
                return decode(await response.read())

        return call_aiohttp, session.close
    rust = ClientBuilder().build()

    async def call_pyreqwest() -> object:
        response = await rust.post(target).headers(_HEADERS).body_bytes(_DATA).build().send()
        return decode(await response.bytes())

    return call_pyreqwest, rust.close


def bare_stream(url: str, library: str) -> Opened:
    """Return a stream by hand with typed events that is read to its end, and what closes its client."""
    target = f"{url}/v1/chat/completions"
    if library == "httpx2":
        client = _httpx2()

        async def read() -> None:
            async with client.stream("POST", target, content=_DATA, headers=_HEADERS) as response:
                await _read_events(response.aiter_bytes())

        return read, client.aclose
    if library == "aiohttp":
        session = aiohttp.ClientSession()

        async def read_aiohttp() -> None:
            async with session.post(target, data=_DATA, headers=_HEADERS) as response:
                await _read_events(response.content.iter_any())

        return read_aiohttp, session.close
    rust = ClientBuilder().build()

    async def chunks(response: Any) -> AsyncIterator[bytes]:
        while (chunk := await response.body_reader.read_chunk()) is not None:
            yield bytes(chunk)

    async def read_pyreqwest() -> None:
        request = rust.post(target).headers(_HEADERS).body_bytes(_DATA).streamed_read_buffer_limit(0)
        async with request.build_streamed() as response:
            await _read_events(chunks(response))

    return read_pyreqwest, rust.close


async def _read_events(chunks: AsyncIterator[bytes]) -> None:
    """Decode the events of a stream."""
    decode = msgspec.json.Decoder(models.CompletionChunk).decode
    rest, count = b"", 0
    async for chunk in chunks:
        *events, rest = (rest + chunk).split(b"\n\n")
        for event in events:
            if event != b"data: [DONE]":
                decode(event[6:])
                count += 1
    assert count == _EVENTS


def _httpx2() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(limits=httpx2.Limits(max_connections=100, max_keepalive_connections=100))


async def cost(work: Work, count: int, at_once: int = IN_FLIGHT) -> float:
    """Return the microseconds of CPU of one of so many pieces of work."""
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await work()

    before = time.process_time()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return (time.process_time() - before) / count * 1e6


async def measure(opened: tuple[Opened, Opened], count: int, rounds: int, at_once: int) -> list[tuple[float, float]]:
    """Return the costs of each round, ours and those by hand."""
    (own, close_own), (hand, close_hand) = opened
    await cost(own, count // 4, at_once), await cost(hand, count // 4, at_once)
    found = [(await cost(own, count, at_once), await cost(hand, count, at_once)) for _ in range(rounds)]
    await close_own()
    await close_hand()
    return found


async def both(url: str, calls: int, rounds: int) -> tuple[Costs, Costs]:
    """Return the costs of calls and of events that come one by one."""
    costs: Costs = {}
    events: Costs = {}
    for library in _LIBRARIES:
        costs[library] = await measure((ours(url, library), bare(url, library)), calls, rounds, IN_FLIGHT)
    for library in _LIBRARIES:
        paced = f"{url}/paced"
        streams = our_stream(paced, library), bare_stream(paced, library)
        found = await measure(streams, 2 * _STREAMS, rounds, _STREAMS)
        events[library] = [(mine / _EVENTS, hand / _EVENTS) for mine, hand in found]
    return costs, events


def show(title: str, costs: Costs) -> None:
    """Print the median costs and ratios, and what each library takes of the first one by hand."""
    print(f"{title:10} {'specwire':>10} {'by hand':>10} {'ratio':>6}  {'of httpx2 by hand':>18}   CPU in us, medians")
    first = statistics.median(hand for _, hand in costs["httpx2"])
    for library, found in costs.items():
        mine, hand = (statistics.median(each) for each in zip(*found, strict=True))
        ratio = statistics.median(first / second for first, second in found)
        print(f"{library:10} {mine:10.1f} {hand:10.1f} {ratio:6.2f}  {first / mine:14.1f} x less")


def main() -> None:
    """Print a table of calls and one of events."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--all-cores", action="store_true")
    arguments = parser.parse_args()
    with serving() as url:
        if not arguments.all_cores and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        costs, events = asyncio.run(both(url, arguments.calls, arguments.rounds))
    show("calls", costs)
    show("events", events)


if __name__ == "__main__":
    main()
