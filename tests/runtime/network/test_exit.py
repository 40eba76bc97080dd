"""Programs that end without closing their clients of pyreqwest, whose own threads would abort them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

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
