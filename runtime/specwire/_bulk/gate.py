"""Gate in front of the connections: every attempt of every call passes it, also the retries of a client."""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import ContextVar

from specwire._bulk.budget import Budget
from specwire._bulk.concurrency import Concurrency
from specwire._http.middleware import AsyncSend, HTTPResponse, PreparedRequest, Send
from specwire._http.request import OBSERVERS
from specwire._http.retry import parse_retry_after, utc_now
from specwire._network.transport_errors import TransportError


class Gate:
    """Number of attempts in flight, their pace, and the pauses that the server asks for."""

    def __init__(self, concurrency: Concurrency, budget: Budget, longest_pause: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.now = self.loop.time
        self.concurrency = concurrency
        self.budget = budget
        self.in_flight = 0
        self._beginning: deque[asyncio.Future[None]] = deque()
        """Rows that wait for a place to begin."""
        self._repeating: deque[asyncio.Future[None]] = deque()
        """Rows that wait for a place for another attempt; they go first."""
        self._paused_until = 0.0
        self._longest_pause = longest_pause
        """Maximum seconds of a pause: a row whose server asks for more is not repeated, so others need not wait longer."""

    async def enter(self, *, begins: bool) -> None:
        """Wait for a place among the attempts in flight."""
        while not self._has_place():
            turn: asyncio.Future[None] = self.loop.create_future()
            (self._beginning if begins else self._repeating).append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()
                raise
        self.in_flight += 1

    def leave(self) -> None:
        """Give the place to others."""
        self.in_flight -= 1
        self._wake()

    def _has_place(self) -> bool:
        return self.in_flight < int(self.concurrency.limit) and self.now() >= self._paused_until

    def _wake(self) -> None:
        places = int(self.concurrency.limit) - self.in_flight if self.now() >= self._paused_until else 0
        while places > 0 and (waiting := self._repeating or self._beginning):
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                places -= 1

    def keep(self) -> bool:
        """Return True if a row that is finished may leave its place to the next row of the same task.

        That saves a change of tasks. Further places go to the others.
        """
        places = int(self.concurrency.limit) - self.in_flight
        if places < 0 or self._repeating or self._paused_until > self.now():
            return False
        if places > 0 and self._beginning:
            self._wake()
        return True

    def pause(self, seconds: float) -> None:
        """Let no attempt begin for some seconds."""
        until = self.now() + seconds
        if until > self._paused_until:
            self._paused_until = until
            self.loop.call_at(until + 0.001, self._wake)

    def observe(self, response: HTTPResponse, sent: float) -> None:
        """Record a response."""
        status, now = response.status_code, self.now()
        if status != 429 and status < 500:
            self.concurrency.succeeded(sent, now, self.in_flight)
            return
        self.concurrency.overloaded(sent, now)
        seconds = parse_retry_after(response.headers, utc_now())
        if seconds is not None:
            self.pause(min(seconds, self._longest_pause))


class Slot:
    """Place of one row at the gate: held from before its request is read from the input, except between attempts."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.tokens = 0
        """Expected tokens of the row."""
        self.is_held = False
        """True if the slot has a place."""
        self.is_sending = False
        """True while an attempt is on its way."""

    async def take(self, *, begins: bool) -> None:
        """Wait for a place, unless this slot has one."""
        if not self.is_held:
            await self.gate.enter(begins=begins)
            self.is_held = True

    def finish(self) -> None:
        """Keep the place for the next row if possible, else give it up."""
        self.is_sending = False
        if self.is_held and not self.gate.keep():
            self.release()

    def release(self) -> None:
        """Give up the place, if this slot has one."""
        self.is_sending = False
        if self.is_held:
            self.is_held = False
            self.gate.leave()

    @property
    def is_ready(self) -> bool:
        """Return True if an attempt may be sent without a wait."""
        return self.is_held and not self.gate.budget.is_limited

    async def start(self) -> float:
        """Wait until an attempt may be sent, and return that time."""
        if not self.is_held:
            await self.take(begins=False)
        if self.gate.budget.is_limited:
            await self.gate.budget.take(self.tokens)
        return self.begin()

    def begin(self) -> float:
        """Record that an attempt is sent now, and return the time."""
        self.is_sending = True
        return self.gate.now()

    def ended(self, response: HTTPResponse | None, sent: float) -> None:
        """Record the end of an attempt, without a response if the connection failed.

        After a success, the row keeps its place until its outcome is written.
        """
        if response is None:
            self.gate.concurrency.overloaded(sent, self.gate.now())
        else:
            self.gate.observe(response, sent)
        if response is None or response.status_code >= 400:
            self.release()


_slot: ContextVar[Slot] = ContextVar("slot")


def use(slot: Slot) -> None:
    """Let the calls of the current task use a slot."""
    _slot.set(slot)


async def pass_gate(request: PreparedRequest, send: AsyncSend) -> HTTPResponse:
    """Send an attempt through the gate; middleware of an asynchronous client."""
    slot = _slot.get()
    sent = slot.begin() if slot.is_ready else await slot.start()
    response: HTTPResponse | None = None
    try:
        response = await send(request)
    except TransportError:
        slot.ended(None, sent)
        raise
    except BaseException:
        slot.release()
        raise
    slot.ended(response, sent)
    return response


def pass_gate_sync(request: PreparedRequest, send: Send) -> HTTPResponse:
    """Send an attempt through the gate; middleware of a synchronous client in a thread of its own."""
    slot = _slot.get()
    loop = slot.gate.loop
    sent = asyncio.run_coroutine_threadsafe(slot.start(), loop).result()
    response: HTTPResponse | None = None
    try:
        response = send(request)
    except TransportError:
        loop.call_soon_threadsafe(slot.ended, None, sent)
        raise
    except BaseException:
        loop.call_soon_threadsafe(slot.release)
        raise
    loop.call_soon_threadsafe(slot.ended, response, sent)
    return response


OBSERVERS += (pass_gate, pass_gate_sync)
