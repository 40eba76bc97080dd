"""Runs of many calls against a server with latency: throughput as a share of the ceiling, CPU per call, and memory.

`python bench/perf/bulk.py` compares `specwire.bulk` on each HTTP library with `asyncio.gather` over calls of the same
client, and over bare httpx2 and aiohttp, in turns. The ceiling is the number of calls in flight divided by the latency.
The rows are generated on the fly, and the peak memory of a run is the growth of the process during it.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
from server import serving
from specwire import bulk
from specwire_clients.mistral import AsyncMistral, models
from specwire_clients.mistral.operations import chat

_HEADERS = {"content-type": "application/json", "authorization": f"Bearer {'k' * 32}"}
Work = Callable[[], Coroutine[Any, Any, object]]


def body(number: int) -> dict[str, Any]:
    """Return the arguments of a call."""
    return {"model": "m", "messages": [{"role": "user", "content": f"question {number}"}]}


def run_bulk(url: str, library: Any, calls: int, in_flight: int) -> Work:
    """Return a run with a journal and JSON Lines as the output."""

    async def work() -> None:
        requests = (chat.complete(**body(number)) for number in range(calls))
        async with AsyncMistral("k" * 32, base_url=url, transport=library) as client:
            with tempfile.TemporaryDirectory() as folder:
                report = await bulk.arun(
                    requests, client, sink=Path(folder, "out.jsonl"), concurrency=in_flight, progress=False
                )
        assert report.succeeded == calls

    return work


def called(url: str, library: Any, calls: int, in_flight: int) -> Work:
    """Return calls of a client, without a journal and limits."""

    async def work() -> None:
        left = iter(range(calls))
        async with AsyncMistral("k" * 32, base_url=url, transport=library) as client:

            async def worker() -> None:
                for number in left:
                    await client.chat.complete(**body(number))

            await asyncio.gather(*(worker() for _ in range(in_flight)))

    return work


def gathered(url: str, library: str, calls: int, in_flight: int) -> Work:
    """Return calls by hand, without a journal, limits and retries."""
    target, encode = f"{url}/v1/chat/completions", msgspec.json.encode
    decode = msgspec.json.Decoder(models.ChatCompletionResponse).decode

    async def work() -> None:
        async for post in _client(library, target, in_flight):
            left = iter(range(calls))

            async def worker(post: Any = post, left: Any = left) -> None:
                for number in left:
                    decode(await post(encode(body(number))))

            await asyncio.gather(*(worker() for _ in range(in_flight)))

    return work


async def _client(library: str, target: str, in_flight: int) -> AsyncIterator[Any]:
    """Yield a function that sends a body and returns that of the response."""
    if library == "httpx2":
        import httpx2

        limits = httpx2.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
        async with httpx2.AsyncClient(limits=limits, timeout=60) as client:

            async def post(data: bytes) -> bytes:
                return (await client.post(target, content=data, headers=_HEADERS)).content

            yield post
        return
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:

        async def post_aiohttp(data: bytes) -> bytes:
            async with session.post(target, data=data, headers=_HEADERS) as response:
                return await response.read()

        yield post_aiohttp


def measured(work: Work) -> tuple[float, float, float]:
    """Return seconds, seconds of CPU and the growth of the peak memory in MB."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(work())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall, cpu, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    calls, in_flight, latency = arguments.calls, arguments.in_flight, arguments.latency
    with serving(latency) as origin:
        url = f"{origin}/slow"
        libraries = ("httpx2", "aiohttp", "pyreqwest")
        works = {}
        for library in libraries:
            works[f"specwire.bulk, {library}"] = run_bulk(url, library, calls, in_flight)
            works[f"calls, {library}"] = called(url, library, calls, in_flight)
        works |= {f"by hand, {library}": gathered(url, library, calls, in_flight) for library in libraries[:2]}
        asyncio.run(run_bulk(url, "httpx2", 200, in_flight)())
        print(f"{calls:,} calls, {in_flight} in flight, {latency * 1000:g} ms: ceiling {in_flight / latency:,.0f}/s")
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in works}
        for _ in range(arguments.rounds):
            for name, work in works.items():
                found[name].append(measured(work))
    for name, rounds in found.items():
        wall, cpu = (statistics.median(values) for values in list(zip(*rounds, strict=True))[:2])
        memory = max(values[2] for values in rounds)
        share = calls / wall / (in_flight / latency)
        print(f"{name:26} {calls / wall:7.0f}/s {share:6.0%} {cpu / calls * 1e6:7.0f} us CPU {memory:+7.1f} MB")
    for library in libraries:
        pairs = zip(found[f"specwire.bulk, {library}"], found[f"calls, {library}"], strict=True)
        ratio = statistics.median(run[1] / alone[1] for run, alone in pairs)
        print(f"CPU of a run per call of the same client, {library}: {ratio:.2f}")


if __name__ == "__main__":
    main()
