"""Engine of a run: reads rows, makes calls through the gate, and hands outcomes to the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import msgspec

from specwire._bulk.budget import NO_USAGE, Prices, Usage, expected_tokens, usage_of
from specwire._bulk.garbage import seldom_collected
from specwire._bulk.gate import Gate, Slot, use
from specwire._bulk.ledger import Ledger
from specwire._bulk.outcomes import Outcome, Report, Row
from specwire._bulk.progress import Progress, Speed
from specwire._bulk.sources import Rows
from specwire._exchange.exchange import is_spent
from specwire._operations.request import BaseRequest, Request
from specwire._operations.response import Response
from specwire.errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    RateLimitError,
    SpecwireError,
)

Perform: TypeAlias = Callable[[Request[Any]], Awaitable[Response[Any]]]
_TICK = 0.5
"""Seconds between two reports of progress."""
_SYNC = 5.0
"""Seconds between two moments at which everything is on the disk."""
_SKIPPED = 1000
"""Rows to skip before other tasks get a turn."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a run."""

    workers: int
    window: int
    """Rows that may be begun and not written yet, in an ordered run."""
    total: int | None
    build: Callable[[Any], BaseRequest] | None
    prices: Prices | None
    progress: Callable[[Progress], object] | None
    stop_after: int | None
    """Rows that fail in succession that end the run; None for no limit."""


class Engine:
    """One run."""

    def __init__(self, rows: Rows, perform: Perform, ledger: Ledger, gate: Gate, settings: Settings) -> None:
        self._rows = rows
        self._perform = perform
        self._ledger = ledger
        self._gate = gate
        self._settings = settings
        self._reading = asyncio.Lock()
        self._written = asyncio.Event()
        self._working: dict[asyncio.Task[None], Slot] = {}
        self._succeeded = self._failed = self._skipped = self._failed_in_succession = 0
        self._usage = Usage()
        self._stopping = False
        self._interrupted = False
        self._is_writing = False
        self._problem: BaseException | None = None
        self._speed = Speed(gate.now())
        self._began = gate.now()

    def interrupt(self) -> None:
        """Begin no more rows, and end with those whose requests were sent; at once if called again."""
        if self._interrupted:
            for task in self._working:
                task.cancel()
        self._interrupted = self._stopping = True

    async def drive(self) -> Report:
        """Run to the end of the input, an interruption, or an error that concerns all rows."""
        with seldom_collected():
            await self._finish_rows()
        if self._problem is not None:
            raise self._problem
        return self._report()

    async def _finish_rows(self) -> None:
        for _ in range(self._settings.workers):
            slot = Slot(self._gate)
            self._working[asyncio.create_task(self._work(slot))] = slot
        synced = self._began
        pending = set(self._working)
        try:
            while pending:
                _, pending = await asyncio.wait(pending, timeout=0.05 if self._stopping else _TICK)
                for task in pending if self._stopping else ():
                    if not self._working[task].is_sending:
                        task.cancel()
                if (now := self._gate.now()) - synced > _SYNC:
                    self._ledger.sync()
                    synced = now
                self._tell(now)
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)

    def _report(self) -> Report:
        prices = self._settings.prices
        return Report(
            succeeded=self._succeeded,
            failed=self._failed,
            skipped=self._skipped,
            seconds=self._gate.now() - self._began,
            input_tokens=self._usage.input,
            output_tokens=self._usage.output,
            cost=None if prices is None else prices.cost(self._usage),
            interrupted=self._interrupted,
        )

    def _tell(self, now: float) -> None:
        made = self._succeeded + self._failed
        self._speed.update(made, now)
        if self._settings.progress is None:
            return
        prices = self._settings.prices
        self._settings.progress(
            Progress(
                finished=made + self._skipped,
                total=self._settings.total or self._ledger.total,
                succeeded=self._succeeded,
                failed=self._failed,
                in_flight=self._gate.in_flight,
                limit=int(self._gate.concurrency.limit),
                per_second=self._speed.per_second,
                cost=None if prices is None else prices.cost(self._usage),
            )
        )

    async def _work(self, slot: Slot) -> None:
        use(slot)
        try:
            while not self._stopping:
                if self._ledger.open_rows >= self._settings.window:
                    await self._room()
                if not slot.is_held:
                    await slot.take(begins=True)
                row = None if self._stopping else await self._next()
                if row is None:
                    return
                outcome = await self._outcome(row, slot)
                self._finish(outcome)
                if self._ledger.has_lines:
                    self._write_soon()
                    await asyncio.sleep(0)  # this task begins no other row before the output has this one
                slot.finish()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._stop(error)
        finally:
            slot.release()

    def _write_soon(self) -> None:
        """Write the lines of all rows that finish in this turn of the event loop, before another row begins."""
        if not self._is_writing:
            self._is_writing = True
            self._gate.loop.call_soon(self._write)

    def _write(self) -> None:
        self._is_writing = False
        try:
            self._ledger.write()
        except BaseException as error:
            self._stop(error)

    def _stop(self, problem: BaseException) -> None:
        self._problem = self._problem or problem
        self._stopping = True

    async def _room(self) -> None:
        """Wait while too many rows of an ordered run wait for earlier ones."""
        while self._ledger.open_rows >= self._settings.window:
            self._written.clear()
            await self._written.wait()

    async def _next(self) -> Row | None:
        """Return the next row to call; None after the last."""
        while not self._stopping:
            if self._rows.is_async:
                async with self._reading:
                    row = None if self._stopping else await self._rows.wait_for_next()
            else:
                row = self._rows.next()
            if row is None:
                if not self._stopping:
                    self._ledger.end_of_input()
                return None
            if self._ledger.begin(row):
                return row
            self._skipped += 1
            if self._skipped % _SKIPPED == 0:
                await asyncio.sleep(0)
        return None

    async def _outcome(self, row: Row, slot: Slot) -> Outcome[Any]:
        build = self._settings.build
        try:
            request = row.item if build is None else build(row.item)
            if type(request) is not Request and not isinstance(request, Request):
                raise _unsendable(request)
        except Exception as error:
            return Outcome(index=row.index, id=row.id, item=row.item, error=error)
        if self._gate.budget.counts_tokens:
            slot.tokens = expected_tokens(request)
        try:
            response = await self._perform(request)
        except SpecwireError as error:
            if _concerns_all(error):
                raise
            return Outcome(index=row.index, id=row.id, item=row.item, error=error)
        usage = usage_of(response.parsed)
        if usage is not NO_USAGE:
            self._usage += usage
            self._gate.budget.settle(slot.tokens, usage.input + usage.output)
        return Outcome(index=row.index, id=row.id, item=row.item, response=response)

    def _finish(self, outcome: Outcome[Any]) -> None:
        self._ledger.add(outcome)
        self._written.set()
        if outcome.succeeded:
            self._succeeded += 1
            self._failed_in_succession = 0
            return
        self._failed += 1
        self._failed_in_succession += 1
        most = self._settings.stop_after
        if most is not None and self._failed_in_succession >= most:
            raise SpecwireError(
                f"{most} rows failed in succession, the last with {type(outcome.error).__name__}: {outcome.error}"
            ) from outcome.error


def _unsendable(request: object) -> InvalidRequestError:
    name = type(request).__name__
    return InvalidRequestError(
        f"a {name} cannot be part of a run: give requests with one response, such as client.chat.complete.request(...)"
    )


def _concerns_all(error: SpecwireError) -> bool:
    """Return True for an error that every other row would end with: a wrong key, a spent balance, a closed client."""
    if isinstance(error, RateLimitError):
        return is_spent(error.body if isinstance(error.body, dict) else _raw_body(error))
    return isinstance(error, AuthenticationError | ConfigurationError) or type(error) is SpecwireError


def _raw_body(error: RateLimitError) -> Any:
    from specwire._models import lenient_json

    return lenient_json.loads_or_text(error.response.content) if error.response is not None else None
