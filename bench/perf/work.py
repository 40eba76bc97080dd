"""Work of the benchmark, the same for every peer, and its cost: CPU of this process, wall time, memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import fixtures
from memory import peak


class Work:
    """Work of one peer in one process: its clients are made once and keep their connections."""

    def __init__(self, peer: str, origin: str) -> None:
        self._peer = import_module(f"peers.{peer}")
        self._origin = origin
        self._loop = asyncio.new_event_loop()
        self._clients: dict[str, Any] = {}
        self._bodies: dict[str, bytes] = {}

    def do(self, what: str, seconds: float, place: str = "", **details: Any) -> dict[str, float]:
        """Do some work and return its cost, as `Meter.cost`."""
        kind = "Async" if what in ("acall", "astream", "in_flight", "flood") else "Sync"
        client = self._clients.get(kind + place)
        if client is None:
            client = self._clients[kind + place] = getattr(self._peer, kind)(self._origin + place)
        work: Callable[..., dict[str, float]] = getattr(self, f"_{what}")
        return work(client, seconds, **details)

    def _call(self, client: Any, seconds: float, method: str = "chat") -> dict[str, float]:
        call = getattr(client, method)
        call()
        with Meter() as meter:
            while meter.going(seconds):
                call()
        return meter.cost

    def _acall(self, client: Any, seconds: float) -> dict[str, float]:
        async def work() -> Meter:
            await client.chat()
            with Meter() as meter:
                while meter.going(seconds):
                    await client.chat()
            return meter

        return self._loop.run_until_complete(work()).cost

    def _in_flight(self, client: Any, seconds: float, tasks: int) -> dict[str, float]:
        async def work() -> Meter:
            await asyncio.gather(*(client.chat() for _ in range(tasks)))
            with Meter() as meter:
                await asyncio.gather(*(repeat(meter) for _ in range(tasks)))
            return meter

        async def repeat(meter: Meter) -> None:
            while meter.going(seconds):
                await client.chat()

        return self._loop.run_until_complete(work()).cost

    def _stream(self, client: Any, seconds: float, events: int) -> dict[str, float]:
        with Meter(events) as meter:
            while meter.going(seconds):
                client.stream()
        return meter.cost

    def _astream(self, client: Any, seconds: float, events: int) -> dict[str, float]:
        async def work() -> Meter:
            with Meter(events) as meter:
                while meter.going(seconds):
                    await client.stream()
            return meter

        return self._loop.run_until_complete(work()).cost

    def _decode(self, client: Any, seconds: float, kind: str) -> dict[str, float]:
        decode = self._peer.decoders()[kind]
        if kind not in self._bodies:
            self._bodies[kind] = fixtures.chunk(1) if kind == "chunk" else getattr(fixtures, kind)()
        body = self._bodies[kind]
        decode(body)
        batch = range(1 if kind == "embeddings" else 100)
        with Meter(len(batch)) as meter:
            while meter.going(seconds):
                for _ in batch:
                    decode(body)
        return meter.cost

    def _upload(self, client: Any, seconds: float, size: int, path: str) -> dict[str, float]:
        file = Path(path)
        with file.open("wb") as sparse:
            sparse.truncate(1)
        client.upload(path)
        with file.open("wb") as sparse:
            sparse.truncate(size)
        try:
            with Meter() as meter:
                while meter.going(seconds):
                    client.upload(path)
        finally:
            file.unlink()
        return meter.cost

    def _download(self, client: Any, seconds: float) -> dict[str, float]:
        client.models()
        with Meter() as meter:
            while meter.going(seconds):
                if client.download(fixtures.FILE_ID) != fixtures.DOWNLOAD:
                    meter.errors += 1
        return meter.cost

    def _flood(self, client: Any, seconds: float, tasks: int, calls: int, method: str) -> dict[str, float]:
        call: Callable[[], Awaitable[object]] = getattr(client, method)

        async def repeat(meter: Meter) -> None:
            for _ in range(calls):
                try:
                    await call()
                except Exception:
                    meter.errors += 1

        async def work() -> Meter:
            with Meter(tasks * calls) as meter:
                while meter.going(seconds):
                    await asyncio.gather(*(repeat(meter) for _ in range(tasks)))
            return meter

        return self._loop.run_until_complete(work()).cost


class Meter:
    """Cost of a stretch of work; each `going` that returns true counts as a number of units."""

    def __init__(self, units: int = 1) -> None:
        self._units = units
        self._done = 0
        self.errors = 0
        self.cost: dict[str, float] = {}
        """`cpu` and `wall` in seconds for each of `units`, `errors` in all, `growth` of memory in mebibytes."""

    def __enter__(self) -> Meter:
        self._memory = peak()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def going(self, seconds: float) -> bool:
        """Tell whether there is time for more work; always true the first time."""
        if self._done and time.perf_counter() - self._wall >= seconds:
            return False
        self._done += self._units
        return True

    def __exit__(self, *failure: object) -> None:
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        self.cost = {
            "cpu": cpu / self._done,
            "wall": wall / self._done,
            "units": float(self._done),
            "errors": float(self.errors),
            "growth": (peak() - self._memory) / 2**20,
        }
