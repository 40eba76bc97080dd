"""Streams behind gateways: an unexpected frame never ends a valid stream, and server errors are raised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from specwire import Drift, Headers, Options, Response, StreamRequest
from specwire._streaming.events import EventReader
from specwire.errors import APIError, DecodeError, StreamEventError, StreamTruncatedError
from specwire.support import EventsPayload, Operation, WireModel

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
    """Return the events of a stream, and its error."""
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
def test_an_unexpected_frame_is_skipped(caller: Caller, client: Any, server: Server, frame: bytes, place: int) -> None:
    """It does not affect other events; one of another kind is drift and reported once."""
    reported: list[Drift] = []
    frames = [ONE, TWO]
    frames[place:place] = [frame, frame]
    server.play(stream(*frames, DONE), stream(b"".join(frames) + DONE))
    listening = client.with_options(on_drift=reported.extend)
    for _ in range(2):
        reported.clear()
        assert BOTH == caller.list(listening.talks.stream())
        assert (0 if frame in SILENT.values() else 1) == len(reported), reported
    assert all("which is skipped" in each.got for each in reported)


@pytest.mark.parametrize("frame", [pytest.param(frame, id=name) for name, frame in FOREIGN.items()])
def test_an_unexpected_frame_raises_with_on_drift_raise(frame: bytes) -> None:
    """After the events before it."""
    events, failure = read(CHUNKS, ONE + frame + TWO + DONE, on_drift="raise")
    assert BOTH[:1] == events
    assert isinstance(failure, DecodeError)


def test_a_drift_function_that_raises_loses_no_event() -> None:
    """After its exception, the other events of the chunk are available."""

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
def test_spaces_around_the_terminator_are_ignored(end: bytes) -> None:
    """Under any event name, with or without a blank line after it."""
    assert (BOTH, None) == read(CHUNKS, ONE, TWO, end)


@pytest.mark.parametrize(
    ("data", "message", "body"),
    [
        (b'{"message": "overloaded", "code": "3505"}', "overloaded", {"message": "overloaded", "code": "3505"}),
        (b'{"error": {"message": "no"}}', "no", {"error": {"message": "no"}}),
        (b"upstream exploded", "upstream exploded", "upstream exploded"),
        (b'{"text": "looks like a chunk"}', "no message", {"text": "looks like a chunk"}),
    ],
)
def test_an_event_named_error_is_an_error(
    caller: Caller, client: Any, server: Server, data: bytes, message: str, body: Any
) -> None:
    """Whatever its data is; the events before it are returned first."""
    server.play(stream(ONE + b"event: error\ndata: " + data + b"\n\n" + TWO, DONE))
    events = client.talks.stream()
    assert BOTH[0] == caller.next(events)
    with pytest.raises(StreamEventError) as caught:
        caller.next(events)
    assert f"talk: the server sent an error in the stream: {message}" == str(caught.value)
    assert body == caught.value.body


@pytest.mark.parametrize("name", [b"Error", b"ERROR"])
def test_an_event_named_error_in_capitals_is_an_error(client: Any, caller: Caller, server: Server, name: bytes) -> None:
    """Other unknown names are skipped."""
    server.play(stream(ONE + b"event: " + name + b"\ndata: gone\n\n" + TWO, DONE))
    events = client.talks.stream()
    assert BOTH[0] == caller.next(events)
    with pytest.raises(StreamEventError, match="the server sent an error in the stream: gone"):
        caller.next(events)


def test_named_events_of_the_document_are_returned(caller: Caller, client: Any, server: Server) -> None:
    """If the data matches the document, any name is accepted."""
    server.play(stream(b"event: chunk\n" + ONE, b"event: chunk\n" + TWO, DONE))
    assert BOTH == caller.list(client.talks.stream())


def test_a_stream_without_a_readable_event_is_an_error() -> None:
    """Skipped frames are not a response."""
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
def test_data_is_text_if_the_document_declares_text(kind: Any, expected: Sequence[Any]) -> None:
    """Without a declaration, JSON is decoded and other data is text."""
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
def test_a_stream_may_end_without_terminator_once_all_parts_ended(
    events: list[list[tuple[int, str | None]]], whole: bool
) -> None:
    """The document states what ends a part."""
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
    """JSON Lines continue after it; a truncated last line is an error."""
    body = b'{"text": "one"}\noops\n{"text": "two"}\n'
    server.play(stream(body, kind="application/jsonl"))
    assert BOTH == caller.list(client.with_options(on_drift="ignore").talks.lines())
    server.play(stream(body + b'{"te', kind="application/jsonl", end=(Close(),)))
    with pytest.raises(StreamTruncatedError, match="peer closed connection|unexpected EOF|not enough data|broke off"):
        caller.list(client.with_options(on_drift="ignore").talks.lines())


class Start(WireModel, tag_field="type", tag="start"):
    """An event of several."""

    text: str


class Other(WireModel, tag_field="type", tag="other"):
    """An event of several."""


class Ping(WireModel, tag_field="kind", tag="ping"):
    """A keep-alive that is declared."""


class Stop(WireModel, tag_field="kind", tag="stop"):
    """An event of several."""


START = b'event: start\ndata: {"type": "start", "text": "a"}\n\n'


@pytest.mark.parametrize(
    ("frame", "count"),
    [
        (b'event: ping\ndata: {"type": "ping"}\n\n', 1),
        (b'event: heartbeat\ndata: {"event": "heartbeat"}\n\n', 1),
        (b"event: ping\ndata: {}\n\n", 1),
        (b'event: ping\ndata: {"type": "ping", "left": 3}\n\n', 2),
        (b'event: pause\ndata: {"type": "pause"}\n\n', 2),
    ],
)
def test_a_keep_alive_among_several_events_is_skipped(frame: bytes, count: int) -> None:
    """If it holds nothing but its name; any other event that the document leaves out is handed out as it is."""
    reported: list[Drift] = []
    found, failure = read(EventsPayload(Start | Other), START, frame, on_drift=reported.extend)
    assert failure is None and count == len(found) and len(reported) == 1


def test_a_declared_keep_alive_is_handed_out() -> None:
    """It is an event like any other."""
    frames = b'event: stop\ndata: {"kind": "stop"}\n\n', b'event: ping\ndata: {"kind": "ping"}\n\n'
    assert ([Stop(), Ping()], None) == read(EventsPayload(Ping | Stop), *frames, on_drift="raise")
