"""Drift that `DriftReport` gathers: merged, bounded, and saved by threads and processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
from specwire import Drift, DriftEntry, DriftReport, DriftWarning
from specwire.errors import NotFoundError

from tests.support.caller import Caller
from tests.support.server import Server, reply

NULL = Drift("$.data[3].name", "string", "null")


def saved(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("expected", "got", "kind"),
    [
        ("string", "null", "null"),
        ("string", "nothing", "missing"),
        ("one of 'a', 'b'", "string 'c'", "value"),
        ("one of 'a'", 'string "it\'s"', "value"),
        ("one of 1, 2", "integer 3", "value"),
        ("Cat or Dog", "object with kind='bird'", "variant"),
        ("Cat", "object of 3 fields of which the document has none", "variant"),
        ("string", "integer", "type"),
        ("string", "object", "type"),
        ("no content", "12 bytes of text/html", "body"),
        ("Cat", "12 bytes of text/html", "body"),
    ],
)
def test_drift_has_a_kind(expected: str, got: str, kind: str) -> None:
    """It follows from what was expected and received."""
    assert kind == Drift("$", expected, got).kind


def test_drift_is_merged_by_operation_place_and_kind() -> None:
    """Indexes do not count, and each received value is counted."""
    report = DriftReport()
    report.record("listPets", [NULL, Drift("$.data[4].name", "string", "null")], 200)
    report.record("listPets", [Drift("$.data[0].size", "one of 's'", "string 'm'")], 200)
    report.record("listPets", [Drift("$.data[0].size", "one of 's'", "string 'l'")] * 2, 200)
    report.record("getPet", [NULL])
    report([NULL])
    sizes, names, *others = report.entries
    assert ("$.data[].size", "value", {"string 'm'": 1, "string 'l'": 2}, 3) == (
        sizes.path,
        sizes.kind,
        sizes.got,
        sizes.count,
    )
    assert ("listPets", 200, "$.data[].name", 2) == (names.operation, names.status, names.path, names.count)
    assert "$.data[3].name: expected string, got null" == names.example
    assert [("getPet", None, 1), ("", None, 1)] == [(each.operation, each.status, each.count) for each in others]
    assert 4 == len(report)


def test_memory_is_bounded() -> None:
    """A server can invent names and values without end."""
    report = DriftReport(limit=10)
    report.record("a", [Drift(f"$.x{number}", "string", "null") for number in range(1000)])
    report.record("a", [Drift("$.x0", "one of 'a'", f"string 'v{number}'") for number in range(1000)])
    assert 10 == len(report)
    assert 1990 == report.dropped
    report = DriftReport()
    report.record("a", [Drift("$.x", "one of 'a'", f"string 'v{number}'") for number in range(1000)])
    (entry,) = report.entries
    assert (1000, 20) == (entry.count, len(entry.got))
    report.record("a", [Drift("$", "no content", f"{number} bytes of text/html") for number in range(50)])
    assert {"bytes of text/html": 50} == next(each.got for each in report.entries if each.kind == "body")


def test_a_file_gets_each_drift_once(tmp_path: Path) -> None:
    """Saving again appends only what is new."""
    path = tmp_path / "drift.jsonl"
    report = DriftReport()
    report.save(path)
    assert not path.exists()
    report.record("a", [NULL, NULL])
    report.save(path)
    report.save(path)
    report.record("a", [NULL])
    report.save(str(path))
    assert [2, 1] == [line["count"] for line in saved(path)]
    assert 3 == report.entries[0].count


def test_a_failed_save_loses_nothing(tmp_path: Path) -> None:
    """A part of a line that was written is removed."""
    path = tmp_path / "drift.jsonl"
    report = DriftReport()
    report.record("a", [NULL])
    with pytest.raises(OSError, match="No such file"):
        report.save(tmp_path / "no" / "folder.jsonl")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            report.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert b"" == path.read_bytes()
    report.save(path)
    assert [1] == [line["count"] for line in saved(path)]


def test_threads_share_a_report(tmp_path: Path) -> None:
    """No drift is lost or counted twice while others save."""
    path, report = tmp_path / "drift.jsonl", DriftReport()

    def work() -> None:
        for _ in range(200):
            report.record("a", [NULL])
            report.save(path)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 800 == report.entries[0].count == sum(line["count"] for line in saved(path))


def _append_many(path: str, name: str) -> None:
    report = DriftReport()
    for number in range(50):
        report.record(name, [Drift(f"$.{'x' * 500}{number}", "string", "null")])
        report.save(path)


def test_processes_share_a_file(tmp_path: Path) -> None:
    """Every line is whole."""
    path = tmp_path / "drift.jsonl"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append_many, args=(str(path), f"p{number}")) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    lines = saved(path)
    assert {f"p{number}": 50 for number in range(3)} == {
        name: sum(line["operation"] == name for line in lines) for name in ("p0", "p1", "p2")
    }


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_forked_process_saves_only_its_own(tmp_path: Path) -> None:
    """What the parent gathered is saved by the parent, even if a thread holds the lock at the fork."""
    path, report = tmp_path / "drift.jsonl", DriftReport()
    report.record("parent", [NULL])
    with report._lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
        if child == 0:
            report.record("child", [NULL])
            report.save(path)
            os._exit(0)
    os.waitpid(child, 0)
    report.save(path)
    assert ["child", "parent"] == [line["operation"] for line in saved(path)]


def test_another_reaction_follows() -> None:
    """A warning, or a function; an exception would come before the record."""
    seen: list[Any] = []
    DriftReport(also=seen.extend).record("a", [NULL])
    assert [NULL] == seen
    with pytest.warns(DriftWarning, match="^a differs from its document"):
        DriftReport(also="warn").record("a", [NULL])
    with pytest.raises(ValueError, match="also="):
        DriftReport(also="raise")


def test_a_client_tells_the_operation(caller: Caller, server: Server) -> None:
    """Of successes, declared errors and undeclared ones."""
    report = DriftReport()
    server.play(reply({"id": None}), reply({"odd": 1}, status=404))
    client = caller.client(on_drift=report)
    caller.run(client.things.get("1"))
    with pytest.raises(NotFoundError, match="HTTP 404"):
        caller.run(client.things.get("1"))
    found = {(each.operation, each.status, each.path) for each in report.entries}
    assert ("get_thing", 200, "$.id") in found
    assert ("get_thing", 404, "$") in found


def test_an_undeclared_error_body_is_only_recorded(caller: Caller, server: Server) -> None:
    """Nobody is warned of it: gateways send errors that no document lists."""
    seen: list[Any] = []
    report = DriftReport(also=seen.extend)
    server.play(reply({"odd": 1}, status=404))
    with pytest.raises(NotFoundError, match="HTTP 404"):
        caller.run(caller.client(on_drift=report).things.drop("1"))
    assert ["body"] == [entry.kind for entry in report.entries]
    assert [] == seen


def test_entries_are_plain_values() -> None:
    """They compare and print."""
    report = DriftReport()
    report.record("a", [NULL])
    (entry,) = report.entries
    assert isinstance(entry, DriftEntry)
    entry.got.clear()
    assert report.entries[0].got
    assert "DriftReport(1 entries)" == repr(report)
