"""Functions that run many requests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from contextvars import copy_context
from typing import Any, TypeAlias, TypedDict, Unpack

import msgspec

from specwire._bulk.budget import Budget, Prices, Rate
from specwire._bulk.concurrency import Concurrency
from specwire._bulk.engine import Engine, Perform, Settings
from specwire._bulk.gate import Gate, pass_gate, pass_gate_sync
from specwire._bulk.interruption import Interruption
from specwire._bulk.journal import Journal
from specwire._bulk.ledger import Ledger
from specwire._bulk.outcomes import Outcome, Report
from specwire._bulk.progress import Line, Progress, shown
from specwire._bulk.sinks import CallbackSink, Sink, file_sink
from specwire._bulk.sources import Rows, Source
from specwire._client.async_client import AsyncClient
from specwire._client.habits import closest
from specwire._client.sync_client import Client
from specwire._http.options import Options
from specwire._http.retry import RetryPolicy
from specwire._operations.request import BaseRequest, Request
from specwire._operations.response import Response
from specwire.errors import ConfigurationError

Target: TypeAlias = str | os.PathLike[str] | Callable[[Outcome[Any]], object]
_ATTEMPTS = 8
"""Least attempts of a call in a run without a retry policy of its own."""


class BulkOptions(TypedDict, total=False):
    """Keywords of `run` and `arun`.

    concurrency: Most requests in flight, 64 by default.
    adaptive: Begin with few requests in flight, and send fewer when the server is overloaded; True by default.
    rate: Limits of requests and tokens per minute.
    ordered: Write results in the order of the input; False by default, which is quicker.
    retry: Retry policy; by default the client's with at least 8 attempts.
    build: Function that makes a request of a row; without it the rows are requests.
    id: Name of the column with the id of a row; by default its position. Pairs of an id and a request work too.
    journal: File that remembers which rows are finished; by default the path of the sink with `.journal`.
    retry_failed: Call rows again that failed in an earlier run.
    progress: True for a line on standard error, the default at a terminal; or a function.
    prices: Prices of tokens, for the cost in the progress and the report.
    stop_after: Rows that fail in succession before the run ends, 100 by default; None for no limit.
    total: Number of rows, if the input does not have a length.
    workers: Number of Ray actors that make calls, by default one for each processor but one.
    """

    concurrency: int
    adaptive: bool
    rate: Rate | None
    ordered: bool
    retry: RetryPolicy | None
    build: Callable[[Any], BaseRequest] | None
    id: str | None
    journal: str | os.PathLike[str] | None
    retry_failed: bool
    progress: bool | Callable[[Progress], object] | None
    prices: Prices | None
    stop_after: int | None
    total: int | None
    workers: int | None


def run(requests: Source, client: Client | AsyncClient, *, sink: Target, **options: Unpack[BulkOptions]) -> Report:
    """Make many calls, and write each result once; see `BulkOptions` for the keywords.

    Call it again with the same arguments to continue after a crash. Ctrl-C ends the run with the requests in flight
    and raises `KeyboardInterrupt`; SIGTERM does the same with `SystemExit(143)`. A second one ends it at once.

    Args:
        requests: Requests, such as `client.chat.complete.request(...)`, or rows for `build`, in the same order each
            time. They are read as needed.
        client: The client to call. A synchronous one takes a thread for each request in flight.
        sink: A path that ends in `.jsonl` or `.parquet`, or a function that is called with each outcome.
        options: See `BulkOptions`.

    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise ConfigurationError("run() was called in an event loop: use `await arun(...)`")
    interruption = Interruption()
    with asyncio.Runner() as runner:
        try:
            report = runner.run(_run(requests, client, sink, options, interruption))
        finally:
            if isinstance(client, AsyncClient):
                runner.run(client._session._transport.release_loop())
    if report.interrupted:
        interruption.end()
    return report


async def arun(
    requests: Source, client: Client | AsyncClient, *, sink: Target, **options: Unpack[BulkOptions]
) -> Report:
    """Make many calls, and write each result once; see `run`. Signals are left to the program."""
    return await _run(requests, client, sink, options, None)


async def _run(
    requests: Source,
    client: Client | AsyncClient,
    sink: Target,
    options: BulkOptions,
    interruption: Interruption | None,
) -> Report:
    check_options(options)
    if not (callable(sink) or isinstance(sink, str | os.PathLike)):
        raise TypeError(f"sink is {type(sink).__name__}: give a path that ends in .jsonl or .parquet, or a function")
    path = None if callable(sink) else os.fspath(sink)
    progress = shown(options.get("progress"))
    budget = Budget(options.get("rate") or Rate(), asyncio.get_running_loop().time)
    policy = policy_of(options, client)
    gate = gate_of(options, budget, policy)
    rows = Rows(requests, options.get("id"))
    settings = settings_of(options, options.get("total") or _length(requests), progress)
    with caller(client, policy, settings.workers) as perform, _ledger(sink, path, options) as ledger:
        engine = Engine(rows, perform, ledger, gate, settings)
        try:
            with nullcontext() if interruption is None else interruption.calling(engine.interrupt):
                report = await engine.drive()
            if not report.interrupted:
                ledger.finish()
        finally:
            if isinstance(progress, Line):
                progress.end()
            ledger.sync()
            if path is not None:
                ledger.write_failures(f"{path}.failed.jsonl")
    return report


def check_options(options: BulkOptions) -> None:
    """Raise an exception for keywords that do not exist, or a concurrency below 1."""
    for name in options:
        if name not in BulkOptions.__annotations__:
            close = closest(name, BulkOptions.__annotations__)
            raise TypeError(f"run() has no argument {name!r}" + (f": did you mean {close!r}?" if close else ""))
    limit_of(options)


def limit_of(options: BulkOptions) -> int:
    """Return the maximum number of requests in flight; raise `ConfigurationError` if it is below 1."""
    limit = options.get("concurrency", 64)
    if limit < 1:
        raise ConfigurationError(f"concurrency is {limit}: give 1 or more")
    return limit


def policy_of(options: BulkOptions, client: Client | AsyncClient) -> RetryPolicy:
    """Return the retry policy of a run."""
    given, usual = options.get("retry"), client._session.options.retry
    return given or msgspec.structs.replace(usual, attempts=max(usual.attempts, _ATTEMPTS))


def gate_of(options: BulkOptions, budget: Budget, policy: RetryPolicy) -> Gate:
    """Return the gate for the attempts of a run."""
    concurrency = Concurrency(limit_of(options), adaptive=options.get("adaptive", True))
    return Gate(concurrency, budget, policy.retry_after_max)


def settings_of(
    options: BulkOptions, total: int | None = None, progress: Callable[[Progress], object] | None = None
) -> Settings:
    """Return the settings of a run; while some calls wait for their next attempt, others are sent."""
    limit = limit_of(options)
    return Settings(
        workers=2 * limit,
        window=8 * limit,
        total=total,
        build=options.get("build"),
        prices=options.get("prices"),
        progress=progress,
        stop_after=options.get("stop_after", 100),
    )


def open_ledger(sink: Sink, journal_path: str | None, options: BulkOptions) -> Ledger:
    """Return the ledger of a sink; close the sink if its journal cannot be opened."""
    try:
        journal = None if journal_path is None else Journal(journal_path, sink)
    except BaseException:
        sink.close()
        raise
    return Ledger(sink, journal, ordered=options.get("ordered", False), retry_failed=options.get("retry_failed", False))


def without_journal(output: str, journal: str) -> ConfigurationError:
    """Return the error for an output whose journal is gone."""
    return ConfigurationError(
        f"the output {output!r} exists, but its journal {journal!r} does not: choose another output"
    )


def _length(requests: Source) -> int | None:
    length = getattr(requests, "__len__", None)
    return None if length is None else int(length())


@contextmanager
def _ledger(sink: Target, path: str | None, options: BulkOptions) -> Iterator[Ledger]:
    journal_path = options.get("journal") or (None if path is None else f"{path}.journal")
    if path is not None and journal_path is not None and not os.path.exists(journal_path) and _holds_rows(path):
        raise without_journal(path, os.fspath(journal_path))
    opened: Sink = CallbackSink(sink) if callable(sink) else file_sink(os.fspath(sink))
    ledger = open_ledger(opened, None if journal_path is None else os.fspath(journal_path), options)
    try:
        yield ledger
    finally:
        ledger.close()


def _holds_rows(path: str) -> bool:
    if os.path.isdir(path):
        return any(entry.stat().st_size for entry in os.scandir(path))
    return os.path.exists(path) and os.path.getsize(path) > 0


@contextmanager
def caller(client: Client | AsyncClient, retry: RetryPolicy, workers: int) -> Iterator[Perform]:
    """Yield a function that performs a request, each attempt through the gate."""
    options: Options = client._session.options
    if isinstance(client, AsyncClient):
        async_middleware: list[Any] = [pass_gate, *options.middleware]
        yield client.with_options(middleware=async_middleware, retry=retry)._session.perform
        return
    middleware: list[Any] = [pass_gate_sync, *options.middleware]
    session = client.with_options(middleware=middleware, retry=retry)._session
    threads = ThreadPoolExecutor(workers, "specwire-bulk")

    async def perform(request: Request[Any]) -> Response[Any]:
        context = copy_context()
        return await asyncio.get_running_loop().run_in_executor(threads, lambda: context.run(session.perform, request))

    try:
        yield perform
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
