"""Parser of server-sent events: exactly the events of the WHATWG HTML standard."""

import re
import tracemalloc

import pytest
from hypothesis import given, strategies as st
from specwire._streaming.sse import EventTooLargeError, ServerSentEvent, SSEParser


def parse(stream: bytes, cuts: tuple[int, ...] = ()) -> list[ServerSentEvent]:
    """Parse a stream that arrives in pieces."""
    parser = SSEParser()
    events: list[ServerSentEvent] = []
    for start, end in zip((0, *cuts), (*cuts, len(stream)), strict=True):
        events += parser.feed(stream[start:end])
    parser.close()
    return events


def reference(stream: bytes) -> list[ServerSentEvent]:
    """Parse a whole stream line by line, exactly as the standard describes."""
    *lines, _ = re.split(rb"\r\n|\r|\n", stream.removeprefix(b"\xef\xbb\xbf"))
    events: list[ServerSentEvent] = []
    data, event, last_id, retry = b"", "", "", None
    for line in lines:
        if not line:
            if data:
                events.append(ServerSentEvent(data.removesuffix(b"\n"), event or "message", last_id, retry))
            data, event, retry = b"", "", None
            continue
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"event":
            event = value.decode("utf-8", "replace")
        elif name == b"data":
            data += value + b"\n"
        elif name == b"id" and b"\0" not in value:
            last_id = value.decode("utf-8", "replace")
        elif name == b"retry" and re.fullmatch(rb"[0-9]{1,18}", value):
            retry = int(value)
    return events


EXAMPLES = {
    "data only": (b"data: a plain message\n\n", [ServerSentEvent(b"a plain message")]),
    "two lines of data": (b"data: first\ndata: second\n\n", [ServerSentEvent(b"first\nsecond")]),
    "named events": (
        b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n",
        [ServerSentEvent(b"73857293", "add"), ServerSentEvent(b"2153", "remove")],
    ),
    "an id, then an id reset, then a space kept": (
        b": a test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        [
            ServerSentEvent(b"first event", id="1"),
            ServerSentEvent(b"second event"),
            ServerSentEvent(b" third event"),
        ],
    ),
    "data without a value is an empty event, twice a line feed": (
        b"data\n\ndata\ndata\n\ndata:\n",
        [ServerSentEvent(b""), ServerSentEvent(b"\n")],
    ),
    "the space after a colon does not count": (
        b"data:test\n\ndata: test\n\n",
        [ServerSentEvent(b"test"), ServerSentEvent(b"test")],
    ),
    "an event name without data": (b"event: ping\n\ndata: x\n\n", [ServerSentEvent(b"x")]),
    "an empty event name": (b"event: \ndata: x\n\n", [ServerSentEvent(b"x")]),
    "an id persists": (
        b"id: 7\ndata: a\n\ndata: b\n\n",
        [ServerSentEvent(b"a", id="7"), ServerSentEvent(b"b", id="7")],
    ),
    "a keep-alive after an id": (b"id: 7\n\n: keep-alive\n\n", []),
    "an id with a NUL": (
        b"id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n",
        [ServerSentEvent(b"a", id="1"), ServerSentEvent(b"b", id="1")],
    ),
    "a reconnection time": (
        b"retry: 3000\ndata: a\n\ndata: b\n\n",
        [ServerSentEvent(b"a", retry=3000), ServerSentEvent(b"b")],
    ),
    "a reconnection time that is not digits": (b"retry: 3s\nretry: -1\nretry:\ndata: a\n\n", [ServerSentEvent(b"a")]),
    "an unknown field, and a field name in capitals": (
        b"foo: bar\nDATA: x\n data: y\ndata: z\n\n",
        [ServerSentEvent(b"z")],
    ),
    "a byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [ServerSentEvent(b"a")]),
    "only the first byte order mark": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", []),
    "carriage returns": (b"data: a\rdata: b\r\rdata: c\r\r", [ServerSentEvent(b"a\nb"), ServerSentEvent(b"c")]),
    "line endings of all kinds": (
        b"data: a\r\ndata: b\ndata: c\r\n\rdata: d\n\r\n",
        [ServerSentEvent(b"a\nb\nc"), ServerSentEvent(b"d")],
    ),
    "invalid UTF-8 in data": (b"data: \xff\xfe\n\n", [ServerSentEvent(b"\xff\xfe")]),
    "an unfinished event": (b"data: a\n\ndata: b\n", [ServerSentEvent(b"a")]),
    "more blank lines": (b"\n\n\ndata: a\n\n\n\n\ndata: b\n\n\n", [ServerSentEvent(b"a"), ServerSentEvent(b"b")]),
    "a colon in data": (b'data: {"a": 1}\n\n', [ServerSentEvent(b'{"a": 1}')]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_events_match_the_standard(name: str) -> None:
    """Each kind of stream."""
    stream, expected = EXAMPLES[name]

    assert expected == parse(stream)


@pytest.mark.parametrize("name", EXAMPLES)
def test_events_match_the_standard_byte_by_byte(name: str) -> None:
    """A stream that arrives a byte at a time gives the same events."""
    stream, expected = EXAMPLES[name]

    assert expected == parse(stream, tuple(range(1, len(stream))))


LINES = st.sampled_from(
    [b"data: x", b"data:y", b"data", b"data: ", b"event: e", b"event", b"id: 1", b"id", b"id: \0", b": c", b"retry: 5",
     b"retry: x", b"", b"", b"", b"other: z", b"data: \xc3\xa4", b"\xef\xbb\xbf", b"data\xef: q", b" data: s"]
)  # fmt: skip
ENDINGS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r"])
STREAMS = st.lists(st.tuples(LINES, ENDINGS)).map(lambda pairs: b"".join(line + ending for line, ending in pairs))


@given(stream=STREAMS | st.binary(max_size=60), data=st.data())
def test_any_chunks_give_the_same_events(stream: bytes, data: st.DataObject) -> None:
    """However a stream is split, its events are those of the reference parser."""
    cuts = data.draw(st.lists(st.integers(0, len(stream))).map(lambda cuts: tuple(sorted(cuts))))

    assert reference(stream) == parse(stream, cuts)


def test_an_event_is_returned_with_its_last_byte() -> None:
    """A carriage return ends a line without waiting for a line feed."""
    parser = SSEParser()

    assert [] == parser.feed(b"data: a\r\n")
    assert [ServerSentEvent(b"a")] == parser.feed(b"\r")
    assert [] == parser.feed(b"\n")
    assert [ServerSentEvent(b"b")] == parser.feed(b"data: b\n\n")


def test_the_parser_knows_the_state_for_a_reconnection() -> None:
    """The last event id, also of a block without data, and the reconnection time."""
    parser = SSEParser()
    parser.feed(b"id: 4\nretry: 250\n\nid: 5\n")

    assert ("4", 250) == (parser.last_event_id, parser.retry)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", (False, b"")),
        (b"data: a\n\n", (False, b"")),
        (b"data: a\n", (True, b"a")),
        (b"data: a", (True, b"a")),
        (b"data: a\ndata: b", (True, b"a\nb")),
        (b"event: e\n", (True, b"")),
        (b"dat", (True, b"")),
        (b": keep-al", (False, b"")),
        (b": keep-alive\n", (False, b"")),
        (b"id: 1\n", (False, b"")),
        (b"\xef\xbb", (False, b"")),
    ],
)
def test_an_unfinished_event_is_known_at_the_end(stream: bytes, expected: tuple[bool, bytes]) -> None:
    """The parser has its beginning."""
    parser = SSEParser()
    parser.feed(stream)

    assert expected == (parser.pending, parser.unfinished)
    assert expected[0] == parser.close()
    assert expected[0] == parser.pending


@pytest.mark.parametrize("step", [1, 3, 64])
def test_an_event_over_the_limit_is_rejected(step: int) -> None:
    """However it is split, after the events before it."""
    stream = b"data: ok\n\ndata: 12345678\ndata: 12345678\n"
    parser = SSEParser(max_event_size=20)
    chunks = (stream[start : start + step] for start in range(0, len(stream), step))
    events = next(events for chunk in chunks if (events := parser.feed(chunk)))

    assert [ServerSentEvent(b"ok")] == events
    with pytest.raises(EventTooLargeError, match="larger than 20 bytes"):
        parser.feed(b"".join(chunks))


def test_comments_do_not_count_toward_the_limit() -> None:
    """Keep-alive comments may be endless."""
    parser = SSEParser(max_event_size=20)
    for _ in range(100):
        parser.feed(b": keep-alive\n")

    assert [ServerSentEvent(b"a")] == parser.feed(b"data: a\n\n")


def test_a_large_event_takes_linear_memory() -> None:
    """An event of 20 MB in chunks of 1 KB allocates a small multiple of its size."""
    chunk = b"x" * 1024
    parser = SSEParser()
    parser.feed(b"data: ")
    allocated = 0
    tracemalloc.start()
    try:
        for _ in range(20 * 1024):
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            parser.feed(chunk)
            allocated += tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    events = parser.feed(b"\n\n")

    assert [20 * 1024 * 1024] == [len(event.data) for event in events]
    assert allocated < 4 * 20 * 1024 * 1024
