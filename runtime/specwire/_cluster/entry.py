"""Functions that run many requests: here, or on the cluster that the source belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from specwire._bulk.entry import BulkOptions, Target, arun as run_async, run as run_here
from specwire._bulk.outcomes import Report
from specwire._client.async_client import AsyncClient
from specwire._client.sync_client import Client
from specwire._cluster.plan import MakeClient
from specwire.errors import ConfigurationError


def run(
    requests: Any, client: Client | AsyncClient | MakeClient, *, sink: Target, **options: Unpack[BulkOptions]
) -> Report:
    """Make many calls, and write each result once; see `BulkOptions` for the keywords.

    Call it again with the same arguments to continue after a crash. Ctrl-C ends the run with the requests in flight
    and raises `KeyboardInterrupt`; a second one ends it at once.

    Args:
        requests: Requests, such as `client.chat.complete.request(...)`, or rows for `build`, in the same order each
            time. They are read as needed. A Dask data frame, bag or list of delayed partitions, or a Ray dataset, is
            run on its cluster.
        client: The client to call. A synchronous one takes a thread for each request in flight. On a cluster, a
            function that makes the client on each worker, such as the class of the client.
        sink: A path that ends in `.jsonl` or `.parquet`, or a function that is called with each outcome. On a cluster,
            a path that ends in `.parquet`, in a folder that all workers share.
        options: See `BulkOptions`.

    """
    engine = _engine_of(requests)
    if engine is not None:
        return engine(requests, client, sink, options)
    return run_here(requests, _instance(client), sink=sink, **options)


async def arun(requests: Any, client: Client | AsyncClient, *, sink: Target, **options: Unpack[BulkOptions]) -> Report:
    """Make many calls, and write each result once; see `run`."""
    if _engine_of(requests) is not None:
        raise ConfigurationError("a run on a cluster waits for it: use `await asyncio.to_thread(bulk.run, ...)`")
    return await run_async(requests, _instance(client), sink=sink, **options)


def _instance(client: Any) -> Client | AsyncClient:
    if not isinstance(client, Client | AsyncClient):
        raise ConfigurationError(f"client is {client!r}: give a client")
    return client


def _engine_of(requests: Any) -> Callable[[Any, Any, Target, BulkOptions], Report] | None:
    """Return the function for the cluster that rows belong to, or None; import no engine that is not used."""
    first = requests[0] if isinstance(requests, list | tuple) and requests else requests
    if hasattr(first, "__dask_graph__"):
        from specwire._cluster.dask_run import run_on_dask

        return run_on_dask
    if type(requests).__module__.startswith("ray.data."):
        from specwire._cluster.ray_run import run_on_ray

        return run_on_ray
    return None
