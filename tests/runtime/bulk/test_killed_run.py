"""Runs whose process is killed again and again, or interrupted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire import bulk

from tests.runtime.bulk.bulk_client import answered, async_client, completion, questions, reply as answer_of, text_of
from tests.sampling import EXHAUSTIVE, sample_number
from tests.support import server as scripted
from tests.support.server import HTTPResponse, Received, Server

SCRIPT = Path(__file__).with_name("killed_run.py")
CONCURRENCY = 16


class Counting:
    """Server that counts the calls for each row."""

    def __init__(self, server: Server) -> None:
        self.calls: Counter[str] = Counter()
        self.url = server.url
        server.respond = self._answer

    def _answer(self, received: Received) -> HTTPResponse:
        text = text_of(received.json)
        self.calls[text] += 1
        return (scripted.Pause(0.005), *scripted.reply(completion(text)))

    def wait_for(self, more: int, process: subprocess.Popen[bytes]) -> None:
        """Wait for so many more calls, or the end of the process."""
        until = self.calls.total() + more
        while self.calls.total() < until and process.poll() is None:
            time.sleep(0.002)


def begin(url: str, out: Path, rows: int) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, str(SCRIPT), url, str(out), str(rows), str(CONCURRENCY)]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=EXHAUSTIVE)])
def test_killed_runs_lose_and_double_no_row(kills: int, tmp_path: Path) -> None:
    """Calls are made twice only for rows that were in flight."""
    draw = random.Random(sample_number())
    rows, out = 50 * kills, tmp_path / "out.jsonl"
    with Server() as server:
        counting = Counting(server)
        for _ in range(kills):
            process = begin(counting.url, out, rows)
            counting.wait_for(draw.randint(1, 60), process)
            process.kill()
            process.communicate()
        process = begin(counting.url, out, rows)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert answered(out) == {number: f"q{number}" for number in range(rows)}
    assert counting.calls.total() - rows <= kills * CONCURRENCY


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143)])
def test_a_signal_finishes_what_is_in_flight(number: signal.Signals, code: int, tmp_path: Path) -> None:
    """No call is made twice after Ctrl-C or SIGTERM."""
    rows, out = 400, tmp_path / "out.jsonl"
    with Server() as server:
        counting = Counting(server)
        process = begin(counting.url, out, rows)
        counting.wait_for(50, process)
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
        assert code == process.returncode
        assert (number == signal.SIGINT) == (b"KeyboardInterrupt" in errors)
        assert len(answered(out)) == counting.calls.total() < rows
        process = begin(counting.url, out, rows)
        process.communicate(timeout=60)
    assert len(answered(out)) == rows
    assert counting.calls.total() == rows


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_the_run_at_once(number: signal.Signals, tmp_path: Path) -> None:
    """Without waiting for the calls in flight."""
    with Server() as server:
        server.respond = lambda received: (scripted.Hold(),)
        process = begin(server.url, tmp_path / "out.jsonl", 100)
        until = time.monotonic() + 20
        while not server.received and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=0.5)
        process.send_signal(number)
        process.communicate(timeout=20)
    assert process.returncode in (-signal.SIGINT, 143)


def own(*_: object) -> None:
    """Do nothing, as a program's own handler."""


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("handler", [own, signal.SIG_IGN, signal.SIG_DFL])
def test_the_handlers_of_a_program_are_in_place_after_a_run(
    number: signal.Signals, handler: Any, tmp_path: Path
) -> None:
    """Ignored signals stay ignored, and so does a program's own handler of SIGTERM."""
    during: list[object] = []

    def answer(body: dict[str, Any]) -> httpx2.Response:
        during.append(signal.getsignal(number))
        return answer_of(body)

    before = signal.signal(number, handler)
    try:
        bulk.run(questions(1), async_client(answer), sink=tmp_path / "out.jsonl")
        assert handler == signal.getsignal(number)
    finally:
        signal.signal(number, before)
    kept = handler is signal.SIG_IGN or (handler is own and number == signal.SIGTERM)
    assert kept == (during == [handler])
