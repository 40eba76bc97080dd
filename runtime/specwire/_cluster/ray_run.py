"""Runs on Ray Data: a call of `map_batches` whose actors keep a client each."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from specwire._bulk.budget import Budget, Rate
from specwire._bulk.entry import BulkOptions, Target
from specwire._bulk.outcomes import Failure, Report
from specwire._bulk.sinks import pyarrow
from specwire._cluster.driver import Manifest, drive, failed_rows, make_plan, write_failures
from specwire._cluster.partition import complete_partitions
from specwire._cluster.plan import MakeClient, Plan, check_sendable
from specwire._cluster.worker import run_partition
from specwire.errors import ConfigurationError, InvalidRequestError

try:
    import numpy
    import ray
    from ray import cloudpickle as _cloudpickle
    from ray.data import ActorPoolStrategy
    from ray.exceptions import RayError, UserCodeException
except ImportError as missing:
    raise ConfigurationError("runs on Ray need ray.data: pip install 'specwire[ray]'") from missing

_pickle: Any = _cloudpickle
_ROWS = 2048
"""Rows of a partition."""
_DIGEST = 12
"""Bytes that stand for an id: for a thousand million ids, two are the same with a probability of 1e-11."""


def run_on_ray(source: Any, client: MakeClient, sink: Target, options: BulkOptions) -> Report:
    """Run the requests of a Ray dataset on actors."""
    if options.get("id") is None:
        raise ConfigurationError("Ray Data has no fixed order of rows: name the column with their ids, id='...'")
    if options.get("ordered"):
        raise ConfigurationError("Ray Data has no fixed order of rows: leave out ordered=True")
    plan = make_plan(client, sink, options)
    check_sendable(plan, _pickle.dumps)
    rate = plan.options.get("rate")
    if rate is not None:
        kind = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Coordinator)
        plan = msgspec.structs.replace(plan, lease=RayLease(kind.remote(rate)))

    def begin() -> Iterator[Report]:
        complete_partitions(plan)
        done = ray.put(finished_ids(plan))
        resources: Any = ray.cluster_resources
        size = options.get("workers") or max(1, int(resources().get("CPU", 1)) - 1)
        reports = source.map_batches(
            Partitions,
            fn_constructor_args=(plan, done),
            batch_size=_ROWS,
            batch_format="pyarrow",
            compute=ActorPoolStrategy(size=size),
        )
        try:
            for row in reports.iter_rows():
                yield msgspec.json.decode(row["report"], type=Report)
        except RayError as error:
            raise _cause_of(error) from error
        _write_failures(plan)

    return drive(plan, Manifest("Ray"), options, begin)


def _cause_of(error: BaseException) -> BaseException:
    """Return the exception of a worker that ended the run."""
    found: BaseException | None = error
    while found is not None and isinstance(found, RayError | UserCodeException):
        found = getattr(found, "cause", None) or found.__cause__
    return found or error


class Coordinator:
    """Limits per minute of all actors."""

    def __init__(self, rate: Rate) -> None:
        self._budget = Budget(rate, time.monotonic)

    def lease(self, requests: int, tokens: float) -> float:
        """Spend requests and tokens, and return the seconds to wait before sending them."""
        return self._budget.reserve(requests, tokens)


class RayLease:
    """Lease from the coordinator."""

    def __init__(self, coordinator: Any) -> None:
        self._coordinator = coordinator

    async def __call__(self, requests: int, tokens: float) -> float:
        seconds: float = await asyncio.wrap_future(self._coordinator.lease.remote(requests, tokens).future())
        return seconds


class Partitions:
    """Class for `map_batches`: a batch of rows becomes a row with a report."""

    def __init__(self, plan: Plan, done: Any) -> None:
        self._plan = plan
        self._done = ray.get(done)

    def __call__(self, batch: Any) -> dict[str, list[str]]:
        name = self._plan.options.get("id")
        rows = batch.to_pylist()
        ids = [_identity(row, name) for row in rows]
        if len(set(ids)) < len(ids):
            twice = next(each for place, each in enumerate(ids) if each in ids[:place])
            raise InvalidRequestError(f"two rows have the id {twice!r}: give every row an id of its own")
        digests = numpy.array([digest(each) for each in ids], dtype=f"S{_DIGEST}")
        is_done = numpy.zeros(len(ids), dtype=bool)
        if len(self._done):
            places = numpy.searchsorted(self._done, digests)
            is_done = self._done[numpy.minimum(places, len(self._done) - 1)] == digests
        left = [row for row, done in zip(rows, is_done, strict=True) if not done]
        report = Report()
        if left:
            names = "\n".join(identity for identity, done in zip(ids, is_done, strict=True) if not done)
            report = run_partition(self._plan, hashlib.sha256(names.encode()).hexdigest()[:24], left)
        skipped = report.skipped + len(rows) - len(left)
        return {"report": [msgspec.json.encode(msgspec.structs.replace(report, skipped=skipped)).decode()]}


def _identity(row: Mapping[str, Any], name: str | None) -> str:
    value = None if name is None else row.get(name)
    if value is None:
        raise InvalidRequestError(f"a row has no value for the id {name!r}: give every row one")
    return str(value)


def digest(identity: str) -> bytes:
    """Return bytes that stand for an id."""
    return hashlib.blake2b(identity.encode(), digest_size=_DIGEST).digest()


def finished_ids(plan: Plan) -> Any:
    """Return the sorted digests of rows that earlier runs finished."""
    found = [digest(identity) for identity in _succeeded_ids(plan)]
    if not plan.options.get("retry_failed"):
        found.extend(digest(failure.id) for failure, _ in failed_rows(plan))
    return numpy.sort(numpy.array(found, dtype=f"S{_DIGEST}"))


def _succeeded_ids(plan: Plan) -> Iterator[str]:
    if not any(name.endswith(".parquet") for name in os.listdir(plan.output)):
        return
    dataset = pyarrow("pyarrow.dataset").dataset(plan.output, format="parquet", exclude_invalid_files=False)
    for batch in dataset.to_batches(columns=["id"]):
        yield from batch["id"].to_pylist()


def _write_failures(plan: Plan) -> None:
    """Write the failed rows, each once; rows that failed in one partition may have succeeded in a later one."""
    left = {failure.id for failure, _ in failed_rows(plan)}
    if left:
        left.difference_update(_succeeded_ids(plan))

    def wanted(failure: Failure) -> bool:
        is_left = failure.id in left
        left.discard(failure.id)
        return is_left

    write_failures(plan, wanted)
