"""Resumable streams: they continue after the last event, none lost, none repeated."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from specwire import RetryPolicy
from specwire.errors import APITimeoutError, DecodeError, NotFoundError, StreamEventError, StreamTruncatedError

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Chunk, Sample
from tests.support.server import DONE, END, Action, Close, Hold, Pause, Received, Reset, Server, reply, stream

BREAK: Sequence[Action] = (Pause(0.02), Close())


def event(text: str, id_: str | None = None, retry: int | None = None) -> bytes:
    """Return an event with its id and reconnection time."""
    head = "" if id_ is None else f"id: {id_}\n"
    head += "" if retry is None else f"retry: {retry}\n"
    return f"{head}data: {json.dumps({'text': text})}\n\n".encode()


def texts(caller: Caller, events: Any) -> list[str]:
    """Return the texts of all events of a stream."""
    return [one.text for one in caller.list(events)]


def last_ids(server: Server) -> list[str | None]:
    """Return the `Last-Event-ID` of each request."""
    return [one.headers.get("last-event-id") for one in server.received]


@pytest.mark.parametrize("end", [BREAK, (Pause(0.02), Reset()), (END,)], ids=["closed", "reset", "ended early"])
def test_a_stream_resumes_after_the_last_event(
    caller: Caller, client: Any, server: Server, end: Sequence[Action]
) -> None:
    """The same request is sent with the last id; an unfinished event is dropped."""
    server.play(
        stream(event("a", "1"), event("b", "2") + b'id: 3\ndata: {"te', end=end),
        stream(event("c", "3"), event("d"), end=BREAK),
        stream(event("e", "5"), DONE),
    )
    assert ["a", "b", "c", "d", "e"] == texts(caller, client.talks.follow(prompt="hello"))
    assert [None, "2", "3"] == last_ids(server)
    assert [{"prompt": "hello", "stream": True}] * 3 == [one.json for one in server.received]
    assert {"text/event-stream"} == {one.headers["accept"] for one in server.received}


def test_a_stream_resumes_after_silence(caller: Caller, client: Any, server: Server) -> None:
    """A stream that pauses for longer than `idle_timeout` resumes on another connection."""
    server.play(stream(event("a", "1"), Hold()), stream(event("b", "2"), DONE))
    assert ["a", "b"] == texts(caller, client.talks.follow.with_options(idle_timeout=0.25)())
    assert [None, "1"] == last_ids(server)


def test_final_includes_the_events_before_an_interruption(caller: Caller, client: Any, server: Server) -> None:
    """And those after it."""
    server.play(stream(event("a", "1"), end=BREAK), stream(event("b", "2"), DONE))
    assert "ab" == caller.run(client.talks.follow_up().final())


@pytest.mark.parametrize(
    "first",
    [event("a"), event("a", "1") + event("a", ""), event("a", "\x01"), event("a", "1 ")],
    ids=["none", "emptied", "control", "space"],
)
def test_a_stream_without_a_valid_id_does_not_resume(caller: Caller, client: Any, server: Server, first: bytes) -> None:
    """Without an id, or with one that is not a valid header value, the interruption is raised."""
    server.play(stream(first, end=BREAK))
    with pytest.raises(StreamTruncatedError, match="^follow: the stream broke off: "):
        caller.list(client.talks.follow())
    assert 1 == len(server.received)


def test_an_id_is_sent_in_utf_8(caller: Caller, client: Any, server: Server) -> None:
    """It may be any text on one line."""
    server.play(stream(event("a", "é☃"), end=BREAK), stream(DONE))
    assert ["a"] == texts(caller, client.talks.follow())
    assert "é☃" == str(last_ids(server)[1]).encode("latin-1").decode()


def test_an_id_without_data_changes_the_position(caller: Caller, client: Any, server: Server) -> None:
    """The stream resumes after it."""
    server.play(stream(event("a", "1"), b"id: 2\n\n", end=BREAK), stream(event("b"), DONE))
    assert ["a", "b"] == texts(caller, client.talks.follow())
    assert [None, "2"] == last_ids(server)


def test_other_streams_are_not_resumed(caller: Caller, client: Any, server: Server) -> None:
    """The document must declare a stream resumable."""
    server.play(stream(event("a", "1"), end=BREAK))
    with pytest.raises(StreamTruncatedError, match="the stream broke off"):
        caller.list(client.talks.stream())
    assert 1 == len(server.received)


@pytest.mark.parametrize("response", [(DONE,), (event("b", "2"), DONE, Reset())], ids=["end", "after the end"])
def test_nothing_is_requested_after_the_terminator(
    caller: Caller, client: Any, server: Server, response: Sequence[Any]
) -> None:
    """The stream is complete."""
    server.play(stream(event("a", "1"), *response))
    assert "a" == texts(caller, client.talks.follow())[0]
    assert 1 == len(server.received)


def test_a_body_without_terminator_may_end(caller: Caller, client: Any, server: Server) -> None:
    """It is complete unless it ends inside an event or is interrupted."""
    server.play(
        stream(event("a", "1"), end=BREAK),
        stream(event("b", "2"), b"data: {"),
        stream(event("c", "3")),
    )
    assert ["a", "b", "c"] == texts(caller, client.talks.tail())
    assert [None, "1", "2"] == last_ids(server)


def test_an_id_of_the_caller_is_replaced(caller: Caller, client: Any, server: Server) -> None:
    """A stream that started after the caller's id resumes after the last event."""
    optional = client.talks.tail.with_options(headers={"LAST-event-id": "7"})
    for events in (client.talks.tail(last="7"), optional()):
        server.received.clear()
        server.play(stream(event("a", "8"), end=BREAK), stream(event("b", "9")))
        assert ["a", "b"] == texts(caller, events)
        assert ["7", "8"] == last_ids(server)


def test_an_error_event_does_not_resume(caller: Caller, client: Any, server: Server) -> None:
    """It is raised, and so is drift with `on_drift="raise"`."""
    server.play(stream(event("a", "1"), {"error": "overloaded"}, end=BREAK), stream(event("a", "1"), b"data: {,}\n\n"))
    with pytest.raises(StreamEventError, match="the server sent an error in the stream: overloaded"):
        caller.list(client.talks.follow())
    with pytest.raises(DecodeError, match="a frame that is not JSON"):
        caller.list(client.talks.follow.with_options(on_drift="raise")())
    assert 2 == len(server.received)


def test_status_204_ends_the_stream(caller: Caller, client: Any, server: Server) -> None:
    """It is the end without a terminator, a truncation with one."""
    server.play(stream(event("a", "1"), end=BREAK), reply(b"", status=204))
    assert ["a"] == texts(caller, client.talks.tail())
    server.play(stream(event("a", "1"), end=BREAK), reply(b"", status=204))
    with pytest.raises(StreamTruncatedError, match="the stream broke off"):
        caller.list(client.talks.follow())
    assert 4 == len(server.received)


def test_a_document_instead_of_the_rest_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    """The message states it."""
    server.play(stream(event("a", "1"), end=BREAK), reply({"message": "maintenance"}))
    with pytest.raises(DecodeError, match="the server sent application/json instead of events"):
        caller.list(client.talks.follow())


def test_the_server_sets_the_reconnection_time(caller: Caller, server: Server) -> None:
    """`retry:` replaces the policy's wait before each attempt, also after further interruptions."""
    client = caller.client(retry=RetryPolicy(wait_initial=60.0, wait_max=60.0, attempts=4))
    server.play(
        stream(event("a", "1", retry=100), end=BREAK),
        (Reset(),),
        stream(event("b", "2"), end=BREAK),
        stream(DONE),
    )
    started = time.monotonic()
    assert ["a", "b"] == texts(caller, client.talks.follow())
    assert 0.3 <= time.monotonic() - started < 5


def test_a_reconnection_time_beyond_the_cap_ends_the_stream(caller: Caller, client: Any, server: Server) -> None:
    """The interruption is raised."""
    server.play(stream(event("a", "1", retry=10**9), end=BREAK))
    with pytest.raises(StreamTruncatedError, match="the stream broke off"):
        caller.list(client.talks.follow())
    assert 1 == len(server.received)


def test_attempts_restart_after_each_new_id(caller: Caller, client: Any, server: Server) -> None:
    """A server that makes progress is called as often as needed, another one `attempts` times."""
    server.play(*(stream(event(str(n), str(n)), end=BREAK) for n in range(5)), stream(DONE))
    assert list("01234") == texts(caller, client.talks.follow())
    server.received.clear()
    server.play(*[stream(event("a", "1"), end=BREAK)] * 5)
    with pytest.raises(StreamTruncatedError, match="^follow: the stream broke off: "):
        caller.list(client.talks.follow())
    assert 3 == len(server.received)


@pytest.mark.parametrize(
    "policy", [RetryPolicy(attempts=1), RetryPolicy(budget=0.0, wait_initial=1.0)], ids=["one", "budget"]
)
def test_the_retry_policy_bounds_reconnections(caller: Caller, server: Server, policy: RetryPolicy) -> None:
    """One attempt is one, and the budget of waiting applies."""
    server.play(stream(event("a", "1"), end=BREAK))
    with pytest.raises(StreamTruncatedError, match="the stream broke off"):
        caller.list(caller.client(retry=policy).talks.follow())
    assert 1 == len(server.received)


def test_a_resume_retries_busy_servers_only(caller: Caller, client: Any, server: Server) -> None:
    """The error states the interruption and why the stream did not resume."""
    server.play(stream(event("a", "1"), end=BREAK), reply({}, status=503), stream(event("b", "2"), DONE))
    assert ["a", "b"] == texts(caller, client.talks.follow())
    server.play(stream(event("a", "1"), end=BREAK), reply({"message": "gone"}, status=404))
    events = client.talks.follow()
    assert Chunk(text="a") == caller.next(events)
    with pytest.raises(
        StreamTruncatedError, match="broke off, and resuming it failed: follow: HTTP 404: gone"
    ) as caught:
        caller.next(events)
    assert isinstance(caught.value.__cause__, NotFoundError)
    with pytest.raises(StreamTruncatedError, match="the stream broke off, and resuming it failed"):
        caller.next(events)
    assert 5 == len(server.received)


def test_the_deadline_includes_reconnections(caller: Caller, client: Any, server: Server) -> None:
    """It bounds the whole stream."""
    server.play(stream(event("a", "1"), Pause(0.1), end=BREAK), (Hold(),))
    started = time.monotonic()
    with pytest.raises(StreamTruncatedError) as caught:
        caller.list(client.talks.follow.with_options(deadline=0.4)())
    assert isinstance(caught.value.__cause__, APITimeoutError)
    assert 0.35 < time.monotonic() - started < 3
    assert 2 == len(server.received)


def test_a_stream_with_an_upload_does_not_resume(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """The interruption is raised."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    server.play(stream(event("a", "1"), end=BREAK))
    with pytest.raises(StreamTruncatedError, match="the stream broke off"):
        caller.list(client.talks.follow(file=path))
    assert 1 == len(server.received)


def test_a_reconnection_is_logged(
    caller: Caller, client: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """An interruption is a DEBUG line, the next response an INFO line; neither has the id."""
    server.play(stream(event("a", "secret-id"), end=BREAK), stream(DONE))
    with caplog.at_level(logging.DEBUG, "specwire"):
        caller.list(client.talks.follow())
    lines = [one.getMessage() for one in caplog.records if one.name == "specwire"]
    assert ["200", "broke off", "200"] == [line.split(": ")[2].split(" in ")[0] for line in lines]
    assert "secret" not in "".join(lines)
    assert KEY not in "".join(lines)


def test_closing_a_resumed_stream_releases_its_connection(caller: Caller, client: Any, server: Server) -> None:
    """Also if it is not read to the end."""
    server.play(stream(event("a", "1"), end=BREAK), stream(event("b", "2"), Hold()))
    events = caller.enter(client.talks.follow())
    assert ["a", "b"] == [caller.next(events).text, caller.next(events).text]
    caller.leave(events)
    assert server.saw_close()


def test_closing_a_stream_ends_its_attempts_to_resume(server: Server) -> None:
    """Another task closes it."""

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            events = client.talks.follow()
            assert "a" == (await anext(events)).text
            reading = asyncio.create_task(anext(events))
            await asyncio.sleep(0.1)
            await events.aclose()
            with pytest.raises(StreamTruncatedError, match="the stream broke off"):
                await reading

    server.play(stream(event("a", "1", retry=200), end=BREAK))
    asyncio.run(main())
    assert 1 == len(server.received)


def test_every_event_is_returned_once_over_an_unreliable_connection(server: Server) -> None:
    """The server interrupts the stream after each event."""
    words = [f"word {n}" for n in range(20)]

    def respond(received: Received) -> Sequence[Action]:
        start = int(received.headers.get("last-event-id", "-1")) + 1
        return stream(event(words[start], str(start)), end=BREAK) if start < len(words) else stream(DONE)

    server.respond = respond
    with Sample(KEY, base_url=server.url, retry=RetryPolicy(wait_initial=0, wait_max=0)) as client:
        assert words == [one.text for one in client.talks.follow()]
