"""Runs of many requests at scale: throughput, Dask workers, kills, and an input larger than the memory.

`python bench/perf/scale.py throughput|dask|kills|memory` prints a table; `throughput` also writes `scale.svg`. The server
has a latency of 100 ms. All parts share the machine, so compare ratios within one table, with the load that it states.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bulk as bench
import environments
from chart import Bar, bars
from server import serving

HERE = Path(__file__).parent
OPENAI = """
import asyncio, sys, time
from openai import AsyncOpenAI

async def main(url, calls, in_flight):
    left = iter(range(calls))
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="k" * 32) as client:
        async def worker():
            for number in left:
                await client.chat.completions.create(model="m", messages=[{"role": "user", "content": f"question {number}"}])
        await asyncio.gather(*(worker() for _ in range(in_flight)))

began, cpu = time.perf_counter(), time.process_time()
asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
print(time.perf_counter() - began, time.process_time() - cpu)
"""


def load() -> str:
    """Return the load of the machine."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def throughput(calls: int, peer_calls: int, in_flight: int, latency: float, folder: Path) -> None:
    """Compare runs on each HTTP library with calls by hand and with an SDK."""
    ceiling = in_flight / latency
    print(f"{in_flight} in flight, {latency * 1000:g} ms: ceiling {ceiling:,.0f}/s; {load()}")
    with serving(latency) as origin:
        url = f"{origin}/slow"
        works: dict[str, tuple[int, Any]] = {}
        for library in ("aiohttp", "pyreqwest", "httpx2"):
            count = peer_calls if library == "httpx2" else calls
            works[f"specwire.bulk, {library}"] = count, bench.run_bulk(url, library, count, in_flight)
        for library in ("aiohttp", "httpx2"):
            works[f"gather, {library}"] = peer_calls, bench.gathered(url, library, peer_calls, in_flight)
        for library in ("aiohttp", "pyreqwest", "httpx2"):
            asyncio.run(bench.run_bulk(url, library, 200, in_flight)())
        found: list[Bar] = []
        for name, (count, work) in works.items():
            wall, cpu, memory = bench.measured(work)
            found.append(_row(name, count, wall, cpu, ceiling, f"{memory:+.1f} MB"))
        environments.prepare(folder, "openai")
        command = [str(environments.python(folder, "openai")), "-c", OPENAI, url]
        done = subprocess.run(
            [*command, str(peer_calls // 4), str(in_flight)], check=True, capture_output=True, text=True
        )
        wall, cpu = map(float, done.stdout.split())
        found.append(_row("gather, openai SDK", peer_calls // 4, wall, cpu, ceiling, ""))
    print(load())
    title = f"Calls per second, {in_flight} in flight, {latency * 1000:g} ms; CPU per call"
    (HERE / "scale.svg").write_text(bars(title, found, ceiling, f"ceiling {ceiling:,.0f}/s"), "utf-8")


def _row(name: str, calls: int, wall: float, cpu: float, ceiling: float, more: str) -> Bar:
    """Print a row of the table, and return it for the chart."""
    share = calls / wall / ceiling
    print(
        f"{name:26} {calls:8,} calls {calls / wall:7.0f}/s {share:5.0%} {cpu / calls * 1e6:6.0f} us CPU {more}",
        flush=True,
    )
    label = f"{calls / wall:,.0f}/s, {cpu / calls * 1e6:,.0f} us"
    return Bar(name, calls / wall, label, name.startswith("specwire"))


def build(row: Any) -> Any:
    """Return the request of a row."""
    from specwire_clients.mistral.operations import chat

    return chat.complete(**bench.body(row["n"]))


def on_dask(calls: int, in_flight: int, latency: float) -> None:
    """Run on one, two and four workers, each with so many requests in flight."""
    import functools

    import dask.bag
    from dask.distributed import Client, LocalCluster
    from specwire import bulk
    from specwire_clients.mistral import AsyncMistral

    bags: Any = dask.bag
    clusters: Any = LocalCluster
    clients: Any = Client
    print(f"{calls:,} calls, {in_flight} in flight per worker, {latency * 1000:g} ms; {load()}")
    os.environ["MISTRAL_API_KEY"] = "k" * 32
    with serving(latency) as origin:
        url = f"{origin}/slow"
        made = functools.partial(AsyncMistral, base_url=url, transport="aiohttp")
        for workers in (1, 2, 4):
            with (
                clusters(n_workers=workers, threads_per_worker=2, dashboard_address=None) as cluster,
                clients(cluster),
                tempfile.TemporaryDirectory() as folder,
            ):
                for name, count in (("warm", calls // 10), ("out", calls)):
                    rows = bags.from_sequence([{"n": number} for number in range(count)], npartitions=4 * workers)
                    report = bulk.run(
                        rows,
                        made,
                        build=build,
                        sink=Path(folder, f"{name}.parquet"),
                        concurrency=in_flight,
                        progress=False,
                    )
                    assert report.succeeded == count
            ceiling = workers * in_flight / latency
            rate = calls / report.seconds
            print(f"{workers} workers {rate:7.0f}/s {rate / ceiling:5.0%} of {ceiling:,.0f}/s, {load()}", flush=True)


def kills(times: int) -> None:
    """Kill a run again and again, and count lost, doubled and twice paid rows."""
    sys.path.insert(0, str(HERE.parents[1]))
    from tests.runtime.bulk.bulk_client import answered
    from tests.runtime.bulk.test_killed_run import CONCURRENCY, Counting, begin
    from tests.support.server import Server

    draw, rows = random.Random(1), 50 * times
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        counting, out, most = Counting(server), Path(folder, "out.jsonl"), 0
        for _ in range(times):
            process = begin(counting.url, out, rows)
            counting.wait_for(draw.randint(1, 60), process)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        process = begin(counting.url, out, rows)
        process.communicate(timeout=600)
        found = answered(out)  # fails if a row is there twice
        most = counting.calls.total() - rows
    print(f"{times} kills, {rows:,} rows: {rows - len(found)} lost, 0 doubled, {most} calls paid twice")
    print(f"at most {times * CONCURRENCY:,} were in flight; {load()}")


def memory(gigabytes: float, in_flight: int) -> None:
    """Read an input of many gigabytes, generated on the fly."""
    from specwire import bulk
    from specwire_clients.mistral import AsyncMistral
    from specwire_clients.mistral.operations import chat

    size = 256 * 1024
    calls = int(gigabytes * 2**30 / size)
    text = "x" * size

    def requests() -> Iterator[Any]:
        for number in range(calls):
            yield chat.complete(model="m", messages=[{"role": "user", "content": f"{number} {text}"}])

    with serving(0.0) as origin, tempfile.TemporaryDirectory() as folder:
        client = AsyncMistral("k" * 32, base_url=f"{origin}/slow", transport="aiohttp")
        began = time.perf_counter()
        report = bulk.run(requests(), client, sink=Path(folder, "out.jsonl"), concurrency=in_flight, progress=False)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{gigabytes:g} GB in {calls:,} rows of {size // 1024} KB: {report.succeeded:,} succeeded in {seconds:,.0f} s"
    )
    print(f"peak memory of the process {peak:,.0f} MB; {load()}")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("throughput", "dask", "kills", "memory"))
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--peer-calls", type=int, default=20_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir(), "specwire-perf"))
    given = parser.parse_args()
    match given.part:
        case "throughput":
            throughput(given.calls, given.peer_calls, given.in_flight, given.latency, given.environments)
        case "dask":
            on_dask(given.calls, given.in_flight, given.latency)
        case "kills":
            kills(given.kills)
        case _:
            memory(given.gigabytes, given.in_flight)


if __name__ == "__main__":
    main()
