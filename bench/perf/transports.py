"""CPU per call of a client on each HTTP library, against the library used by hand, in turns in one process.

`python bench/perf/transports.py` needs aiohttp and pyreqwest; `--calls` and `--rounds` set the length. The server is a
process of its own, and the ratio of a round is ours divided by the bare library's, both with 64 calls in flight.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import httpx2
import msgspec
from pyreqwest.client import ClientBuilder
from server import serving
from specwire_clients.mistral import AsyncMistral, models

IN_FLIGHT = 64
_BODY: Any = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
_DATA = msgspec.json.encode(_BODY)
_HEADERS = {"content-type": "application/json", "authorization": f"Bearer {'k' * 32}"}
Call = Callable[[], Awaitable[object]]
Opened = tuple[Call, Callable[[], Awaitable[object]]]


def ours(url: str, library: Any) -> Opened:
    """Return a call of the generated client, and what closes it."""
    client = AsyncMistral("k" * 32, base_url=url, transport=library)
    return (lambda: client.chat.complete(**_BODY)), client.aclose


def bare(url: str, library: str) -> Opened:
    """Return a call by hand with a typed response, and what closes it."""
    target = f"{url}/v1/chat/completions"
    decode = msgspec.json.Decoder(models.ChatCompletionResponse).decode
    if library == "httpx2":
        client = httpx2.AsyncClient(limits=httpx2.Limits(max_connections=100, max_keepalive_connections=100))

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


async def cost(call: Call, count: int) -> float:
    """Return the microseconds of CPU per call."""
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await call()

    before = time.process_time()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return (time.process_time() - before) / count * 1e6


async def measure(url: str, calls: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return the costs of each round, ours and the bare library's."""
    found: dict[str, list[tuple[float, float]]] = {}
    for library in ("httpx2", "aiohttp", "pyreqwest"):
        (own, close_own), (hand, close_hand) = ours(url, library), bare(url, library)
        await cost(own, calls // 4), await cost(hand, calls // 4)
        found[library] = [(await cost(own, calls), await cost(hand, calls)) for _ in range(rounds)]
        await close_own()
        await close_hand()
    return found


def main() -> None:
    """Print the median costs and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with serving() as url:
        found = asyncio.run(measure(url, arguments.calls, arguments.rounds))
    print(f"{'library':10} {'specwire':>10} {'by hand':>10} {'ratio':>6}   CPU in us per call, {IN_FLIGHT} in flight")
    for library, costs in found.items():
        mine, hand = (statistics.median(each) for each in zip(*costs, strict=True))
        ratio = statistics.median(first / second for first, second in costs)
        print(f"{library:10} {mine:10.0f} {hand:10.0f} {ratio:6.2f}")


if __name__ == "__main__":
    main()
