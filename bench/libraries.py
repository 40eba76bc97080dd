"""CPU per call of HTTP libraries by hand, in turns in one process: which of them are worth an adapter.

`python bench/libraries.py` measures those that are installed: httpx2, httpcore2, aiohttp, pyreqwest, niquests, impit.
`--http2 URL` compares HTTP/1.1 and HTTP/2, with all calls on one connection, at a server that has both without TLS.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

IN_FLIGHT = 64
_DATA = msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "Hi"}]})
_HEADERS = {"content-type": "application/json", "authorization": f"Bearer {'k' * 32}"}
_ENCODED = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
Post = Callable[[str], Awaitable[bytes]]


def httpx2(library: Any) -> Post:
    """Return a call of httpx2."""
    client = library.AsyncClient(limits=library.Limits(max_connections=100, max_keepalive_connections=100))

    async def post(url: str) -> bytes:
        return bytes((await client.post(url, content=_DATA, headers=_HEADERS)).content)

    return post


def httpcore2(library: Any) -> Post:
    """Return a call of the connection pool below httpx2."""
    pool = library.AsyncConnectionPool(max_connections=100, max_keepalive_connections=100)
    headers = [*_ENCODED, (b"host", b"127.0.0.1"), (b"content-length", str(len(_DATA)).encode())]

    async def post(url: str) -> bytes:
        return bytes((await pool.request("POST", url, headers=headers, content=_DATA)).content)

    return post


def aiohttp(library: Any) -> Post:
    """Return a call of aiohttp."""
    session = library.ClientSession()

    async def post(url: str) -> bytes:
        async with session.post(url, data=_DATA, headers=_HEADERS) as response:
            return bytes(await response.read())

    return post


def pyreqwest(_library: Any) -> Post:
    """Return a call of pyreqwest."""
    return _posted(import_module("pyreqwest.client").ClientBuilder().build())


def pyreqwest_http2(_library: Any) -> Post:
    """Return a call of pyreqwest with HTTP/2."""
    return _posted(import_module("pyreqwest.client").ClientBuilder().http2_prior_knowledge().build())


def _posted(client: Any) -> Post:
    async def post(url: str) -> bytes:
        response = await client.post(url).headers(_HEADERS).body_bytes(_DATA).build().send()
        return bytes(await response.bytes())

    return post


def niquests(library: Any) -> Post:
    """Return a call of niquests."""
    session = library.AsyncSession(pool_connections=100, pool_maxsize=100)

    async def post(url: str) -> bytes:
        return bytes((await session.post(url, data=_DATA, headers=_HEADERS)).content)

    return post


def impit(library: Any) -> Post:
    """Return a call of impit."""
    client = library.AsyncClient()

    async def post(url: str) -> bytes:
        return bytes((await client.post(url, content=_DATA, headers=_HEADERS)).content)

    return post


async def cost(post: Post, url: str, count: int) -> float:
    """Return the microseconds of CPU per call."""
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            msgspec.json.decode(await post(url))

    before = time.process_time()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return (time.process_time() - before) / count * 1e6


async def measure(url: str, calls: int, rounds: int, *, versions: bool = False) -> dict[str, list[float]]:
    """Return the costs of each round, of all libraries, or of the versions of HTTP."""
    if versions:
        posts = {make.__name__: make(None) for make in (pyreqwest, pyreqwest_http2)}
    else:
        makers = (httpx2, httpcore2, aiohttp, pyreqwest, niquests, impit)
        posts = {make.__name__: make(import_module(make.__name__)) for make in makers if find_spec(make.__name__)}
    for post in posts.values():
        await cost(post, url, calls // 4)
    found: dict[str, list[float]] = {name: [] for name in posts}
    for _ in range(rounds):
        for name, post in posts.items():
            found[name].append(await cost(post, url, calls))
    return found


def main() -> None:
    """Measure, and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--http2", metavar="URL", help="server with HTTP/1.1 and HTTP/2 that answers a POST with JSON")
    arguments = parser.parse_args()
    if arguments.http2:
        show(asyncio.run(measure(arguments.http2, arguments.calls, arguments.rounds, versions=True)))
        return
    script = Path(__file__).parent / "perf/server.py"
    with subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None and server.stdin is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1/chat/completions"
        found = asyncio.run(measure(url, arguments.calls, arguments.rounds))
        server.stdin.close()
    show(found)


def show(found: dict[str, list[float]]) -> None:
    """Print the median costs."""
    print(f"CPU in us per call, {IN_FLIGHT} in flight")
    for name, costs in found.items():
        print(f"{name:15} {statistics.median(costs):6.0f}")


if __name__ == "__main__":
    main()
