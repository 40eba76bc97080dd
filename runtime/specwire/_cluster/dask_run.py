"""Runs on Dask: a task for each partition of a data frame, a bag or delayed values."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec

from specwire._bulk.budget import Budget, Rate
from specwire._bulk.entry import BulkOptions, Target
from specwire._bulk.outcomes import Report
from specwire._cluster.driver import Manifest, drive, make_plan, write_failures
from specwire._cluster.partition import rows_of
from specwire._cluster.plan import MakeClient, Plan, check_sendable
from specwire._cluster.worker import close_run, run_partition, stop_run
from specwire.errors import ConfigurationError

try:
    import cloudpickle
    from dask.delayed import delayed
    from distributed import SchedulerPlugin, as_completed, get_client, get_worker
except ImportError as missing:
    raise ConfigurationError("runs on Dask need dask.distributed: pip install 'specwire[dask]'") from missing


def run_on_dask(source: Any, client: MakeClient, sink: Target, options: BulkOptions) -> Report:
    """Run the requests of a Dask collection on the workers of the current `dask.distributed.Client`."""
    try:
        cluster = get_client()
    except ValueError as error:
        raise ConfigurationError(
            "a run on Dask needs a cluster: make a dask.distributed.Client first, also for one machine"
        ) from error
    plan = make_plan(client, sink, options)
    rate = plan.options.get("rate")
    if rate is not None:
        plan = msgspec.structs.replace(plan, lease=DaskLease(handler_of(plan.run)))
    check_sendable(plan, cloudpickle.dumps)
    partitions = partitions_of(source)

    def begin() -> Iterator[Report]:
        if rate is not None:
            cluster.register_plugin(Coordinator(plan.run, rate), name=handler_of(plan.run))
        try:
            yield from _reports(cluster, plan, partitions)
        finally:
            if rate is not None:
                cluster.unregister_scheduler_plugin(handler_of(plan.run))
        write_failures(plan)

    return drive(plan, Manifest("Dask", len(partitions)), options, begin)


def partitions_of(source: Any) -> list[Any]:
    """Return the partitions of a collection, or of delayed values, in order."""
    if isinstance(source, list | tuple):
        return list(source)
    if hasattr(source, "key") and not hasattr(source, "to_delayed"):
        return [source]
    if not hasattr(source, "to_delayed"):
        raise ConfigurationError(
            f"rows cannot be read from a Dask {type(source).__name__}: give a data frame, a bag or a list of delayed "
            "partitions"
        )
    return list(source.to_delayed())


def _reports(cluster: Any, plan: Plan, partitions: list[Any]) -> Iterator[Report]:
    """Yield the report of each partition as it ends; stop the workers if that is not waited for."""
    call = delayed(call_partition, pure=False)
    shared = delayed(plan, name=f"specwire-run-{plan.run}", traverse=False)
    tasks = [
        call(part, number, shared, dask_key_name=f"specwire-partition-{plan.run}-{number:05}")
        for number, part in enumerate(partitions)
    ]
    futures = cluster.compute(tasks)
    try:
        ended: Any = as_completed
        for future, report in ended(futures, with_results=True):
            yield report
            future.release()
    except BaseException:
        cluster.cancel(futures)
        cluster.run(stop_run, plan.run, on_error="ignore")
        raise
    cluster.run(close_run, plan.run, on_error="ignore")


def call_partition(part: Any, number: int, plan: Plan) -> Report:
    """Run a partition; a task on a worker."""
    return run_partition(plan, f"{number:05}", rows_of(part))


def handler_of(run: str) -> str:
    """Return the name of the scheduler's handler for leases of a run."""
    return f"specwire_lease_{run}"


class Coordinator(SchedulerPlugin):
    """Limits per minute of all workers, kept by the scheduler."""

    def __init__(self, run: str, rate: Rate) -> None:
        self._handler = handler_of(run)
        self._rate = rate

    async def start(self, scheduler: Any) -> None:
        """Answer to leases from now on."""
        self._scheduler = scheduler
        budget = Budget(self._rate, asyncio.get_running_loop().time)
        scheduler.handlers[self._handler] = budget.reserve

    async def close(self) -> None:
        """Answer to no more leases."""
        self._scheduler.handlers.pop(self._handler, None)


class DaskLease(msgspec.Struct, frozen=True):
    """Lease from the scheduler."""

    handler: str

    async def __call__(self, requests: int, tokens: float) -> float:
        worker: Any = get_worker()

        async def ask() -> float:
            seconds: float = await getattr(worker.scheduler, self.handler)(requests=requests, tokens=tokens)
            return seconds

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(ask(), worker.loop.asyncio_loop))
