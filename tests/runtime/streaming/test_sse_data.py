"""Fast path `SSEParser.feed_data`: the same data as `feed`."""

from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st
from specwire._streaming.sse import EventTooLargeError, SSEParser

PIECES = (
    b"data: a",
    b"data: b\n\n",
    b"data:",
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\r",
    b"id: 1\n",
    b"retry: 5\n",
    b"event: x\n",
    b": ",
)
STREAMS = st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """Return a stream in pieces."""
    return [stream[start:end] for start, end in pairwise((0, *sorted(places), len(stream)))]


@given(stream=STREAMS, places=st.lists(st.integers(0, 40), max_size=5))
@example(stream=b"data: a\n\ndata: b\n\nevent: x\ndata: c\n\n", places=[3, 12])
@example(stream=b"\n\ndata: d\n\ndata: e\nevent: x\r\n\r\n", places=[2, 19])
@example(stream=b"x: y\n\ndata: a\n\ndata: b\n\n\ndata: c\n\n", places=[6])
def test_feed_data_equals_feed(stream: bytes, places: list[int]) -> None:
    """However a stream is split, and whichever of the two is called for each chunk."""
    plain, quick, mixed = SSEParser(), SSEParser(), SSEParser()
    for index, chunk in enumerate(cut(stream, places)):
        expected = [event.data for event in plain.feed(chunk)]

        assert expected == quick.feed_data(chunk)
        assert expected == (mixed.feed_data(chunk) if index % 2 else [event.data for event in mixed.feed(chunk)])
        assert plain.last_event_id == quick.last_event_id
        assert plain.unfinished == quick.unfinished
    assert plain.retry == quick.retry
    assert plain.close() == quick.close()


def test_an_event_over_the_limit_is_rejected() -> None:
    """After the events before it; all later calls raise too."""
    parser = SSEParser(max_event_size=20)
    parser.feed_data(b"data: a\n\n")

    assert [b"b"] == parser.feed_data(b"data: b\n\ndata: " + b"c" * 30)
    with pytest.raises(EventTooLargeError, match="larger than 20 bytes"):
        parser.feed_data(b"\n\n")
    with pytest.raises(EventTooLargeError, match="larger than 20 bytes"):
        parser.feed_data(b"data: d\n\ndata: e\n\n")
