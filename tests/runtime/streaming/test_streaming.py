"""Streams: typed events as they arrive, no silent end, and the connection is always released."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import warnings
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import trio
from specwire import DriftWarning
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
    """Return the events before the error of a stream, and the error."""
    found: list[Any] = []
    with pytest.raises(SpecwireError) as caught:
        while True:
            found.append(caller.next(events))
    assert kind is type(caught.value)
    assert "\n" not in str(caught.value)
    return found, caught.value


def test_events_are_typed_and_the_terminator_ends_them(caller: Caller, client: Any, server: Server) -> None:
    """`[DONE]` ends the stream; the request asked for a stream."""
    server.play(stream(ONE, b": heartbeat\n\n", TWO, DONE))
    assert BOTH == caller.list(client.talks.stream(prompt="hello"))
    received = server.received[0]
    assert {"prompt": "hello", "stream": True} == received.json
    assert "text/event-stream" == received.headers["accept"]


def test_events_arrive_before_the_stream_ends(caller: Caller, client: Any, server: Server) -> None:
    """An event is returned as soon as it arrives."""
    server.play(stream(ONE, Hold()))
    events = client.talks.stream()
    assert Chunk(text="one") == caller.next(events)
    caller.close(events)
    assert server.saw_close()


def test_an_open_stream_has_status_headers_and_request_id(caller: Caller, client: Any, server: Server) -> None:
    """Before its events are read."""
    kind = {"content-type": "text/event-stream", "x-request-id": "r-1", "transfer-encoding": "chunked"}
    server.play((head(200, kind), chunk(DONE), END))
    events = caller.enter(client.talks.stream())
    assert (200, "r-1", 1) == (events.response.status_code, events.response.request_id, events.response.attempts)
    caller.leave(events)


def test_response_of_an_unopened_asynchronous_stream_is_an_error(server: Server) -> None:
    """The message names the remedy."""
    events = AsyncSample(KEY, base_url=server.url).talks.stream()
    with pytest.raises(RuntimeError, match="the stream is not open yet: use `async with`, or read an event first"):
        assert 200 == events.response.status_code
    asyncio.run(events.aclose())


def test_a_finished_stream_keeps_its_connection(caller: Caller, client: Any, server: Server) -> None:
    """The rest of the body is read, and the connection is reused."""
    server.play(stream(ONE, DONE, b": bye\n\n"), stream(TWO, DONE), reply({"id": "1"}))
    caller.list(client.talks.stream())
    caller.list(client.talks.stream())
    caller.run(client.things.get("1"))
    assert [0, 0, 0] == [received.connection for received in server.received]


def test_events_after_the_terminator_are_ignored(caller: Caller, client: Any, server: Server) -> None:
    """In its chunk or later, however the body ends."""
    server.play(stream(ONE, DONE + b'data: {"text": "late"}\n\n', TWO, end=(Reset(),)))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())


def test_little_is_read_after_the_terminator(caller: Caller, client: Any, server: Server) -> None:
    """Then the connection is closed."""
    server.play(stream(ONE, DONE, *[b":" + b"x" * 30_000 + b"\n\n"] * 4, Hold()))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())
    assert server.saw_close()


def test_the_end_is_not_waited_for_after_the_terminator(caller: Caller, client: Any, server: Server) -> None:
    """A server that keeps the body open does not delay the caller."""
    server.play(stream(ONE, DONE, Hold()), stream(TWO, DONE))
    started = time.monotonic()
    assert [Chunk(text="one")] == caller.list(client.talks.stream())
    assert time.monotonic() - started < 2
    assert server.saw_close()
    assert [Chunk(text="two")] == caller.list(client.talks.stream())


@pytest.mark.parametrize("last", [b"data: [DONE]\n\n", b"data: [DONE]\n", b"data: [DONE]", b"data:[DONE]\r\n"])
def test_the_terminator_needs_no_blank_line(caller: Caller, client: Any, server: Server, last: bytes) -> None:
    """A body that ends right after the terminator is complete."""
    server.play(stream(ONE, last))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ((END,), r"the stream ended before its terminator: the server closed it without \[DONE\]"),
        ((Close(),), "the stream broke off: "),
        ((Reset(),), "the stream broke off: "),
    ],
    ids=["ended", "closed", "reset"],
)
def test_a_truncated_stream_is_an_error(
    caller: Caller, client: Any, server: Server, end: Sequence[Action], reason: str
) -> None:
    """A stream without its terminator raises after its events, each time it is read."""
    server.play(stream(ONE, Pause(0.02), end=end))
    events = client.talks.stream()
    found, error = failing(caller, events, StreamTruncatedError)
    assert [Chunk(text="one")] == found
    with pytest.raises(StreamTruncatedError, match=f"^talk: {reason}"):
        caller.next(events)
    assert 200 == error.response.status_code
    assert events._request == error.request


def test_a_stream_without_terminator_ends_with_its_body(caller: Caller, client: Any, server: Server) -> None:
    """If the document names no terminator, the body may end, but not in the middle of an event."""
    server.play(stream(ONE, TWO), stream(ONE, b'data: {"text"'))
    assert BOTH == caller.list(client.talks.endless())
    found, error = failing(caller, client.talks.endless(), StreamTruncatedError)
    assert [Chunk(text="one")] == found
    assert "endless: the stream ended before its terminator: the server closed it in the middle of an event" == str(
        error
    )


@pytest.mark.parametrize("is_busy", [True, False])
def test_a_caller_may_pause_for_longer_than_the_server(
    is_busy: bool, caller: Caller, client: Any, server: Server
) -> None:
    """The idle timeout limits the silence of the server: what arrived during the pause is returned."""
    server.play(stream({"text": "a"}, Pause(0.1), {"text": "b"}, Pause(0.1), {"text": "c"}, DONE))
    events = client.with_options(idle_timeout=0.4).talks.stream()
    for text in "abc":
        assert text == caller.next(events).text
        if is_busy or not caller.asynchronous:
            time.sleep(0.6)
        else:
            caller.run(asyncio.sleep(0.6))
    assert [] == caller.list(events)


def test_a_caller_may_pause_between_bytes(caller: Caller, client: Any, server: Server) -> None:
    server.play(stream({"text": "a"}, Pause(0.1), {"text": "b"}, DONE))
    pieces = client.with_options(idle_timeout=0.4).talks.stream().iter_bytes()
    found = caller.next(pieces)
    time.sleep(0.6)
    assert b'{"text": "b"}' in found + b"".join(caller.list(pieces))


def test_silence_in_a_stream_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    """A stream that pauses for longer than `idle_timeout` raises, even if `timeout` is longer."""
    server.play(stream(ONE, Hold()))
    events = client.talks.stream.with_options(idle_timeout=0.25, timeout=60)()
    found, error = failing(caller, events, StreamTruncatedError)
    assert [Chunk(text="one")] == found
    assert str(error).startswith("talk: the stream was silent for too long: ")
    assert server.saw_close()


def test_the_first_event_may_take_longer_than_the_next(caller: Caller, client: Any, server: Server) -> None:
    """Until the response begins, `timeout` applies instead of `idle_timeout`."""
    server.play((Pause(0.1), *stream(ONE, DONE)))
    assert [Chunk(text="one")] == caller.list(client.talks.stream.with_options(idle_timeout=0.25)())
    server.respond = lambda _: (Hold(),)
    with pytest.raises(APITimeoutError, match="no response in time"):
        caller.next(client.talks.stream.with_options(timeout=0.05)())


@pytest.mark.parametrize("thing", ["error", "malformed"])
def test_an_invalid_event_is_raised_after_the_valid_ones_of_its_chunk(
    caller: Caller, client: Any, server: Server, thing: str
) -> None:
    """Then the connection is closed."""
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


def test_the_word_error_in_a_text_is_not_an_error(caller: Caller, client: Any, server: Server) -> None:
    """Only the field that the document names, if not null, makes an event an error."""
    server.play(stream({"text": "an error"}, {"text": "x", "error": None}, DONE))
    assert ["an error", "x"] == [event.text for event in caller.list(client.talks.stream())]


def test_drift_in_events_is_reported(caller: Caller, client: Any, server: Server) -> None:
    """An event that differs from the document is kept and reported by `on_drift`."""
    server.play(*[stream({"text": 5, "state": "odd"}, DONE)] * 4)
    with pytest.warns(DriftWarning, match=r"talk differs from its document: \$\.text: expected string, got integer"):
        assert [(5, "odd")] == [(event.text, event.state) for event in caller.list(client.talks.stream())]
    ignoring = client.with_options(on_drift="ignore")
    assert 5 == caller.list(ignoring.talks.stream())[0].text
    reported: list[Any] = []
    caller.list(client.talks.stream.with_options(on_drift=reported.extend)())
    assert ["$.text", "$.state"] == [drift.path for drift in reported]
    _, error = failing(caller, client.talks.stream.with_options(on_drift="raise")(), DecodeError)
    assert "talk: an event differs from the document: $.text: expected string, got integer; " in str(error)


@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8"])
def test_a_document_instead_of_events_is_a_decode_error(caller: Caller, client: Any, server: Server, kind: str) -> None:
    """The error has the document."""
    server.play(reply(b'{"object":\n "x"}', headers={"content-type": kind}))
    _, error = failing(caller, client.talks.stream(), DecodeError)
    shown = r"""'{"object":\n "x"}'"""
    assert f"talk: the server sent {kind.partition(';')[0]} instead of events: {shown}" == str(error)
    assert b'{"object":\n "x"}' == error.response.content


def test_events_with_a_wrong_content_type_are_read(caller: Caller, client: Any, server: Server) -> None:
    """Some servers label events as JSON."""
    server.play(stream(ONE, DONE, kind="application/json"))
    assert [Chunk(text="one")] == caller.list(client.talks.stream())


def test_an_error_status_is_raised_when_the_stream_opens(caller: Caller, client: Any, server: Server) -> None:
    """The error is typed."""
    server.play(reply({"message": "no"}, status=401))
    with pytest.raises(AuthenticationError) as caught:
        caller.enter(client.talks.stream())
    assert Problem(message="no") == caught.value.body


def test_a_stream_is_retried_until_it_begins(caller: Caller, client: Any, server: Server) -> None:
    """A busy server is retried; a stream that began is not."""
    server.play(reply({}, status=429), stream(ONE, DONE))
    events = caller.enter(client.talks.stream())
    assert 2 == events.response.attempts
    assert [Chunk(text="one")] == caller.list(events)
    server.play((Reset(),))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.next(client.talks.stream())
    assert 3 == len(server.received)


def test_a_with_block_closes_the_stream(caller: Caller, client: Any, server: Server) -> None:
    """Also after an exception; closing is idempotent."""
    server.play(*[stream(ONE, Hold())] * 2)
    for error in (None, ValueError("mine")):
        events = caller.enter(client.talks.stream())
        caller.next(events)
        assert not caller.leave(events, error)
        assert server.saw_close()
        caller.close(events)


def test_a_closed_stream_does_not_end_silently(caller: Caller, client: Any, server: Server) -> None:
    """Reading after closing is an error unless all was read; a stream that is closed before it opened stays closed."""
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


def test_break_closes_the_stream(server: Server) -> None:
    """Leaving a `for` loop by `break` or an exception closes it at once, without the garbage collector."""
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
    """A stream without references releases its connection soon, without a warning."""
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


def test_an_abandoned_stream_of_an_ended_loop_causes_no_warnings(server: Server) -> None:
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
    """A task that waits for the next event gets an error."""
    server.play(stream(ONE, Hold()))

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            events = client.talks.stream()
            await anext(events)
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.01)
            await events.aclose()
            with pytest.raises(StreamError, match="the client, or this response, was closed"):
                await asyncio.wait_for(waiting, 2)

    asyncio.run(main())
    assert server.saw_close()


def test_cancelling_a_task_closes_its_stream(server: Server) -> None:
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


@pytest.mark.parametrize("library", ["httpx2", "aiohttp", "pyreqwest"])
@pytest.mark.parametrize(
    "kind", ["with a terminator", "without a terminator", "lines", "bytes", "not begun", "download"]
)
def test_reading_on_after_a_cancelled_read_is_an_error(library: Any, kind: str, server: Server) -> None:
    """The connection is lost with the read, so an end would be a silent one; nothing is sent again."""
    beginning: tuple[Any, ...] = (ONE, Pause(0.1))
    if kind == "lines":
        beginning = (head(200, {"content-type": "application/jsonl"}), b'{"text": "one"}\n', Pause(0.1))
    elif kind == "download":
        beginning = (head(200, {"content-type": "application/octet-stream"}), b"one", Pause(0.1))
    server.play(
        (Hold(),)
        if kind == "not begun"
        else (*beginning, Hold())
        if kind in ("lines", "download")
        else stream(*beginning, Hold())
    )

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url, transport=library, retry=QUICK) as client:
            pieces: AsyncIterator[Any]
            if kind == "lines":
                pieces = client.talks.lines()
            elif kind == "bytes":
                pieces = client.talks.stream().iter_bytes()
            elif kind == "download":
                pieces = client.files.download().iter_bytes()
            else:
                pieces = (client.talks.tail if kind == "without a terminator" else client.talks.stream)()
            if kind != "not begun":
                await anext(pieces)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(pieces), 0.2)
            for _ in range(2):
                with pytest.raises(SpecwireError, match="cancelled, which closed the .*: call the method again"):
                    await anext(pieces)

    asyncio.run(main())
    assert len(server.received) == 1


def test_reading_on_after_a_failure_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    """The caller has seen the failure, and may not take the following end for the end of the content."""
    server.play((head(200, {"content-length": "6"}), b"one", Reset()), stream(ONE, Reset()))
    for pieces in (client.files.download().iter_bytes(), client.talks.stream().iter_bytes()):
        caller.next(pieces)
        for _ in range(3):
            with pytest.raises(SpecwireError):
                caller.next(pieces)


@pytest.mark.parametrize("library", ["httpx2", "aiohttp", "pyreqwest"])
@pytest.mark.parametrize("kind", ["stream", "download"])
def test_two_tasks_may_not_read_at_once(library: Any, kind: str, server: Server) -> None:
    """The second one gets an error, and the first one reads on."""
    if kind == "stream":
        server.play(stream(ONE, Pause(0.3), TWO, DONE))
    else:
        server.play((head(200, {"content-length": "6"}), b"one", Pause(0.3), b"two"))

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url, transport=library) as client:
            pieces: AsyncIterator[Any] = (
                client.talks.stream() if kind == "stream" else client.files.download().iter_bytes()
            )
            first = await anext(pieces)
            reading = asyncio.ensure_future(anext(pieces))
            await asyncio.sleep(0.05)
            with pytest.raises(SpecwireError, match="an earlier read is still running"):
                await anext(pieces)
            assert [first, await reading] == (BOTH if kind == "stream" else [b"one", b"two"])
            assert [] == [piece async for piece in pieces]

    asyncio.run(main())


def test_streams_work_under_trio(server: Server) -> None:
    """Read to the end, or left early."""
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
    """Its connection is released."""
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


def test_final_returns_the_result_of_all_events(caller: Caller, client: Any, server: Server) -> None:
    """It reads the rest; events that were read before count too."""
    server.play(*[stream(ONE, TWO, DONE)] * 2)
    events = caller.enter(client.talks.add_up())
    assert Chunk(text="one") == caller.next(events)
    assert "onetwo" == caller.run(events.final())
    assert "onetwo" == caller.run(events.final())
    caller.leave(events)
    assert "onetwo" == caller.run(client.talks.add_up().final())


def test_final_raises_for_a_truncated_stream(caller: Caller, client: Any, server: Server) -> None:
    """It never returns a partial result, however often it is called."""
    server.play(stream(ONE), stream(ONE, Hold()))
    events = client.talks.add_up()
    for _ in range(2):
        with pytest.raises(StreamTruncatedError, match="ended before its terminator"):
            caller.run(events.final())
    events = caller.enter(client.talks.add_up())
    caller.next(events)
    caller.leave(events)
    with pytest.raises(StreamError, match="closed before its end"):
        caller.run(events.final())


def test_json_lines_are_typed_events(caller: Caller, client: Any, server: Server) -> None:
    """The last one needs no line feed."""
    server.play(stream(b'{"text": "one"}\n\n{"te', b'xt": "two"}', kind="application/jsonl"))
    assert BOTH == caller.list(client.talks.lines())
    assert "application/jsonl" == server.received[0].headers["accept"]


def test_json_text_sequences_are_typed_events(caller: Caller, client: Any, server: Server) -> None:
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
def test_invalid_records_are_errors(
    caller: Caller, client: Any, server: Server, method: str, body: bytes, kind: type[SpecwireError]
) -> None:
    """A truncated record is a truncated stream; one that is not JSON is a `DecodeError`."""
    server.play(stream(body, kind="application/jsonl"))
    found, error = failing(caller, getattr(client.talks, method)(), kind)
    assert [Chunk(text="one")][: len(found)] == found
    assert str(error).startswith(f"{method}: ")


def test_an_endless_event_or_record_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    """It never fills the memory: `max_response_size` bounds each of them."""
    client = client.with_options(max_response_size=1000)
    server.play(stream(ONE, b"data: " + b"x" * 2000, Hold()), stream(b"x" * 2000, Hold()))
    found, error = failing(caller, client.talks.stream(), StreamError)
    assert [Chunk(text="one")] == found
    assert str(error).startswith("talk: a server-sent event is larger than 1,000 bytes: ")
    found, error = failing(caller, client.talks.lines(), StreamError)
    assert str(error).startswith("lines: a JSON record is larger than 1,000 bytes: ")
    assert server.saw_close()
    assert server.saw_close()


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("stream", b'data: {"text": "one"}\n\ndata: '),
        ("lines", b'{"text": "one"}\n'),
        ("sequence", b'\x1e{"text": "one"}\n\x1e'),
    ],
)
def test_the_events_before_an_endless_one_are_returned(
    caller: Caller, client: Any, server: Server, operation: str, body: bytes
) -> None:
    """Even if they arrive together with it and nothing follows."""
    client = client.with_options(max_response_size=1000)
    server.play(stream(body + b"x" * 2000, Hold()))
    found, _ = failing(caller, getattr(client.talks, operation)(), StreamError)
    assert ["one"] == [each.text for each in found]
    assert server.saw_close()


def test_twenty_thousand_events_are_read_quickly(caller: Caller, client: Any, server: Server) -> None:
    """All arrive typed and in order, in well under five seconds of CPU time."""
    block = b"".join(b'data: {"text": "%d"}\n\n' % number for number in range(20_000))
    server.play(stream(*[block[start : start + 4096] for start in range(0, len(block), 4096)], DONE))
    started = time.process_time()
    found = caller.list(client.talks.stream())
    assert [str(number) for number in range(20_000)] == [event.text for event in found]
    assert {Chunk} == set(map(type, found))
    assert time.process_time() - started < 5


def test_the_repr_of_a_stream_has_class_and_operation(caller: Caller, client: Any) -> None:
    """It sends nothing."""
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
    """It may run while the pool changes: the socket is closed at once, the rest is left to the next call."""
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
def test_the_error_of_a_stream_without_events_has_its_body(
    caller: Caller, client: Any, server: Server, body: bytes, kind: type[SpecwireError]
) -> None:
    """The key is masked."""
    server.play(stream(body), stream(body))
    for method in (client.talks.stream, client.talks.endless):
        found, error = failing(caller, method(), kind)
        assert not found
        assert 200 == error.response.status_code
        expected = body.replace(KEY.encode(), b"***")
        assert expected.replace(b" ", b"").strip() == error.response.content.replace(b" ", b"").strip()


@pytest.mark.parametrize("body", [b"", b": ping\n\n", b"retry: 100\n\n: bye\n", b"event: ping\n\n"])
def test_a_stream_of_comments_is_empty(caller: Caller, client: Any, server: Server, body: bytes) -> None:
    """Comments and fields without data are not an error."""
    server.play(stream(*filter(None, [body])))
    assert [] == caller.list(client.talks.endless())


def test_iter_bytes_yields_any_body(caller: Caller, client: Any, server: Server) -> None:
    """It releases the connection."""
    server.play(stream(b"tok0 ", b"tok1\n"), reply({"id": "1"}))
    assert b"tok0 tok1\n" == b"".join(caller.list(client.talks.stream().iter_bytes()))
    caller.run(client.things.get("1"))
    assert [0, 0] == [received.connection for received in server.received]


def test_iter_bytes_yields_before_the_body_ends(caller: Caller, client: Any, server: Server) -> None:
    """Closing the stream ends the reading."""
    server.play(stream(b"tok0 ", Hold()))
    events = client.talks.stream()
    pieces = events.iter_bytes()
    assert b"tok0 " == caller.next(pieces)
    caller.close(events)
    failing(caller, pieces, StreamError)
    assert server.saw_close()


def test_an_interrupted_body_is_an_error_of_iter_bytes(caller: Caller, client: Any, server: Server) -> None:
    """An interruption is not the end."""
    server.play(stream(b"tok0 ", end=(Reset(),)))
    found, error = failing(caller, client.talks.stream().iter_bytes(), StreamTruncatedError)
    assert [b"tok0 "] == found
    assert 200 == error.response.status_code


def test_events_and_bytes_of_one_stream_cannot_be_mixed(caller: Caller, client: Any, server: Server) -> None:
    """Some of the body would be missing."""
    server.play(stream(ONE, TWO, DONE), stream(ONE, DONE))
    events = client.talks.stream()
    caller.next(events)
    _, error = failing(caller, events.iter_bytes(), StreamError)
    assert "talk: events were already read: call `iter_bytes()` before reading any" in str(error)
    caller.close(events)
    events = client.talks.stream()
    caller.list(events.iter_bytes())
    failing(caller, events, StreamError)
