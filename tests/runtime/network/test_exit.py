"""Programs that end without closing their clients of pyreqwest, whose own threads would abort them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from specwire._transports.library import ClosedResourceError
from specwire._transports.portal import Portal
from specwire._transports.pyreqwest_results import unless_cancelled

from tests.sampling import EXHAUSTIVE
from tests.support.paths import ROOT
from tests.support.server import DONE, Action, Pause, Received, Server, reply, stream

SCRIPT = Path(__file__).with_name("exiting_program.py")
HOW = ["calls", "half read", "in threads", "gathered", "in flight", "several loops", "loop in a thread", "open loop"]


def respond(received: Received) -> Sequence[Action]:
    """Return a slow response or a paced stream."""
    if received.target.startswith("/talk"):
        return stream(*[each for _ in range(60) for each in ({"text": "a"}, Pause(0.003))], DONE)
    return (Pause(0.13) if "slow" in received.target else Pause(0), *reply({"id": "1"}))


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("times", [1, pytest.param(25, marks=EXHAUSTIVE)])
def test_a_program_ends_without_an_abort(how: str, times: int, server: Server) -> None:
    server.respond = respond
    command = [sys.executable, "-W", "ignore", str(SCRIPT), how, server.url]
    for _ in range(times):
        done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=30)
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_cancelled_task_ends_by_its_cancellation_when_its_client_closes() -> None:
    """Otherwise, asyncio reports its exception at the end of the program."""

    async def end(*, cancel: bool) -> None:
        task = asyncio.current_task()
        assert task is not None
        if cancel:
            task.cancel()
        await unless_cancelled(ClosedResourceError())

    async def both() -> list[BaseException | None]:
        return list(await asyncio.gather(end(cancel=True), end(cancel=False), return_exceptions=True))

    cancelled, other = asyncio.run(both())
    assert (asyncio.CancelledError, None) == (type(cancelled), other)


def test_a_portal_reports_exceptions_only_to_its_callers(caplog: pytest.LogCaptureFixture) -> None:
    """Not at its end, when tasks are cancelled."""
    portal = Portal()
    begun = threading.Event()
    raised: list[BaseException] = []

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(10)
        finally:
            raise ClosedResourceError

    def call() -> None:
        with pytest.raises(ClosedResourceError) as caught:
            portal.run(work())
        raised.append(caught.value)

    thread = threading.Thread(target=call)
    thread.start()
    assert begun.wait(5)
    portal.close()
    thread.join(5)
    assert ([ClosedResourceError], []) == ([type(each) for each in raised], caplog.records)
