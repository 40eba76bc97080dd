"""The journal: killed at any byte that a run writes, the next run goes on without losing or doubling a row."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import httpx2
import pyarrow.dataset
import pytest
from hypothesis import given, settings, strategies as st
from specwire import bulk
from specwire._bulk import append_file, sinks
from specwire._bulk.append_file import AppendFile
from specwire._bulk.bits import Bits
from specwire.errors import SpecwireError

from tests.runtime.bulk.bulk_client import answered, async_client, lines, questions, reply, text_of

ROWS = 25
CONCURRENCY = 3
FAILING = "q7"


class Killed(BaseException):
    """End of the process, as far as files are concerned."""


@contextmanager
def killed_after(steps: int) -> Iterator[Counter[str]]:
    """Let the process write only so many bytes; replacing or removing a file counts as one.

    Nothing is written afterwards either, whatever the program does as its exceptions propagate.
    """
    done: Counter[str] = Counter()

    def spend(count: int) -> int:
        count = min(count, steps - done["steps"])
        done["steps"] += count
        return count

    def write(file: FileIO, data: memoryview) -> int:
        allowed = spend(len(data))
        file.write(data[:allowed])
        if allowed < len(data):
            raise Killed
        return allowed

    def counted(function: Any) -> Any:
        def call(*args: Any) -> None:
            if not spend(1):
                raise Killed
            function(*args)

        return call

    with (
        mock.patch.object(append_file, "write", write),
        mock.patch.object(AppendFile, "truncate", counted(AppendFile.truncate)),
        mock.patch("specwire._bulk.sinks.os.replace", counted(os.replace)),
        mock.patch.object(sinks, "remove", counted(sinks.remove)),
        mock.patch.object(sinks, "PART_ROWS", 6),
    ):
        yield done


def answers_in(path: Path) -> dict[int, str]:
    """Return the answered rows of an output."""
    if path.suffix == ".jsonl":
        return answered(path)
    rows = pyarrow.dataset.dataset(path).to_table().to_pylist()
    assert len({row["index"] for row in rows}) == len(rows), "a row is in the sink twice"
    return {row["index"]: f"q{row['index']}" for row in rows}


def run(out: Path, calls: Counter[str], ordered: bool) -> None:
    def answer(body: dict[str, Any]) -> httpx2.Response:
        calls[text_of(body)] += 1
        return httpx2.Response(400, json={}) if text_of(body) == FAILING else reply(body)

    bulk.run(questions(ROWS), async_client(answer), sink=out, ordered=ordered, concurrency=CONCURRENCY)


def steps_of(name: str, ordered: bool) -> int:
    """Return how many steps a whole run takes."""
    with TemporaryDirectory() as folder, killed_after(10**9) as done:
        run(Path(folder, name), Counter(), ordered)
    return done["steps"]


@pytest.mark.parametrize("ordered", [False, True], ids=["unordered", "ordered"])
@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_a_kill_at_any_byte_loses_and_doubles_nothing(name: str, ordered: bool) -> None:
    """Several kills in a row; a call is made twice only if it was in flight during one."""
    steps = steps_of(name, ordered)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(0, steps), max_size=5))
    def check(kills: list[int]) -> None:
        calls: Counter[str] = Counter()
        with TemporaryDirectory() as folder:
            out = Path(folder, name)
            for kill in kills:
                with killed_after(kill):
                    try:
                        run(out, calls, ordered)
                    except Killed:
                        continue
            with mock.patch.object(sinks, "PART_ROWS", 6):
                run(out, calls, ordered)
            assert answers_in(out) == {number: f"q{number}" for number in range(ROWS) if number != 7}
            failed = lines(Path(folder, f"{name}.failed.jsonl"))
            assert [line["index"] for line in failed] == [7]
        assert sum(calls.values()) - ROWS <= len(kills) * 2 * CONCURRENCY

    check()


def test_a_row_whose_record_is_missing_is_not_paid_again(tmp_path: Path) -> None:
    """The kill came between the line in the output and the record in the journal."""
    out, calls = tmp_path / "out.jsonl", Counter[str]()
    run(out, calls, ordered=False)
    journal = tmp_path / "out.jsonl.journal"
    kept = [line for line in journal.read_bytes().splitlines(keepends=True) if b'"ok"' not in line]
    journal.write_bytes(b"".join(kept))
    run(out, calls, ordered=False)
    assert sum(calls.values()) == ROWS
    assert len(answered(out)) == ROWS - 1


def test_power_failure_drops_what_the_disk_lost(tmp_path: Path) -> None:
    """The journal may have reached the disk before the output did; only the lost rows are called again."""
    out, calls = tmp_path / "out.jsonl", Counter[str]()
    with mock.patch("specwire._bulk.ledger.Ledger.sync"):
        run(out, calls, ordered=False)
    content = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(content[:-4]) + content[-4][:10])
    run(out, calls, ordered=False)
    assert sum(calls.values()) == ROWS + 4
    assert len(answered(out)) == ROWS - 1


def test_a_damaged_journal_is_reported(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run(out, Counter(), ordered=False)
    journal = tmp_path / "out.jsonl.journal"
    content = journal.read_bytes()
    journal.write_bytes(content[:40] + b"\x00\x00\n" + content[43:])
    with pytest.raises(SpecwireError, match="is damaged before byte"):
        run(out, Counter(), ordered=False)


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    file = AppendFile(str(tmp_path / "a"))
    file.append(b"one\n")

    def full(target: FileIO, data: memoryview) -> int:
        target.write(data[:2])
        raise OSError(28, "No space left on device")

    with mock.patch.object(append_file, "write", full), pytest.raises(SpecwireError, match="No space left"):
        file.append(b"two\n")
    file.append(b"three\n")
    assert (tmp_path / "a").read_bytes() == b"one\nthree\n"
    assert list(file.lines_backwards()) == [b"three\n", b"one\n"]
    file.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5000))))
def test_bits_are_a_set_of_numbers(changes: list[tuple[bool, int]]) -> None:
    bits, numbers = Bits(), set[int]()
    for add, number in changes:
        (bits.add if add else bits.discard)(number)
        (numbers.add if add else numbers.discard)(number)
    assert len(bits) == len(numbers)
    assert [number for number in range(5001) if number in bits] == sorted(numbers)
