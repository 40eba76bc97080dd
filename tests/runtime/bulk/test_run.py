"""Runs of many requests: every row ends in exactly one outcome."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire import BaseRequest, Request, bulk
from specwire.errors import AuthenticationError, ConfigurationError, InvalidRequestError, ServerError, SpecwireError
from specwire_clients.mistral.operations import chat

from tests.runtime.bulk.bulk_client import (
    answered,
    async_client,
    lines,
    question,
    questions,
    reply,
    sync_client,
    text_of,
)


@pytest.mark.parametrize("make", [async_client, sync_client])
def test_every_row_is_answered_once(make: Any, tmp_path: Path) -> None:
    """Both kinds of clients, called from synchronous code."""
    out = tmp_path / "out.jsonl"
    report = bulk.run(questions(200), make(), sink=out, concurrency=8)
    assert answered(out) == {number: f"q{number}" for number in range(200)}
    assert (report.succeeded, report.failed, report.skipped, report.interrupted) == (200, 0, 0, False)
    assert (report.input_tokens, report.output_tokens) == (2000, 400)


@pytest.mark.parametrize("make", [async_client, sync_client])
def test_asynchronous_code_awaits_a_run(make: Any, tmp_path: Path) -> None:
    """Asynchronous iterables are read as needed."""

    async def rows() -> AsyncIterator[Any]:
        for number in range(30):
            await asyncio.sleep(0)
            yield f"id-{number}", question(f"q{number}")

    out = tmp_path / "out.jsonl"
    report = asyncio.run(bulk.arun(rows(), make(), sink=out, concurrency=4))
    assert report.succeeded == 30
    assert {line["id"] for line in lines(out)} == {f"id-{number}" for number in range(30)}


def test_run_in_an_event_loop_names_the_other_function(tmp_path: Path) -> None:
    async def main() -> None:
        bulk.run(questions(1), async_client(), sink=tmp_path / "out.jsonl")

    with pytest.raises(ConfigurationError, match="await arun"):
        asyncio.run(main())


def test_a_callback_gets_typed_outcomes() -> None:
    got: list[bulk.Outcome[Any]] = []
    bulk.run([question("a"), ("x", question("b"))], async_client(), sink=got.append)
    assert {(one.index, one.id, one.value.choices[0].message.content) for one in got} == {(0, "0", "a"), (1, "x", "b")}


def test_failed_rows_are_kept_with_their_reason(tmp_path: Path) -> None:
    """Errors of the server, requests that cannot be built, and values that are not requests."""

    def answer(body: dict[str, Any]) -> httpx2.Response:
        return reply(body) if text_of(body) != "bad" else httpx2.Response(422, json={"detail": "no such model"})

    def build(row: dict[str, Any]) -> BaseRequest:
        if row["kind"] == "stream":
            return chat.stream(model="m", messages=[{"role": "user", "content": "x"}])
        return question(row["text"])

    rows = [
        {"kind": "", "text": "ok"},
        {"kind": "", "text": "bad"},
        {"kind": "none"},
        {"kind": "", "text": "ok"},
        {"kind": "stream"},
    ]
    out = tmp_path / "out.jsonl"
    report = bulk.run(rows, async_client(answer), sink=out, build=build)
    assert set(answered(out)) == {0, 3}
    assert report.failed == 3
    failed = {line["index"]: line for line in lines(tmp_path / "out.jsonl.failed.jsonl")}
    assert {number: line["error"] for number, line in failed.items()} == {
        1: "UnprocessableEntityError",
        2: "KeyError",
        4: "InvalidRequestError",
    }
    assert failed[1]["status"] == 422
    assert failed[1]["input"] == rows[1]
    assert "StreamRequest" in failed[4]["message"]


def test_finished_rows_are_not_called_again(tmp_path: Path) -> None:
    """The same run again calls nothing; failed rows are called again if asked for, and replace their failure."""
    calls: Counter[str] = Counter()
    broken = True

    def answer(body: dict[str, Any]) -> httpx2.Response:
        text = text_of(body)
        calls[text] += 1
        return httpx2.Response(400, json={}) if broken and text == "q3" else reply(body)

    out = tmp_path / "out.jsonl"
    first = bulk.run(questions(10), async_client(answer), sink=out)
    assert (first.succeeded, first.failed) == (9, 1)
    again = bulk.run(questions(10), async_client(answer), sink=out)
    assert (again.succeeded, again.failed, again.skipped) == (0, 0, 10)
    assert set(calls.values()) == {1}
    still = bulk.run(questions(10), async_client(answer), sink=out, retry_failed=True)
    assert (still.succeeded, still.failed, calls["q3"]) == (0, 1, 2)
    assert len(lines(tmp_path / "out.jsonl.failed.jsonl")) == 1
    broken = False
    last = bulk.run(questions(10), async_client(answer), sink=out, retry_failed=True)
    assert (last.succeeded, last.failed, last.skipped, calls["q3"]) == (1, 0, 9, 3)
    assert len(answered(out)) == 10
    assert not (tmp_path / "out.jsonl.failed.jsonl").exists()


def test_ordered_answers_are_in_the_order_of_the_input(tmp_path: Path) -> None:
    async def answer(body: dict[str, Any]) -> httpx2.Response:
        await asyncio.sleep(0.02 if text_of(body).endswith("0") else 0.0)
        return reply(body)

    out = tmp_path / "out.jsonl"
    bulk.run(questions(100), async_client(answer), sink=out, ordered=True, concurrency=16)
    assert [line["index"] for line in lines(out)] == list(range(100))


def test_the_input_is_read_only_as_fast_as_it_is_answered(tmp_path: Path) -> None:
    """Also if one row of an ordered run takes long."""
    read = 0
    finished = 0

    def rows() -> Iterator[Request[Any]]:
        nonlocal read
        for request in questions(2000):
            read += 1
            assert read - finished <= 8 * 4 + 2 * 4
            yield request

    async def answer(body: dict[str, Any]) -> httpx2.Response:
        await asyncio.sleep(0.1 if text_of(body) == "q0" else 0)
        return reply(body)

    def sink(outcome: bulk.Outcome[Any]) -> None:
        nonlocal finished
        finished += 1

    bulk.run(rows(), async_client(answer), sink=sink, ordered=True, concurrency=4)
    assert finished == 2000


def test_a_wrong_key_ends_the_run_at_once(tmp_path: Path) -> None:
    """Rows without an answer stay open, and another key continues."""
    calls = 0

    def answer(body: dict[str, Any]) -> httpx2.Response:
        nonlocal calls
        calls += 1
        return httpx2.Response(401, json={"message": "no"})

    out = tmp_path / "out.jsonl"
    with pytest.raises(AuthenticationError, match="HTTP 401"):
        bulk.run(questions(1000), async_client(answer), sink=out, concurrency=4)
    assert calls <= 8
    assert bulk.run(questions(1000), async_client(), sink=out).succeeded == 1000


def test_a_spent_balance_ends_the_run_at_once(tmp_path: Path) -> None:
    def answer(body: dict[str, Any]) -> httpx2.Response:
        return httpx2.Response(429, json={"error": {"code": "insufficient_quota", "message": "pay"}})

    with pytest.raises(SpecwireError, match="pay"):
        bulk.run(questions(1000), async_client(answer), sink=tmp_path / "out.jsonl", concurrency=4)


def test_many_failures_in_succession_end_the_run(tmp_path: Path) -> None:
    def answer(body: dict[str, Any]) -> httpx2.Response:
        return httpx2.Response(400, json={"message": "bad model"})

    with pytest.raises(SpecwireError, match="5 rows failed in succession, the last with BadRequestError") as caught:
        bulk.run(questions(1000), async_client(answer), sink=tmp_path / "out.jsonl", stop_after=5, concurrency=2)
    assert caught.value.__cause__ is not None
    assert 5 <= len(lines(tmp_path / "out.jsonl.failed.jsonl")) <= 9


def test_errors_of_the_source_and_of_the_sink_reach_the_caller(tmp_path: Path) -> None:
    def rows() -> Iterator[Request[Any]]:
        yield question("a")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        bulk.run(rows(), async_client(), sink=tmp_path / "a.jsonl")
    assert len(answered(tmp_path / "a.jsonl")) == 1

    def sink(outcome: object) -> None:
        raise KeyError("column")

    with pytest.raises(KeyError, match="column"):
        bulk.run(questions(5), async_client(), sink=sink)


def test_another_input_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    bulk.run(questions(50), async_client(), sink=out)
    with pytest.raises(SpecwireError, match="are not those of the journal"):
        bulk.run((question(f"other {number}") for number in range(50)), async_client(), sink=out)
    with pytest.raises(SpecwireError, match="only 20 rows"):
        bulk.run(questions(20), async_client(), sink=out)


def test_an_output_without_its_journal_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("precious\n")
    with pytest.raises(ConfigurationError, match="its journal .* does not"):
        bulk.run(questions(1), async_client(), sink=out)
    assert out.read_text() == "precious\n"


def test_a_lost_output_is_not_paid_again_silently(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    bulk.run(questions(5), async_client(), sink=out)
    out.unlink()
    with pytest.raises(SpecwireError, match="shorter than the journal"):
        bulk.run(questions(5), async_client(), sink=out)


@pytest.mark.parametrize(
    ("sink", "options", "message"),
    [
        ("out.csv", {}, "unknown ending"),
        ("out.jsonl", {"concurrency": 0}, "give 1 or more"),
    ],
)
def test_wrong_arguments_are_refused(tmp_path: Path, sink: str, options: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        bulk.run(questions(1), async_client(), sink=tmp_path / sink, **options)


def test_a_path_is_not_a_list_of_requests(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"bulk\.read"):
        bulk.run("rows.jsonl", async_client(), sink=tmp_path / "out.jsonl")


def test_rows_need_the_id_that_was_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="no value for the id 'key'"):
        bulk.run([{"text": "a"}], async_client(), sink=tmp_path / "o.jsonl", id="key", build=lambda row: question("a"))


def test_two_runs_cannot_share_an_output(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"

    async def answer(body: dict[str, Any]) -> httpx2.Response:
        with pytest.raises(SpecwireError, match="in use by another process"):
            await bulk.arun(questions(1), async_client(), sink=out)
        return reply(body)

    assert bulk.run(questions(1), async_client(answer), sink=out).succeeded == 1


def test_progress_and_cost_are_reported(tmp_path: Path) -> None:
    seen: list[bulk.Progress] = []
    report = bulk.run(
        list(questions(20)),
        async_client(),
        sink=tmp_path / "out.jsonl",
        progress=seen.append,
        prices=bulk.Prices(input=1.0, output=10.0),
    )
    assert (seen[-1].finished, seen[-1].total, seen[-1].failed) == (20, 20, 0)
    assert report.cost == pytest.approx((200 * 1.0 + 40 * 10.0) / 1e6)
    assert str(seen[-1]).startswith("20 of 20 rows")


def test_the_middleware_and_the_retry_policy_of_a_client_stay(tmp_path: Path) -> None:
    calls = 0

    def answer(body: dict[str, Any]) -> httpx2.Response:
        nonlocal calls
        calls += 1
        return httpx2.Response(503, json={})

    got: list[bulk.Outcome[Any]] = []
    bulk.run(questions(1), async_client(answer), sink=got.append)
    assert calls == 8
    with pytest.raises(ServerError, match="HTTP 503 after 8 attempts"):
        _ = got[0].value


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"concurency": 3}, r"run\(\) has no argument 'concurency': did you mean 'concurrency'\?"),
        ({"xyz": 3}, r"run\(\) has no argument 'xyz'$"),
        ({"sink": None}, r"sink is NoneType: give a path that ends in \.jsonl or \.parquet, or a function"),
        ({"sink": 3}, "sink is int: give a path"),
    ],
)
def test_an_argument_that_does_not_exist_is_rejected(keywords: dict[str, Any], message: str, tmp_path: Path) -> None:
    """A misspelled limit would not be kept, without a notice; nothing is called."""
    given: dict[str, Any] = {"sink": tmp_path / "out.jsonl", **keywords}
    with pytest.raises(TypeError, match=message):
        bulk.run(questions(3), async_client(), **given)
    assert list(tmp_path.iterdir()) == []
