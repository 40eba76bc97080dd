"""Server-sent events: any bytes, in any chunks, compared with a line-by-line parser."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from specwire._streaming.sse import ServerSentEvent, SSEParser

from .check import Check

_DATA = [
    b"data: a",
    b"data:b",
    b"data:  c",
    b"data",
    b"data: ",
    b"data: \xc3",
    b"\xa4",
    b"data: [DONE]",
    b"\xef\xbb\xbf",
]
_FIELDS = [
    b"event: e",
    b"event",
    b"id: 1",
    b"id",
    b"id: \0",
    b"retry: 5",
    b"retry: x",
    b": comment",
    b":",
    b"",
    b"x: y",
]
_LINES = st.sampled_from([*_DATA, *_FIELDS])
_ENDS = st.sampled_from([b"\n", b"\n", b"\n\n", b"\r\n", b"\r"])
_STREAMS = st.lists(st.tuples(_LINES, _ENDS).map(b"".join)).map(b"".join) | st.binary(max_size=200)
_CUT = st.tuples(_STREAMS, st.lists(st.integers(0, 400)))


_PLAIN = st.sampled_from([b"data: d\n\n", b"data: d\n\n", b"data: e\n", b"data: e\n"])
_MIXED = st.sampled_from([b"event: x\n", b"event: x\r\n\r\n", b"id: 1\n", b"id: 1\r\n", b"\n", b"\r\n", b": c\n"])
_LINED = st.lists(st.tuples(_PLAIN | _MIXED, st.booleans()), max_size=16)
"""Lines as servers write them, and whether the stream is split after each."""


def _pieces(case: tuple[bytes, list[int]]) -> list[bytes]:
    stream, places = case
    cuts = sorted({0, len(stream), *(place for place in places if place < len(stream))})
    return [stream[start:end] for start, end in zip(cuts, cuts[1:], strict=False)]


def _events(stream: bytes) -> list[ServerSentEvent]:
    """Parse a whole stream line by line."""
    *lines, _ = re.split(rb"\r\n|\r|\n", stream.removeprefix(b"\xef\xbb\xbf"))
    found: list[ServerSentEvent] = []
    data, name, last_id, retry = list[bytes](), "", "", None
    for line in lines:
        if not line:
            if data:
                found.append(ServerSentEvent(b"\n".join(data), name or "message", last_id, retry))
            data, name, retry = [], "", None
            continue
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            name = value.decode("utf-8", "replace")
        elif field == b"data":
            data.append(value)
        elif field == b"id" and b"\0" not in value:
            last_id = value.decode("utf-8", "replace")
        elif field == b"retry" and re.fullmatch(rb"[0-9]{1,18}", value):
            retry = int(value)
    return found


def any_chunks_give_the_same_events(case: tuple[bytes, list[int]]) -> None:
    """For any bytes."""
    parser = SSEParser()
    assert _events(case[0]) == [event for piece in _pieces(case) for event in parser.feed(piece)]


def the_data_alone_is_the_same(case: tuple[bytes, list[int]]) -> None:
    """`feed_data`, the fast path, returns the data of the same events and keeps the same id."""
    quick, slow = SSEParser(), SSEParser()
    for piece in _pieces(case):
        assert [event.data for event in slow.feed(piece)] == quick.feed_data(piece)
        assert (slow.last_event_id, slow.retry, slow.pending) == (quick.last_event_id, quick.retry, quick.pending)
    assert slow.close() == quick.close()


def lines_give_the_same_data(lines: list[tuple[bytes, bool]]) -> None:
    """`feed_data` returns the data and names of all events if chunks end with lines."""
    chunks = [b"data: first\n\n", b""]
    for line, cut in lines:
        chunks[-1] += line
        if cut:
            chunks.append(b"")
    expected = [(event.event, event.data) for event in _events(b"".join(chunks))]
    quick, found = SSEParser(), list[tuple[str, bytes]]()
    for chunk in chunks:
        data = quick.feed_data(chunk)
        found += zip(quick.names or ["message"] * len(data), data, strict=True)
    assert expected == found


CHECKS = (
    Check(lines_give_the_same_data, _LINED),
    Check(any_chunks_give_the_same_events, _CUT),
    Check(the_data_alone_is_the_same, _CUT),
)
