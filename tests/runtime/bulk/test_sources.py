"""Sources and sinks: JSON Lines, Parquet, data frames."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import pyarrow as arrow
import pyarrow.dataset
import pyarrow.parquet
import pytest
from specwire import Headers, Response, bulk
from specwire._bulk import sinks
from specwire._bulk.outcomes import encoded, result_line
from specwire._bulk.sources import count_rows
from specwire.bulk import Outcome
from specwire.errors import ConfigurationError, InvalidRequestError, SpecwireError

from tests.runtime.bulk.bulk_client import async_client, question, questions, reply, text_of

ROWS = [{"name": f"n{number}", "size": number} for number in range(2500)]


@pytest.fixture
def table() -> Any:
    """A table of the rows."""
    return arrow.Table.from_pylist(ROWS)


def test_json_lines_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2}\nno json\n')
    rows = bulk.read(path)
    assert [next(rows), next(rows)] == [{"a": 1}, {"a": 2}]
    with pytest.raises(InvalidRequestError, match=r"rows\.jsonl:4: the line is not a JSON object"):
        next(rows)
    assert count_rows(str(path)) == 3


def test_parquet_files_folders_and_tables_are_read(tmp_path: Path, table: Any) -> None:
    arrow.parquet.write_table(table, tmp_path / "rows.parquet")
    folder = tmp_path / "many.parquet"
    folder.mkdir()
    arrow.parquet.write_table(table.slice(0, 1000), folder / "a.parquet")
    arrow.parquet.write_table(table.slice(1000), folder / "b.parquet")
    for source in (tmp_path / "rows.parquet", str(folder), table):
        assert list(bulk.read(source)) == ROWS
    assert count_rows(str(folder)) == 2500


@pytest.mark.parametrize("size", [0, 10, -20])
def test_a_damaged_parquet_file_is_reported(size: int, tmp_path: Path, table: Any) -> None:
    """One that is empty, another kind of file, and one that was cut off."""
    path = tmp_path / "rows.parquet"
    arrow.parquet.write_table(table, path)
    path.write_bytes(path.read_bytes()[:size])
    for read in (lambda: list(bulk.read(path)), lambda: count_rows(str(path))):
        with pytest.raises(ConfigurationError, match=r"rows\.parquet' cannot be read as Parquet: "):
            read()


class Frame:
    """Data frame of a library with the Arrow interface, as pandas and Polars have it."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def test_data_frames_are_read(table: Any) -> None:
    assert list(bulk.read(Frame(table))) == ROWS


@pytest.mark.parametrize(
    ("source", "message"),
    [("rows.csv", "does not exist"), (__file__, "unknown ending"), (3, "rows cannot be read from int")],
)
def test_unknown_sources_are_refused(source: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        bulk.read(source)


def test_parquet_needs_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'specwire\[bulk\]'"):
        bulk.run(questions(1), async_client(), sink=tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []


def test_answers_are_written_to_parquet(tmp_path: Path) -> None:
    """In files of a fixed number of rows; nothing else is left in the folder."""
    out = tmp_path / "out.parquet"
    with mock.patch.object(sinks, "PART_ROWS", 40):
        bulk.run(questions(100), async_client(), sink=out)
    rows = arrow.dataset.dataset(out).to_table().to_pylist()
    assert sorted(row["index"] for row in rows) == list(range(100))
    assert all(f'"content":"q{row["id"]}"' in row["response"] for row in rows)
    assert sorted(file.name for file in out.iterdir()) == [f"part-0000{part}.parquet" for part in range(3)]


def test_rows_of_a_file_are_built_into_requests(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"key": "x", "text": "a"}\n{"key": "y", "text": "b"}\n')
    got: dict[str, str] = {}

    def sink(outcome: bulk.Outcome[Any]) -> None:
        got[outcome.id] = outcome.value.choices[0].message.content

    bulk.run(bulk.read(path), async_client(), sink=sink, id="key", build=lambda row: question(row["text"]))
    assert got == {"x": "a", "y": "b"}


@pytest.mark.parametrize(
    ("content", "parsed", "line"),
    [
        (b'{"a":\n 1}', {"a": 1}, b'{"a":1}'),
        (b'{"big": 123456789012345678901234567890}', None, b'{"big":123456789012345678901234567890}'),
        (b"plain text", "plain text", b'"plain text"'),
        (b"", None, b"null"),
    ],
)
def test_a_response_is_one_line_of_json(content: bytes, parsed: Any, line: bytes) -> None:
    """As the server sent it if that is JSON."""
    response = Response(status_code=200, headers=Headers({}), content=content, parsed=parsed)
    expected = b'{"index":3,"id":"\\"x","response":' + line + b"}\n"
    assert result_line(Outcome(index=3, id='"x', response=response)) == expected


@pytest.mark.parametrize("item", [object(), {1: object()}, {"f": open}, float("nan"), b"bytes"])
def test_any_row_can_be_shown(item: Any) -> None:
    """Rows that are not JSON are kept as far as they are."""
    assert b"\n" not in encoded(item)


def test_a_data_frame_is_a_source_by_itself(tmp_path: Path) -> None:
    """Without `read`, its rows are called, not the names of its columns."""
    table = arrow.table({"text": ["a", "b"]})
    report = bulk.run(table, async_client(), build=lambda row: question(row["text"]), sink=tmp_path / "out.jsonl")
    assert report.succeeded == 2


@pytest.mark.parametrize("identity", [7, UUID(int=7), ("a", 1)])
def test_an_id_of_any_type_is_written_as_text(identity: object, tmp_path: Path) -> None:
    got: list[Outcome[Any]] = []
    bulk.run([(identity, question("a"))], async_client(), sink=got.append)
    assert [(one.id, one.succeeded) for one in got] == [(str(identity), True)]


def test_a_pair_of_other_values_is_a_row(tmp_path: Path) -> None:
    got: list[Outcome[Any]] = []
    bulk.run([(1, "a")], async_client(), build=lambda row: question(row[1]), sink=got.append)
    assert [(one.id, one.succeeded) for one in got] == [("0", True)]


def test_a_parquet_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    out.touch()
    with pytest.raises(SpecwireError, match="cannot be made: File exists"):
        bulk.run(questions(1), async_client(), sink=out)


def test_a_part_that_cannot_be_written_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full: nothing incomplete is left, and the next run makes no call twice."""
    monkeypatch.setattr(sinks, "PART_ROWS", 10)
    out, calls = tmp_path / "out.parquet", list[str]()

    def answer(body: dict[str, Any]) -> Any:
        calls.append(text_of(body))
        return reply(body)

    full = OSError(errno.ENOSPC, "No space left on device")
    with (
        mock.patch("pyarrow.parquet.write_table", side_effect=full),
        pytest.raises(SpecwireError, match="No space left"),
    ):
        bulk.run(questions(30), async_client(answer), sink=out, concurrency=4)
    assert not list(out.glob("*.incomplete"))
    bulk.run(questions(30), async_client(answer), sink=out, concurrency=4)
    assert len(pyarrow.dataset.dataset(out, format="parquet").to_table()) == 30
    assert len(calls) - 30 <= 4
