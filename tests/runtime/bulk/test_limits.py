"""Limits of a run: requests in flight, requests and tokens per minute, pauses that the server asks for."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, strategies as st
from specwire import RetryPolicy, bulk
from specwire._bulk import gate
from specwire._bulk.budget import Pace, expected_tokens, usage_of
from specwire._bulk.concurrency import Concurrency
from specwire._http import retry
from specwire.support import JsonBody

from tests.runtime.bulk.bulk_client import async_client, question, questions, reply, text_of


def test_concurrency_doubles_until_the_first_overload_and_then_grows_slowly() -> None:
    control = Concurrency(100)
    for _ in range(56):
        control.succeeded(0.0, 1.0, in_flight=100)
    assert control.limit == 64
    control.overloaded(2.0, 3.0)
    assert control.limit == pytest.approx(64 * 0.7)
    control.overloaded(2.5, 3.1)
    assert control.limit == pytest.approx(64 * 0.7), "requests from before the decrease say nothing new"
    before = control.limit
    for _ in range(int(before)):
        control.succeeded(4.0, 5.0, in_flight=100)
    assert control.limit == pytest.approx(before + 1, abs=0.1)


def test_concurrency_does_not_grow_unused() -> None:
    control = Concurrency(100)
    for _ in range(1000):
        control.succeeded(0.0, 1.0, in_flight=2)
    assert control.limit == 8


def test_concurrency_shrinks_when_responses_take_longer_and_longer() -> None:
    control = Concurrency(64)
    for step in range(200):
        control.succeeded(step, step + 1.0, in_flight=64)
    assert control.limit == 64
    for step in range(200, 300):
        control.succeeded(step * 10, step * 10 + 8.0, in_flight=64)
    assert control.limit < 32


@given(st.integers(1, 200), st.lists(st.tuples(st.booleans(), st.floats(0.001, 100)), max_size=300))
def test_concurrency_stays_within_its_bounds(most: int, events: list[tuple[bool, float]]) -> None:
    control, now = Concurrency(most), 0.0
    for good, seconds in events:
        now += seconds
        if good:
            control.succeeded(now - seconds, now, in_flight=most)
        else:
            control.overloaded(now - seconds / 2, now)
        assert 1 <= control.limit <= most


@given(st.floats(1, 10_000), st.lists(st.floats(0, 3), min_size=1, max_size=200))
def test_a_pace_never_exceeds_its_limit_by_more_than_a_burst(per_minute: float, gaps: list[float]) -> None:
    now = 0.0
    pace = Pace(per_minute, lambda: now)
    uses = []
    for gap in gaps:
        now += gap
        uses.append(now + pace.take(1))
    first, last = min(uses), max(uses)
    allowed = (last - first + 1.0) * per_minute / 60 + 1
    assert len(uses) <= allowed + 1e-6


def test_unused_tokens_are_given_back() -> None:
    pace = Pace(60, lambda: 0.0)
    pace.take(30)
    assert pace.take(0) == pytest.approx(30 - 1, abs=1.01)
    pace.refund(30)
    assert pace.take(0) <= 1


def test_requests_per_minute_are_kept(tmp_path: Path) -> None:
    """At 1,200 a minute, 20 take place at once and 20 in the second after."""
    began = time.monotonic()
    bulk.run(questions(30), async_client(), sink=tmp_path / "o.jsonl", rate=bulk.Rate(requests_per_minute=1200))
    assert 0.4 < time.monotonic() - began < 5


def test_tokens_per_minute_are_kept(tmp_path: Path) -> None:
    """Twelve tokens a row, whatever was expected."""
    began = time.monotonic()
    rate = bulk.Rate(tokens_per_minute=12 * 1200)
    bulk.run(questions(30), async_client(), sink=tmp_path / "o.jsonl", rate=rate, concurrency=2)
    assert 0.2 < time.monotonic() - began < 10


def test_tokens_are_expected_from_the_text_and_its_limit() -> None:
    assert expected_tokens(question("a" * 4000)) == pytest.approx(1000, abs=50)
    assert expected_tokens(question("a").replace(body=JsonBody({"max_tokens": 500}))) >= 500
    assert (usage_of(None).input, usage_of("text").output) == (0, 0)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_wrong_rates_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="give a number above 0"):
        bulk.Rate(requests_per_minute=value)


def test_a_pause_that_the_server_asks_for_holds_all_requests(tmp_path: Path) -> None:
    """After a `Retry-After`, no request is sent until then."""
    times: list[float] = []
    refused: list[float] = []

    def answer(body: dict[str, Any]) -> httpx2.Response:
        times.append(time.monotonic())
        if len(times) == 20:
            refused.append(times[-1])
            return httpx2.Response(429, headers={"retry-after-ms": "300"}, json={})
        return reply(body)

    report = bulk.run(questions(100), async_client(answer), sink=tmp_path / "o.jsonl", concurrency=4)
    assert report.succeeded == 100
    assert [each for each in times if refused[0] + 0.05 < each < refused[0] + 0.29] == []


def test_a_pause_is_no_longer_than_the_retry_policy_allows(tmp_path: Path) -> None:
    """A row whose server asks for a day fails, and the others do not wait for a day."""
    times: list[float] = []

    def answer(body: dict[str, Any]) -> httpx2.Response:
        times.append(time.monotonic())
        if text_of(body) == "q20":
            return httpx2.Response(429, headers={"retry-after": "86400"}, json={})
        return reply(body)

    policy = RetryPolicy(retry_after_max=0.3)
    report = bulk.run(questions(60), async_client(answer), sink=tmp_path / "o.jsonl", concurrency=1, retry=policy)
    assert (report.succeeded, report.failed) == (59, 1)
    assert times[21] - times[20] > 0.29
    assert report.seconds < 10


@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_a_jump_of_the_clock_changes_no_limit(jump: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the pace of requests nor a `Retry-After`, whose date the server's own clock explains."""
    shift = 0
    clock, moment = time.time, retry.utc_now

    def answer(body: dict[str, Any]) -> httpx2.Response:
        nonlocal shift
        shift += jump
        if shift == 10 * jump:
            sent = moment()
            dates = (format_datetime(each, usegmt=True) for each in (sent, sent + timedelta(seconds=1)))
            headers = dict(zip(("date", "retry-after"), dates, strict=True))
            return httpx2.Response(429, headers=headers, json={})
        return reply(body)

    monkeypatch.setattr(time, "time", lambda: clock() + shift)
    for module in (retry, gate):
        monkeypatch.setattr(module, "utc_now", lambda: moment() + timedelta(seconds=shift))
    began = time.monotonic()
    rate = bulk.Rate(requests_per_minute=1200)
    report = bulk.run(questions(30), async_client(answer), sink=tmp_path / "o.jsonl", rate=rate, progress=False)
    assert report.succeeded == 30
    assert 1.0 < time.monotonic() - began < 6
    assert 1.0 < report.seconds < 6


@pytest.mark.parametrize("most", [1, 5])
def test_no_more_requests_are_in_flight_than_allowed(most: int, tmp_path: Path) -> None:
    now = highest = 0

    async def answer(body: dict[str, Any]) -> httpx2.Response:
        nonlocal now, highest
        now += 1
        highest = max(highest, now)
        await asyncio.sleep(0.001)
        now -= 1
        return reply(body)

    bulk.run(questions(60), async_client(answer), sink=tmp_path / "o.jsonl", concurrency=most)
    assert highest == most


def test_a_flood_of_rejections_ends_in_answers(tmp_path: Path) -> None:
    """A server that takes five requests at a time and rejects the others."""
    now = rejected = 0

    async def answer(body: dict[str, Any]) -> httpx2.Response:
        nonlocal now, rejected
        if now >= 5:
            rejected += 1
            return httpx2.Response(429, json={})
        now += 1
        await asyncio.sleep(0.002)
        now -= 1
        return reply(body)

    report = bulk.run(questions(500), async_client(answer), sink=tmp_path / "o.jsonl", concurrency=64)
    assert report.succeeded + report.failed == 500
    assert report.succeeded > 480
    assert rejected < 250
