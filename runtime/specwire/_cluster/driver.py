"""Driver of a run on a cluster: the output folder, progress, and the report."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

import msgspec

from specwire._bulk.append_file import AppendFile
from specwire._bulk.entry import BulkOptions, Target, without_journal
from specwire._bulk.outcomes import Failure, Report
from specwire._bulk.progress import Line, Progress, Speed, shown
from specwire._bulk.sinks import pyarrow, remove
from specwire._cluster.partition import summed
from specwire._cluster.plan import MakeClient, Plan, check_client, checked_options, output_of
from specwire.errors import ConfigurationError, SpecwireError

_TICK = 0.5
"""Seconds between two reports of progress."""


class Manifest(msgspec.Struct, frozen=True):
    """How the input was divided; another division would be other partitions with the same names."""

    engine: str
    partitions: int | None = None
    """Number of partitions, if the input has a fixed one."""


def make_plan(client: MakeClient, sink: Target, options: BulkOptions) -> Plan:
    """Return the plan of a run; raise `ConfigurationError` for what a cluster cannot do."""
    check_client(client)
    output = output_of(sink)
    pyarrow()
    return Plan(run=secrets.token_hex(8), client=client, output=output, options=checked_options(options))


def drive(plan: Plan, manifest: Manifest, options: BulkOptions, begin: Callable[[], Iterable[Report]]) -> Report:
    """Run all partitions, one driver at a time, and return the report."""
    began = time.monotonic()
    _check_new(plan)
    os.makedirs(plan.output, exist_ok=True)
    os.makedirs(plan.journal, exist_ok=True)
    with closing(AppendFile(os.path.join(plan.journal, "run.jsonl"))) as lock:
        _check_same(plan, manifest, lock)
        report = _followed(begin(), options, began)
    return msgspec.structs.replace(report, seconds=time.monotonic() - began)


def _check_new(plan: Plan) -> None:
    if not os.path.exists(plan.journal) and os.path.isdir(plan.output) and os.listdir(plan.output):
        raise without_journal(plan.output, plan.journal)
    if os.path.isfile(plan.output) or os.path.isfile(plan.journal):
        raise ConfigurationError(
            f"the output {plan.output!r} is of a run on one machine: continue it there, or choose another output"
        )


def _check_same(plan: Plan, manifest: Manifest, lock: AppendFile) -> None:
    for _, line in lock.lines():
        before = msgspec.json.decode(line, type=Manifest)
        if before != manifest:
            raise SpecwireError(
                f"the output {plan.output!r} is of a run on {_described(before)}, not on {_described(manifest)}: "
                "continue it with the same input, or choose another output"
            )
    if not lock.size:
        lock.append(msgspec.json.encode(manifest) + b"\n")


def _described(manifest: Manifest) -> str:
    return (
        manifest.engine if manifest.partitions is None else f"{manifest.engine} with {manifest.partitions} partitions"
    )


def _followed(reports: Iterable[Report], options: BulkOptions, began: float) -> Report:
    """Sum the reports of partitions as they come, and show progress."""
    show = shown(options.get("progress"))
    total, speed, told = Report(), Speed(began), began
    try:
        for report in reports:
            total = summed(total, report)
            made, now = total.succeeded + total.failed, time.monotonic()
            if show is not None and now - told >= _TICK:
                speed.update(made, now)
                told = now
                show(
                    Progress(
                        finished=made + total.skipped,
                        total=options.get("total"),
                        succeeded=total.succeeded,
                        failed=total.failed,
                        in_flight=0,
                        limit=0,
                        per_second=speed.per_second,
                        cost=total.cost,
                    )
                )
    finally:
        if isinstance(show, Line):
            show.end()
    return total


def failure_files(plan: Plan) -> list[str]:
    """Return the files with the failed rows of each partition, the latest first."""
    with os.scandir(plan.journal) as entries:
        found = [(-entry.stat().st_mtime, entry.path) for entry in entries if entry.name.endswith(".failed.jsonl")]
    return [path for _, path in sorted(found)]


def write_failures(plan: Plan, wanted: Callable[[Failure], Any] = lambda failure: True) -> None:
    """Write the failed rows of all partitions to one file; remove it if there are none."""
    count = 0
    with open(f"{plan.failures}.incomplete", "wb") as file:
        for failure, line in failed_rows(plan):
            if wanted(failure):
                file.write(line)
                count += 1
    os.replace(f"{plan.failures}.incomplete", plan.failures)
    if not count:
        remove(plan.failures)


def failed_rows(plan: Plan) -> Iterator[tuple[Failure, bytes]]:
    """Yield the failed rows of all partitions with their lines."""
    decode = msgspec.json.Decoder(Failure).decode
    for path in failure_files(plan):
        with open(path, "rb") as file:
            for line in file:
                yield decode(line), line
