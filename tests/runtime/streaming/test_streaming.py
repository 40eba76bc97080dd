"""Promises of streams: typed events as they come, no silent end, the connection given back whatever happens."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import warnings
from collections.abc import Sequence
from typing import Any

import pytest
import trio
from specwire import DriftWarning
from specwire._streaming import streaming
from specwire.errors import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    DecodeError,
    EnvelopeError,
    SpecwireError,
    StreamError,
    StreamEventError,
    StreamTruncatedError,
)

from tests.support.caller import KEY, QUICK, Caller
from tests.support.sample import AsyncSample, Chunk, Problem, Sample
from tests.support.server import DONE, END, Action, Close, Hold, Pause, Reset, Server, chunk, head, reply, stream

ONE, TWO = {"text": "one"}, {"text": "two"}
BOTH = [Chunk(text="one"), Chunk(text="two")]


def failing(caller: Caller, events: Any, kind: type[SpecwireError]) -> tuple[list[Any], Any]:
    """Return the events that came before a stream failed, and its error."""
    found: list[Any] = []
    with pytest.raises(SpecwireError) as caught:
        while True:
            found.append(caller.next(events))
    assert kind is type(caught.value)
    assert "\n" not in str(caught.value)
    return found, caught.value


def test_events_are_typed_and_the_terminator_ends_them(caller: Caller, client: Any, server: Server) -> None:
    """Each event is the document's type; `[DONE]` ends the stream; the request asked for a stream."""
    server.play(stream(ONE, b": heartbeat\n\n", TWO, DONE))
    assert BOTH == caller.list(client.talks.stream(prompt="hello"))
    received = server.received[0]
    assert {"prompt": "hello", "stream": True} == received.json
    assert "text/event-stream" == received.headers["accept"]


def test_events_arrive_before_the_stream_ends(caller: Caller, client: Any, server: Server) -> None:
    """An event is handed out as soon as it came."""
    server.play(stream(ONE, Hold()))
    events = client.talks.stream()
    assert Chunk(text="one") == caller.next(events)
    caller.close(events)
    assert server.saw_close()


def test_the_answer_around_the_events_is_known(caller: Caller, client: Any, server: Server) -> None:
    """An open stream tells status, headers and request id."""
    kind = {"content-type": "text/event-stream", "x-request-id": "r-1", "transfer-encoding": "chunked"}
    server.play((head(200, kind), chunk(DONE), END))
    events = caller.enter(client.talks.stream())
    assert (200, "r-1", 1) == (events.response.status_code, events.response.request_id, events.response.attempts)
    caller.leave(events)


def test_asynchronous_streams_say_that_they_are_not_open(server: Server) -> None:
    """`response` of an asynchronous stream that is not open is an error with a remedy."""
    events = AsyncSample(KEY, base_url=server.url).talks.stream()
    with pytest.raises(RuntimeError, match="the stream is not open yet: use `async with`, or read an event first"):
        assert 200 == events.response.status_code
    asyncio.run(events.aclose())


def test_a_finished_stream_leaves_its_connection_for_the_next(caller: Caller, client: Any, server: Server) -> None:
    """After the terminator the rest of the body is read, and the connection used again."""
    server.play(stream(ONE, DONE, b": bye\n\n"), stream(TWO, DONE), reply({"id": "1"}))
    caller.list(client.talks.stream())
    caller.list(client.talks.stream())
    caller.run(client.things.get("1"))
    assert [0, 0, 0] == [received.connection for received in server.received]


def test_what_follows_the_terminator_is_not_an_event(caller: Caller, client: Any, server: Server) -> None:
    """Events after the terminator, in its chunk or later, are not handed out, however the body ends."""
    server.play(stream(ONE, DONE + b'data: {"text": "late"}\n\n', TWO, end=(Reset(),)))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())


def test_a_server_that_goes_on_after_the_terminator_is_left(caller: Caller, client: Any, server: Server) -> None:
    """After the terminator at most a little is read; then the connection is closed."""
    server.play(stream(ONE, DONE, *[b":" + b"x" * 30_000 + b"\n\n"] * 4, Hold()))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())
    assert server.saw_close()


def test_the_end_is_not_waited_for_after_the_terminator(
    caller: Caller, client: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not end its body after the terminator does not hold the caller up."""
    monkeypatch.setattr(streaming, "_PATIENCE", 0.05)
    server.play(stream(ONE, DONE, Hold()), stream(TWO, DONE))
    started = time.monotonic()
    assert [Chunk(text="one")] == caller.list(client.talks.stream())
    assert time.monotonic() - started < 2
    assert server.saw_close()
    assert [Chunk(text="two")] == caller.list(client.talks.stream())


@pytest.mark.parametrize("last", [b"data: [DONE]\n\n", b"data: [DONE]\n", b"data: [DONE]", b"data:[DONE]\r\n"])
def test_the_terminator_needs_no_blank_line(caller: Caller, client: Any, server: Server, last: bytes) -> None:
    """A body that ends right after the terminator was complete."""
    server.play(stream(ONE, last))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ((END,), r"the stream ended before its terminator: the server closed it without \[DONE\]"),
        ((Close(),), "the stream broke off: "),
        ((Reset(),), "the stream broke off: "),
    ],
    ids=["ended", "closed", "reset"],
)
def test_a_truncated_stream_is_an_error(
    caller: Caller, client: Any, server: Server, end: Sequence[Action], said: str
) -> None:
    """A stream that ends without its terminator raises after the events that came, again and again."""
    server.play(stream(ONE, Pause(0.02), end=end))
    events = client.talks.stream()
    found, error = failing(caller, events, StreamTruncatedError)
    assert [Chunk(text="one")] == found
    with pytest.raises(StreamTruncatedError, match=f"^talk: {said}"):
        caller.next(events)
    assert 200 == error.response.status_code
    assert events._request == error.request


def test_a_stream_without_terminator_ends_with_its_body(caller: Caller, client: Any, server: Server) -> None:
    """Where the document names no terminator the end of the body is the end, but not in the middle of an event."""
    server.play(stream(ONE, TWO), stream(ONE, b'data: {"text"'))
    assert BOTH == caller.list(client.talks.endless())
    found, error = failing(caller, client.talks.endless(), StreamTruncatedError)
    assert [Chunk(text="one")] == found
    assert "endless: the stream ended before its terminator: the server closed it in the middle of an event" == str(
        error
    )


def test_silence_in_a_stream_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    """A stream that is silent for longer than `idle_timeout` raises, though `timeout` is long."""
    server.play(stream(ONE, Hold()))
    events = client.talks.stream.with_options(idle_timeout=0.25, timeout=60)()
    found, error = failing(caller, events, StreamTruncatedError)
    assert [Chunk(text="one")] == found
    assert str(error).startswith("talk: the stream was silent for too long: ")
    assert server.saw_close()


def test_the_first_event_may_take_longer_than_the_next(caller: Caller, client: Any, server: Server) -> None:
    """Until the answer begins `timeout` holds, not `idle_timeout`."""
    server.play((Pause(0.1), *stream(ONE, DONE)))
    assert [Chunk(text="one")] == caller.list(client.talks.stream.with_options(idle_timeout=0.25)())
    server.answer = lambda _: (Hold(),)
    with pytest.raises(APITimeoutError):
        caller.next(client.talks.stream.with_options(timeout=0.05)())


@pytest.mark.parametrize("thing", ["error", "malformed"])
def test_a_bad_event_comes_after_the_good_ones_of_its_chunk(
    caller: Caller, client: Any, server: Server, thing: str
) -> None:
    """Events that came in the same packet before a bad one are handed out first; then the connection is closed."""
    bad = b'data: {"error": {"message": "over\\nloaded"}}\n\n' if thing == "error" else b"data: {oops\n\n"
    server.play(stream(b'data: {"text": "one"}\n\n' + bad + b'data: {"text": "two"}\n\n', Hold()))
    kind = StreamEventError if thing == "error" else DecodeError
    found, error = failing(caller, client.talks.stream.with_options(on_drift="raise")(), kind)
    assert [Chunk(text="one")] == found
    if thing == "error":
        assert "talk: the server sent an error in the stream: over loaded" == str(error)
        assert {"error": {"message": "over\nloaded"}} == error.body
    else:
        assert "a frame that is not JSON, which is skipped: '{oops'" in str(error)
    assert 200 == error.response.status_code
    assert server.saw_close()


def test_an_error_word_in_a_text_is_no_error(caller: Caller, client: Any, server: Server) -> None:
    """Only the place that the document names makes an event an error, and only if it is not null."""
    server.play(stream({"text": "an error"}, {"text": "x", "error": None}, DONE))
    assert ["an error", "x"] == [event.text for event in caller.list(client.talks.stream())]


def test_drift_in_events_is_reported(caller: Caller, client: Any, server: Server) -> None:
    """An event that is not what the document says is kept and reported as the client was told."""
    server.play(*[stream({"text": 5, "state": "odd"}, DONE)] * 4)
    with pytest.warns(DriftWarning, match=r"talk differs from its document: \$\.text: expected string, got integer"):
        assert [(5, "odd")] == [(event.text, event.state) for event in caller.list(client.talks.stream())]
    ignoring = client.with_options(on_drift="ignore")
    assert 5 == caller.list(ignoring.talks.stream())[0].text
    told: list[Any] = []
    caller.list(client.talks.stream.with_options(on_drift=told.extend)())
    assert ["$.text", "$.state"] == [drift.path for drift in told]
    _, error = failing(caller, client.talks.stream.with_options(on_drift="raise")(), DecodeError)
    assert "talk: an event differs from the document: $.text: expected string, got integer; " in str(error)


@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8"])
def test_a_document_in_the_place_of_events_is_shown(caller: Caller, client: Any, server: Server, kind: str) -> None:
    """A server that answers a document instead of events raises a `DecodeError` that holds it."""
    server.play(reply(b'{"object":\n "x"}', headers={"content-type": kind}))
    _, error = failing(caller, client.talks.stream(), DecodeError)
    shown = r"""'{"object":\n "x"}'"""
    assert f"talk: the server sent {kind.partition(';')[0]} instead of events: {shown}" == str(error)
    assert b'{"object":\n "x"}' == error.response.content


def test_events_under_a_wrong_content_type_are_events(caller: Caller, client: Any, server: Server) -> None:
    """A server that calls its events JSON is understood."""
    server.play(stream(ONE, DONE, kind="application/json"))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())


def test_an_error_status_is_raised_when_the_stream_opens(caller: Caller, client: Any, server: Server) -> None:
    """A stream that the server refuses raises the status error, typed, when it is opened."""
    server.play(reply({"message": "no"}, status=401))
    with pytest.raises(AuthenticationError) as caught:
        caller.enter(client.talks.stream())
    assert Problem(message="no") == caught.value.body


def test_a_stream_that_did_not_begin_is_asked_for_again(caller: Caller, client: Any, server: Server) -> None:
    """A busy server is asked again; a stream that began is not."""
    server.play(reply({}, status=429), stream(ONE, DONE))
    events = caller.enter(client.talks.stream())
    assert 2 == events.response.attempts
    assert [Chunk(text="one")] == caller.list(events)
    server.play((Reset(),))
    with pytest.raises(APIConnectionError):
        caller.next(client.talks.stream())
    assert 3 == len(server.received)


def test_leaving_a_with_block_closes(caller: Caller, client: Any, server: Server) -> None:
    """`with` gives the connection back at its end, also by an exception; closing again is nothing."""
    server.play(*[stream(ONE, Hold())] * 2)
    for error in (None, ValueError("mine")):
        events = caller.enter(client.talks.stream())
        caller.next(events)
        assert not caller.leave(events, error)
        assert server.saw_close()
        caller.close(events)


def test_a_closed_stream_does_not_end_silently(caller: Caller, client: Any, server: Server) -> None:
    """Reading on after closing is an error, unless all was read; a stream closed before it opened stays closed."""
    server.play(stream(ONE, Hold()), stream(ONE, DONE))
    events = client.talks.stream()
    caller.next(events)
    caller.close(events)
    with pytest.raises(StreamError, match="talk: the stream was closed before its end: read it inside its `with`"):
        caller.next(events)
    events = client.talks.stream()
    caller.list(events)
    caller.close(events)
    assert [] == caller.list(events)
    events = client.talks.stream()
    caller.close(events)
    with pytest.raises(StreamError, match="closed before its end"):
        caller.next(events)
    assert 2 == len(server.received)


def test_break_gives_the_connection_back(server: Server) -> None:
    """A `for` loop that is left by `break` or an exception closes the stream at once, without the garbage collector."""
    server.play(*[stream(ONE, Hold())] * 2)
    gc.disable()
    try:
        with Sample(KEY, base_url=server.url) as client:
            for _ in client.talks.stream():
                break
            assert server.saw_close()
            with pytest.raises(ValueError, match="mine"):
                for _ in client.talks.add_up():
                    raise ValueError("mine")
            assert server.saw_close()
    finally:
        gc.enable()


@pytest.mark.parametrize("begun", [True, False])
def test_an_abandoned_asynchronous_stream_is_closed(server: Server, begun: bool) -> None:
    """An asynchronous stream that is dropped gives its connection back soon, without a warning."""
    server.play(stream(ONE, Hold()))

    async def main() -> bool:
        async with AsyncSample(KEY, base_url=server.url) as client:
            events = client.talks.stream()
            await events.__aenter__()
            if begun:
                await anext(events)
            del events
            return await asyncio.to_thread(server.saw_close)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(main())


def test_an_abandoned_stream_outlives_its_loop_quietly(server: Server) -> None:
    """A stream that is dropped after its loop ended makes no noise."""
    server.play(stream(ONE, Hold()))
    kept: list[Any] = []

    async def main() -> None:
        client = AsyncSample(KEY, base_url=server.url)
        events = client.talks.stream()
        await anext(events)
        kept.append(events)
        await client.aclose()

    asyncio.run(main())
    kept.clear()
    gc.collect()


def test_another_task_may_close_a_stream(server: Server) -> None:
    """Closing a stream while a task waits for its next event ends the wait by an error."""
    server.play(stream(ONE, Hold()))

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            events = client.talks.stream()
            await anext(events)
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.01)
            await events.aclose()
            with pytest.raises(StreamError):
                await asyncio.wait_for(waiting, 2)

    asyncio.run(main())
    assert server.saw_close()


def test_cancelling_closes(server: Server) -> None:
    """A task that is cancelled in the middle of a stream gives the connection back."""
    server.play(stream(ONE, Hold()))

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:

            async def read() -> None:
                async with client.talks.stream() as events:
                    async for _ in events:
                        started.set()

            started = asyncio.Event()
            task = asyncio.create_task(read())
            await started.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.saw_close)

    asyncio.run(main())


def test_streams_work_under_trio(server: Server) -> None:
    """The asynchronous client works under trio: to the end of a stream, and when it is left."""
    server.play(stream(ONE, TWO, DONE), stream(ONE, Hold()), reply({}, status=429), reply({"id": "1"}))

    async def main() -> list[Chunk]:
        async with AsyncSample(KEY, base_url=server.url, retry=QUICK) as client:
            found = [event async for event in client.talks.stream()]
            async with client.talks.stream() as events:
                async for _ in events:
                    break
            assert await trio.to_thread.run_sync(server.saw_close)
            assert "1" == (await client.things.get("1")).id
            return found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        assert BOTH == trio.run(main)


def test_an_abandoned_stream_is_closed_under_trio(server: Server) -> None:
    """Under trio too, a stream that is dropped gives its connection back."""
    server.play(stream(ONE, Hold()))

    async def main() -> bool:
        async with AsyncSample(KEY, base_url=server.url) as client:
            events = client.talks.stream()
            await anext(events)
            del events
            return await trio.to_thread.run_sync(server.saw_close)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        assert trio.run(main)


def test_what_the_events_add_up_to(caller: Caller, client: Any, server: Server) -> None:
    """`final()` reads what is left and gives the whole; events that were read before count too."""
    server.play(*[stream(ONE, TWO, DONE)] * 2)
    events = caller.enter(client.talks.add_up())
    assert Chunk(text="one") == caller.next(events)
    assert "onetwo" == caller.run(events.final())
    assert "onetwo" == caller.run(events.final())
    caller.leave(events)
    assert "onetwo" == caller.run(client.talks.add_up().final())


def test_a_truncated_stream_does_not_add_up(caller: Caller, client: Any, server: Server) -> None:
    """`final()` never gives the part of an answer for the whole, however often it is asked."""
    server.play(stream(ONE), stream(ONE, Hold()))
    events = client.talks.add_up()
    for _ in range(2):
        with pytest.raises(StreamTruncatedError):
            caller.run(events.final())
    events = caller.enter(client.talks.add_up())
    caller.next(events)
    caller.leave(events)
    with pytest.raises(StreamError, match="closed before its end"):
        caller.run(events.final())


def test_json_lines(caller: Caller, client: Any, server: Server) -> None:
    """JSON Lines come as typed events, the last one also without a line feed."""
    server.play(stream(b'{"text": "one"}\n\n{"te', b'xt": "two"}', kind="application/jsonl"))
    assert BOTH == caller.list(client.talks.lines())
    assert "application/jsonl" == server.received[0].headers["accept"]


def test_json_text_sequences(caller: Caller, client: Any, server: Server) -> None:
    """JSON text sequences come as typed events."""
    server.play(stream(b'\x1e{"text": "one"}\n', b'\x1e{"text": "two"}\n', kind="application/json-seq"))
    assert BOTH == caller.list(client.talks.sequence())


@pytest.mark.parametrize(
    ("method", "body", "kind"),
    [
        ("lines", b'{"text": "one"}\n{"text": "tw', StreamTruncatedError),
        ("lines", b"{oops\n", DecodeError),
        ("sequence", b'\x1e{"text": "one"}\n\x1e12', StreamTruncatedError),
        ("sequence", b'\x1e{"text": "one"}\n\x1e12\x1e{}\n', StreamTruncatedError),
    ],
)
def test_broken_records_are_errors(
    caller: Caller, client: Any, server: Server, method: str, body: bytes, kind: type[SpecwireError]
) -> None:
    """A record that lost its end is a truncated stream; one that is not JSON a `DecodeError`."""
    server.play(stream(body, kind="application/jsonl"))
    found, error = failing(caller, getattr(client.talks, method)(), kind)
    assert [Chunk(text="one")][: len(found)] == found
    assert str(error).startswith(f"{method}: ")


def test_what_grows_without_end_is_an_error(
    caller: Caller, client: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event or a record that never ends is an error of the stream, not of memory."""
    from specwire._responses.jsonlines import JSONLinesParser
    from specwire._streaming import events as module
    from specwire._streaming.sse import SSEParser

    monkeypatch.setattr(module, "SSEParser", lambda: SSEParser(1000))
    monkeypatch.setattr(module, "JSONLinesParser", lambda: JSONLinesParser(1000))
    server.play(stream(ONE, b"data: " + b"x" * 2000, Hold()), stream(b"x" * 2000, Hold()))
    found, error = failing(caller, client.talks.stream(), StreamError)
    assert [Chunk(text="one")] == found
    assert str(error).startswith("talk: a server-sent event is larger than 1,000 bytes: ")
    found, error = failing(caller, client.talks.lines(), StreamError)
    assert str(error).startswith("lines: a JSON record is larger than 1,000 bytes: ")
    assert server.saw_close()
    assert server.saw_close()


def test_twenty_thousand_events_come_quickly(caller: Caller, client: Any, server: Server) -> None:
    """A long stream of small events arrives whole, in order and typed, in well under five seconds of work."""
    block = b"".join(b'data: {"text": "%d"}\n\n' % number for number in range(20_000))
    server.play(stream(*[block[start : start + 4096] for start in range(0, len(block), 4096)], DONE))
    started = time.process_time()
    found = caller.list(client.talks.stream())
    assert [str(number) for number in range(20_000)] == [event.text for event in found]
    assert {Chunk} == set(map(type, found))
    assert time.process_time() - started < 5


def test_streams_say_what_they_are(caller: Caller, client: Any) -> None:
    """The repr of a stream names its class and operation; nothing is sent by it."""
    prefix = "Async" if caller.asynchronous else ""
    streams = {
        f"<{prefix}EventStream of talk>": client.talks.stream(),
        f"<{prefix}AccumulatingStream of talk>": client.talks.add_up(),
    }
    for shown, each in streams.items():
        assert shown == repr(each)
        caller.close(each)


def test_an_event_may_be_split_anywhere(caller: Caller, client: Any, server: Server) -> None:
    """Packets may end inside an event, a letter or a line ending."""
    body = ("data: " + json.dumps({"text": "é☃"}, ensure_ascii=False) + "\r\n\r\ndata: [DONE]\r\n\r\n").encode()
    server.play(stream(*[body[index : index + 1] for index in range(len(body))]))
    assert [Chunk(text="é☃")] == caller.list(client.talks.stream())


def test_the_garbage_collector_does_not_touch_the_pool(server: Server) -> None:
    """It may run while the pool is being changed: the socket is closed at once, the rest is for the next call."""
    server.play(stream(ONE, Hold()), reply({"id": "1"}))
    with Sample(KEY, base_url=server.url) as client:
        events = client.talks.stream()
        next(events)
        http: Any = client._session._transport._client
        pool = http._transport._pool
        network = events._open()[0].raw.extensions["network_stream"]
        circle: list[Any] = [events]
        circle.append(circle)
        before = list(pool._requests)
        del events, circle
        gc.collect()
        assert before == pool._requests
        assert -1 == network.get_extra_info("socket").fileno()
        client.things.get("1")
        assert [] == pool._requests


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"tok0 tok1 ", StreamTruncatedError),
        (b"data without a colon", StreamTruncatedError),
        (b'data: {"text": "on', StreamTruncatedError),
        (b"tok0\n\ntok1\n\n", DecodeError),
        (b"\xef\xbb\xbftok0\r\n\r\n", DecodeError),
        (b'{"error": {"message": "no such model"}}\n\n', EnvelopeError),
        (b'{"error": {"message": "no such model"}}', EnvelopeError),
        (f"the key {KEY} is bad\n\n".encode(), DecodeError),
    ],
)
def test_the_error_of_a_stream_without_events_holds_its_body(
    caller: Caller, client: Any, server: Server, body: bytes, kind: type[SpecwireError]
) -> None:
    """What was read is in the error, without the key."""
    server.play(stream(body), stream(body))
    for method in (client.talks.stream, client.talks.endless):
        found, error = failing(caller, method(), kind)
        assert not found
        assert 200 == error.response.status_code
        expected = body.replace(KEY.encode(), b"***")
        assert expected.replace(b" ", b"").strip() == error.response.content.replace(b" ", b"").strip()


@pytest.mark.parametrize("body", [b"", b": ping\n\n", b"retry: 100\n\n: bye\n", b"event: ping\n\n"])
def test_a_stream_of_comments_is_empty(caller: Caller, client: Any, server: Server, body: bytes) -> None:
    """Comments and fields without data are a stream without events, and no error."""
    server.play(stream(body))
    assert [] == caller.list(client.talks.endless())


def test_a_body_is_read_as_bytes(caller: Caller, client: Any, server: Server) -> None:
    """`iter_bytes()` yields the body whatever it is, and gives the connection back."""
    server.play(stream(b"tok0 ", b"tok1\n"), reply({"id": "1"}))
    assert b"tok0 tok1\n" == b"".join(caller.list(client.talks.stream().iter_bytes()))
    caller.run(client.things.get("1"))
    assert [0, 0] == [received.connection for received in server.received]


def test_bytes_come_before_the_body_ends(caller: Caller, client: Any, server: Server) -> None:
    """A piece of the body is handed out as soon as it came; closing the stream ends the reading."""
    server.play(stream(b"tok0 ", Hold()))
    events = client.talks.stream()
    pieces = events.iter_bytes()
    assert b"tok0 " == caller.next(pieces)
    caller.close(events)
    failing(caller, pieces, StreamError)
    assert server.saw_close()


def test_bytes_that_break_off_are_an_error(caller: Caller, client: Any, server: Server) -> None:
    """A connection that breaks in the middle is no end of the body."""
    server.play(stream(b"tok0 ", end=(Reset(),)))
    found, error = failing(caller, client.talks.stream().iter_bytes(), StreamTruncatedError)
    assert [b"tok0 "] == found
    assert 200 == error.response.status_code


def test_events_and_bytes_do_not_mix(caller: Caller, client: Any, server: Server) -> None:
    """Bytes after events, and events after bytes, are errors: some of the body would be missing."""
    server.play(stream(ONE, TWO, DONE), stream(ONE, DONE))
    events = client.talks.stream()
    caller.next(events)
    _, error = failing(caller, events.iter_bytes(), StreamError)
    assert "talk: events were already read: call `iter_bytes()` before reading any" in str(error)
    caller.close(events)
    events = client.talks.stream()
    caller.list(events.iter_bytes())
    failing(caller, events, StreamError)
