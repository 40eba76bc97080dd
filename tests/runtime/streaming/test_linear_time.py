"""Incremental parsers: time is linear for large items and for small pieces."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from specwire._responses.jsonlines import JSONLinesParser, JSONSequenceParser
from specwire._streaming.sse import SSEParser

Feed = Callable[[bytes], object]

MEGABYTE = 1 << 20


def event(size: int) -> bytes:
    """Return an event of one line."""
    return b'data: {"a":"' + b"x" * size + b'"}\n\n'


def lines(size: int) -> bytes:
    """Return an event of many lines of data."""
    return b"data: " + b"x" * 50 + b"\n" + (b"data: " + b"x" * 50 + b"\n") * (size // 57) + b"\n"


def comment(size: int) -> bytes:
    """Return a comment of one line."""
    return b": " + b"x" * size + b"\n\n"


def record(size: int) -> bytes:
    """Return a record on one line."""
    return b'{"a":"' + b"x" * size + b'"}\n'


def indented(size: int) -> bytes:
    """Return a record on many lines."""
    return b"\x1e[\n" + b"1,\n" * (size // 3) + b"1]\n"


CASES = [
    pytest.param(lambda: SSEParser().feed_data, event, id="event, data"),
    pytest.param(lambda: SSEParser().feed, event, id="event"),
    pytest.param(lambda: SSEParser().feed_data, lines, id="lines, data"),
    pytest.param(lambda: SSEParser().feed, lines, id="lines"),
    pytest.param(lambda: SSEParser().feed_data, comment, id="comment"),
    pytest.param(lambda: JSONLinesParser().feed, record, id="json lines"),
    pytest.param(lambda: JSONSequenceParser().feed, lambda size: b"\x1e" + record(size), id="json-seq"),
    pytest.param(lambda: JSONSequenceParser().feed, indented, id="json-seq, indented"),
]


def seconds(make: Callable[[], Feed], data: bytes, piece: int) -> float:
    """Return the CPU time to parse data in pieces, the least of three runs."""
    found = []
    for _ in range(3):
        feed, started = make(), time.process_time()
        for at in range(0, len(data), piece):
            feed(data[at : at + piece])
        found.append(time.process_time() - started)
    return min(found)


@pytest.mark.parametrize("piece", [1024, 4096])
@pytest.mark.parametrize(("make", "shape"), CASES)
def test_time_is_linear(make: Callable[[], Feed], shape: Callable[[int], bytes], piece: int) -> None:
    """Four times the bytes take about four times the time, and not sixteen times."""
    assert seconds(make, shape(4 * MEGABYTE), piece) < 9 * seconds(make, shape(MEGABYTE), piece) + 0.02
