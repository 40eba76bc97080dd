"""Promises of streams behind gateways: an odd frame never ends a good stream, and what the server says is heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from specwire import Drift, Headers, Options, Response, StreamRequest
from specwire._streaming.events import EventReader
from specwire.errors import APIError, DecodeError, StreamEventError, StreamTruncatedError
from specwire.support import EventsPayload, Operation

from tests.support.caller import Caller
from tests.support.sample import Chunk
from tests.support.server import DONE, Close, Server, stream

ONE, TWO = b'data: {"text": "one"}\n\n', b'data: {"text": "two"}\n\n'
BOTH = [Chunk(text="one"), Chunk(text="two")]
SILENT = {
    "empty": b"data:\n\n",
    "blank": b"data: \n\n",
    "blanks": b"data:   \n\n",
    "no data": b"event: ping\n\n",
    "id": b"id: 1\n\n",
    "retry": b"retry: 5\n\n",
    "comment": b": ping\n\n",
    "named and empty": b"event: ping\ndata:\n\n",
}
FOREIGN = {
    "ping": b"event: ping\ndata: {}\n\n",
    "ping of text": b"event: ping\ndata: pong\n\n",
    "ping of null": b"event: heartbeat\ndata: null\n\n",
    "ping of a time": b"event: keepalive\ndata: 17\n\n",
    "unknown fields": b'event: metadata\ndata: {"took": 5}\n\n',
    "no JSON": b"data: pong\n\n",
    "half of JSON": b'data: {"text": \n\n',
    "OK": b"data: OK\n\n",
}


def read(payload: EventsPayload, *chunks: bytes, on_drift: Any = "ignore") -> tuple[list[Any], APIError | None]:
    """Return the events of a stream that ends, and what went wrong."""
    operation = Operation(id="talk", method="POST", path="/talk", returns=payload)
    response = Response(status_code=200, headers=Headers([]), content=b"", parsed=None)
    reader: EventReader[Any] = EventReader(StreamRequest(operation), response, Options(on_drift=on_drift))
    for chunk in chunks:
        if not reader.done:
            reader.feed(chunk)
    if not reader.done:
        reader.end()
    return list(reader.ready), reader.failure


CHUNKS = EventsPayload(Chunk, terminator="[DONE]")


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("frame", [pytest.param(frame, id=name) for name, frame in {**SILENT, **FOREIGN}.items()])
def test_an_odd_frame_is_skipped(caller: Caller, client: Any, server: Server, frame: bytes, place: int) -> None:
    """A frame that is no event of the document costs no other; one of another kind is drift, told once."""
    told: list[Drift] = []
    frames = [ONE, TWO]
    frames[place:place] = [frame, frame]
    server.play(stream(*frames, DONE), stream(b"".join(frames) + DONE))
    listening = client.with_options(on_drift=told.extend)
    for _ in range(2):
        told.clear()
        assert BOTH == caller.list(listening.talks.stream())
        assert (0 if frame in SILENT.values() else 1) == len(told), told
    assert all("which is skipped" in each.got for each in told)


@pytest.mark.parametrize("frame", [pytest.param(frame, id=name) for name, frame in FOREIGN.items()])
def test_an_odd_frame_is_an_error_where_drift_is(frame: bytes) -> None:
    """Whoever asked for errors gets one, after the events before it."""
    events, failure = read(CHUNKS, ONE + frame + TWO + DONE, on_drift="raise")
    assert BOTH[:1] == events
    assert isinstance(failure, DecodeError)


def test_a_listener_that_raises_costs_no_event() -> None:
    """Events of the chunk that drifted are there when what the listener raises is caught."""

    def listener(drifts: Sequence[Drift]) -> None:
        raise LookupError(str(drifts[0]))

    operation = Operation(id="talk", method="POST", path="/talk", returns=CHUNKS)
    response = Response(status_code=200, headers=Headers([]), content=b"", parsed=None)
    reader: EventReader[Any] = EventReader(StreamRequest(operation), response, Options(on_drift=listener))
    with pytest.raises(LookupError, match="not JSON"):
        reader.feed(ONE + b"data: oops\n\n" + TWO + DONE)
    assert BOTH == list(reader.ready)
    assert reader.terminated


@pytest.mark.parametrize(
    "end", [b"data: [DONE] \n\n", b"data:[DONE]\t\n\n", b"event: done\ndata: [DONE]\n\n", b"data: [DONE] "]
)
def test_blanks_around_the_terminator_do_not_count(end: bytes) -> None:
    """The terminator is compared without blanks, under any name, with or without its blank line."""
    assert (BOTH, None) == read(CHUNKS, ONE, TWO, end)


@pytest.mark.parametrize(
    ("data", "says", "body"),
    [
        (b'{"message": "overloaded", "code": "3505"}', "overloaded", {"message": "overloaded", "code": "3505"}),
        (b'{"error": {"message": "no"}}', "no", {"error": {"message": "no"}}),
        (b"upstream exploded", "upstream exploded", "upstream exploded"),
        (b'{"text": "looks like a chunk"}', "no message", {"text": "looks like a chunk"}),
    ],
)
def test_an_event_called_error_is_an_error(
    caller: Caller, client: Any, server: Server, data: bytes, says: str, body: Any
) -> None:
    """The name says it, whatever the data looks like; the events before it come first."""
    server.play(stream(ONE + b"event: error\ndata: " + data + b"\n\n" + TWO, DONE))
    events = client.talks.stream()
    assert BOTH[0] == caller.next(events)
    with pytest.raises(StreamEventError) as caught:
        caller.next(events)
    assert f"talk: the server sent an error in the stream: {says}" == str(caught.value)
    assert body == caught.value.body


@pytest.mark.parametrize("name", [b"Error", b"ERROR"])
def test_an_event_called_error_in_capitals_is_one_too(client: Any, caller: Caller, server: Server, name: bytes) -> None:
    """A frame with an unknown name is skipped, but never one that says error."""
    server.play(stream(ONE + b"event: " + name + b"\ndata: gone\n\n" + TWO, DONE))
    events = client.talks.stream()
    assert BOTH[0] == caller.next(events)
    with pytest.raises(StreamEventError, match="the server sent an error in the stream: gone"):
        caller.next(events)


def test_named_events_of_the_document_come(caller: Caller, client: Any, server: Server) -> None:
    """Where every event has a name, and the data is what the document says, names mean nothing."""
    server.play(stream(b"event: chunk\n" + ONE, b"event: chunk\n" + TWO, DONE))
    assert BOTH == caller.list(client.talks.stream())


def test_a_stream_of_nothing_that_can_be_read_is_an_error() -> None:
    """Frames that are skipped are no answer."""
    events, failure = read(CHUNKS, b"data: oops\n\n", b"data: oops again\n\n")
    assert [] == events
    assert isinstance(failure, DecodeError)
    assert "the stream has no JSON event" in str(failure)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (str, ["plain text", '{"a": 1}', "", "3", "two\nlines", "\ufffd", '"quoted"']),
        (Any, ["plain text", {"a": 1}, 3, "two\nlines", "\ufffd", "quoted"]),
    ],
    ids=["text", "anything"],
)
def test_text_is_text(kind: Any, expected: Sequence[Any]) -> None:
    """Where the document says text, the data is the event; where it says nothing, JSON is read and text is text."""
    body = b'data: plain text\n\ndata: {"a": 1}\n\ndata:\n\ndata: 3\n\ndata: two\ndata: lines\n\ndata: \xff\n\n'
    body += b'data: "quoted"\n\n'
    assert (expected, None) == read(EventsPayload(kind), body)
    assert (expected, None) == read(EventsPayload(kind), *[bytes([byte]) for byte in body])


@pytest.mark.parametrize(
    ("events", "whole"),
    [
        ([[(0, "stop")]], True),
        ([[(0, None)], [(0, "stop")]], True),
        ([[(0, None), (1, None)], [(0, "stop")], [(1, "length")], []], True),
        ([[(0, "stop"), (1, None)]], False),
        ([[(0, None)]], False),
        ([[(0, "")]], False),
        ([[]], False),
        ([], False),
    ],
)
def test_a_stream_may_end_once_all_its_parts_have(events: list[list[tuple[int, str | None]]], whole: bool) -> None:
    """Where the document says what ends a part, the terminator may be missing after all parts have ended."""
    import msgspec

    payload = EventsPayload(Any, terminator="[DONE]", finish=("choices", "*", "finish_reason"))
    chunks = [
        b"data: " + msgspec.json.encode({"choices": [{"index": i, "finish_reason": end} for i, end in each]}) + b"\n\n"
        for each in events
    ]
    found, failure = read(payload, *chunks)
    assert len(events) == len(found)
    assert whole == (failure is None)
    assert whole or isinstance(failure, StreamTruncatedError)


def test_a_line_that_is_not_json_is_skipped(caller: Caller, client: Any, server: Server) -> None:
    """JSON Lines go on after a line that is none; one that lost its end at the end is a truncation."""
    body = b'{"text": "one"}\noops\n{"text": "two"}\n'
    server.play(stream(body, kind="application/jsonl"))
    assert BOTH == caller.list(client.with_options(on_drift="ignore").talks.lines())
    server.play(stream(body + b'{"te', kind="application/jsonl", end=(Close(),)))
    with pytest.raises(StreamTruncatedError):
        caller.list(client.with_options(on_drift="ignore").talks.lines())
