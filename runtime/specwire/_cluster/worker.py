"""Worker process of a cluster: one client, one event loop and one limit of concurrency for all of its partitions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from specwire._bulk.budget import Budget, Rate
from specwire._bulk.engine import Engine
from specwire._bulk.entry import caller, gate_of, policy_of, settings_of
from specwire._bulk.gate import Gate
from specwire._bulk.outcomes import Report
from specwire._bulk.sources import Rows
from specwire._client.async_client import AsyncClient
from specwire._client.sync_client import Client
from specwire._cluster.leases import SharedBudget
from specwire._cluster.partition import open_partition
from specwire._cluster.plan import Plan, require_client
from specwire.errors import ConfigurationError

T = TypeVar("T")


class Worker:
    """What one process keeps for a run."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._engines: set[Engine] = set()
        self._is_stopped = False
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="specwire-bulk", daemon=True).start()
        try:
            self._client, self._gate = self._wait(self._open())
        except BaseException:
            self._loop.call_soon_threadsafe(self._loop.stop)
            raise

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _open(self) -> tuple[Client | AsyncClient, Gate]:
        try:
            client = self._plan.client()
        except Exception as error:
            raise ConfigurationError(f"a worker cannot make its client: {error}") from error
        require_client(client)
        options, now, lease = self._plan.options, self._loop.time, self._plan.lease
        rate = options.get("rate") or Rate()
        budget = Budget(Rate(), now) if lease is None else SharedBudget(rate, lease, now)
        return client, gate_of(options, budget, policy_of(options, client))

    @property
    def is_idle(self) -> bool:
        """Return True if no partition is being run."""
        return not self._engines

    def run(self, partition: str, rows: Iterable[Any]) -> Report:
        """Make the calls of a partition that have no outcome yet."""
        return self._wait(self._run(partition, rows))

    async def _run(self, partition: str, source: Iterable[Any]) -> Report:
        options = self._plan.options
        settings = settings_of(options)
        rows = Rows(source, options.get("id"))
        with (
            caller(self._client, policy_of(options, self._client), settings.workers) as perform,
            await open_partition(self._plan, partition) as ledger,
        ):
            engine = Engine(rows, perform, ledger, self._gate, settings)
            self._engines.add(engine)
            if self._is_stopped:
                engine.interrupt()
            try:
                report = await engine.drive()
                if not report.interrupted:
                    ledger.finish()
            finally:
                self._engines.discard(engine)
        return report

    def stop(self) -> None:
        """Begin no more rows; those whose requests were sent get their outcome."""
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        self._is_stopped = True
        for engine in self._engines:
            engine.interrupt()

    def close(self) -> None:
        """Close the client."""
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _close(self) -> None:
        if isinstance(self._client, AsyncClient):
            await self._client.aclose()
        else:
            self._client.close()


_workers: dict[str, Worker] = {}
_lock = threading.Lock()


def run_partition(plan: Plan, partition: str, rows: Iterable[Any]) -> Report:
    """Run a partition in this process, with the client that its other partitions use."""
    with _lock:
        for run in [run for run, worker in _workers.items() if run != plan.run and worker.is_idle]:
            _workers.pop(run).close()
        worker = _workers.get(plan.run)
        if worker is None:
            worker = _workers[plan.run] = Worker(plan)
    return worker.run(partition, rows)


def stop_run(run: str) -> None:
    """Let this process begin no more rows of a run."""
    with _lock:
        worker = _workers.get(run)
    if worker is not None:
        worker.stop()


def close_run(run: str) -> None:
    """Close the client of a run in this process."""
    with _lock:
        worker = _workers.pop(run, None)
    if worker is not None:
        worker.close()
