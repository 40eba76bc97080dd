"""Partitions in the output folder: each has Parquet files, a journal and a file of failed rows of its own."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from specwire._bulk.append_file import InUseError
from specwire._bulk.entry import open_ledger
from specwire._bulk.ledger import Ledger
from specwire._bulk.outcomes import Report
from specwire._bulk.sinks import ParquetSink
from specwire._bulk.sources import is_table, read
from specwire._cluster.plan import Plan

_PATIENCE = 600.0
"""Seconds to wait for a worker that was given up and still runs the partition."""
_SPOOL = re.compile(r"_part-(.+)-\d+\.jsonl")


async def open_partition(plan: Plan, partition: str) -> AbstractContextManager[Ledger]:
    """Open a partition, after waiting for an earlier worker that has it open."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            sink = ParquetSink(plan.output, partition)
            ledger = open_ledger(sink, os.path.join(plan.journal, f"{partition}.journal"), plan.options)
            return _kept(plan, partition, ledger)
        except InUseError:
            if time.monotonic() > until:
                raise
        await asyncio.sleep(0.5)


@contextmanager
def _kept(plan: Plan, partition: str, ledger: Ledger) -> Iterator[Ledger]:
    try:
        yield ledger
    finally:
        try:
            ledger.sync()
            ledger.write_failures(os.path.join(plan.journal, f"{partition}.failed.jsonl"))
        finally:
            ledger.close()


def complete_partitions(plan: Plan) -> None:
    """Complete the files of partitions that no worker will run again."""
    found = (_SPOOL.fullmatch(name) for name in os.listdir(plan.output))
    for partition in sorted({match[1] for match in found if match}):
        with asyncio.run(open_partition(plan, partition)) as ledger:
            ledger.finish()


def rows_of(part: Any) -> Iterator[Any]:
    """Yield the rows of a partition: of a data frame, or items of any iterable."""
    return read(part) if is_table(part) else iter(part)


def summed(first: Report, second: Report) -> Report:
    """Return the report of two partitions together."""
    costs = [each.cost for each in (first, second) if each.cost is not None]
    return Report(
        succeeded=first.succeeded + second.succeeded,
        failed=first.failed + second.failed,
        skipped=first.skipped + second.skipped,
        input_tokens=first.input_tokens + second.input_tokens,
        output_tokens=first.output_tokens + second.output_tokens,
        cost=sum(costs) if costs else None,
        interrupted=first.interrupted or second.interrupted,
    )
