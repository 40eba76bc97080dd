"""Streams of the mock server, and failures on request."""

import json
import time
from typing import Any

import httpx2
import pytest
from specwire_codegen.mock import server
from specwire_codegen.mock.document.failures import MockError
from starlette.applications import Starlette

from tests.support.sample import Sample

CHAT = {"model": "tiny", "messages": [{"content": "Hi"}]}
STREAM = {**CHAT, "stream": True}


def data(text: str) -> list[str]:
    """Return the data of the events in a stream."""
    return [block.removeprefix("data: ") for block in text.split("\n\n") if block]


def chunks(client: httpx2.Client, **headers: str) -> list[bytes]:
    """Return the chunks of the chat stream as received."""
    with client.stream("POST", "/chat", json=STREAM, headers=headers) as reply:
        return list(reply.iter_raw())


def test_a_body_field_selects_the_stream(client: httpx2.Client) -> None:
    """It ends with its terminator and has the requested model."""
    reply = client.post("/chat", json=STREAM)
    *events, last = data(reply.text)
    assert (reply.headers["content-type"], last) == ("text/event-stream", "[DONE]")
    assert [(event["model"], event["delta"]) for event in map(json.loads, events)] == [
        ("tiny", "He"),
        ("tiny", "ll"),
        ("tiny", "o"),
    ]


def test_a_stream_without_example_has_five_drawn_events(client: httpx2.Client) -> None:
    """Without an example five events are drawn from the event's schema."""
    assert data(client.get("/events").text) == ['event: tick\ndata: {"at":1,"open":true}'] * 5


@pytest.mark.parametrize(
    ("last", "ids"),
    [
        (None, ["0", "second", "2", "3"]),
        ("0", ["second", "2", "3"]),
        ("second", ["2", "3"]),
        ("3", []),
        ("other", ["0", "second", "2", "3"]),
    ],
)
def test_a_resumable_stream_continues_after_the_last_event_id(
    client: httpx2.Client, last: str | None, ids: list[str]
) -> None:
    """Its events have ids."""
    reply = client.get("/tail", headers={} if last is None else {"last-event-id": last})
    assert ids == [line.removeprefix("id: ") for line in reply.text.splitlines() if line.startswith("id: ")]


def test_clients_resume_an_interrupted_stream(url: str) -> None:
    """Every event is returned once."""
    cut = {"x-mock-cut": "stream", "x-mock-fail": "1", "x-mock-key": "resume"}
    with Sample("test-key", base_url=url) as client:
        assert list("abcd") == [event.text for event in client.talks.tail.with_options(headers=cut)()]


def test_json_lines_are_sent_one_by_one(client: httpx2.Client) -> None:
    """JSON lines are sent one by one."""
    reply = client.get("/lines", headers={"x-mock-events": "4"})
    assert [json.loads(line)["at"] for line in reply.text.splitlines()] == [1, 1, 1, 2]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 2000])
def test_a_stream_has_the_requested_number_of_events(client: httpx2.Client, count: int) -> None:
    """Besides the terminator."""
    assert len(data(client.post("/chat", json=STREAM, headers={"x-mock-events": str(count)}).text)) == count + 1


@pytest.mark.parametrize("size", ["1", "7", "100000"])
def test_a_stream_can_be_sent_in_chunks_of_any_size(client: httpx2.Client, size: str) -> None:
    """The bytes are the same."""
    assert b"".join(chunks(client, **{"x-mock-chunk": size})) == b"".join(chunks(client))


def test_a_status_can_be_requested(client: httpx2.Client) -> None:
    """It has the document's example and the requested Retry-After."""
    reply = client.post("/chat", json={}, headers={"x-mock-status": "429", "x-mock-retry-after": "1"})
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    assert reply.json() == {"error": {"message": "Slow down", "type": "rate_limit_error"}}


def test_failures_can_be_requested_in_the_query(client: httpx2.Client) -> None:
    """The operation does not see these parameters."""
    assert client.post("/chat?mock-status=503", json=CHAT).status_code == 503


def test_a_number_of_failures_can_be_requested(client: httpx2.Client) -> None:
    """The first requests with a key fail; other keys have their own count."""
    headers = {"x-mock-fail": "2", "x-mock-key": "k"}
    assert [client.post("/chat", json=CHAT, headers=headers).status_code for _ in range(4)] == [503, 503, 200, 200]
    other = {"x-mock-fail": "1", "x-mock-key": "other", "x-mock-status": "429"}
    assert [client.post("/chat", json=CHAT, headers=other).status_code for _ in range(2)] == [429, 200]


def test_a_delay_can_be_requested(client: httpx2.Client) -> None:
    """The answer comes as late as asked for."""
    begin = time.monotonic()
    client.post("/chat", json=CHAT, headers={"x-mock-delay": "0.2"})
    assert time.monotonic() - begin >= 0.2


@pytest.mark.parametrize(("cut", "body"), [("headers", CHAT), ("body", CHAT), ("stream", STREAM)])
def test_a_closed_connection_can_be_requested(client: httpx2.Client, cut: str, body: dict[str, Any]) -> None:
    """Before the response, in the body, or in the stream; the server continues."""
    with pytest.raises(httpx2.RemoteProtocolError, match="disconnected|peer closed"):
        client.post("/chat", json=body, headers={"x-mock-cut": cut})
    assert client.post("/chat", json=CHAT).status_code == 200


def test_an_interrupted_stream_has_events_and_no_terminator(client: httpx2.Client) -> None:
    """A stream that is cut has sent events and no terminator."""
    received = b""
    with (
        pytest.raises(httpx2.RemoteProtocolError),
        client.stream("POST", "/chat", json=STREAM, headers={"x-mock-cut": "stream"}) as reply,
    ):
        for chunk in reply.iter_raw():
            received += chunk
    assert (b"He" in received, b"DONE" in received) == (True, False)


def test_a_limited_number_of_interruptions_is_followed_by_success(client: httpx2.Client) -> None:
    """A cut that is limited in number is followed by success."""
    headers = {"x-mock-cut": "headers", "x-mock-fail": "1"}
    with pytest.raises(httpx2.RemoteProtocolError, match="disconnected without"):
        client.post("/chat", json=CHAT, headers=headers)
    assert client.post("/chat", json=CHAT, headers=headers).status_code == 200


def test_malformed_json_can_be_requested(client: httpx2.Client) -> None:
    """Its media type is JSON."""
    reply = client.post("/chat", json=CHAT, headers={"x-mock-malformed": "json"})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match="delimiter"):
        reply.json()


def test_a_malformed_event_can_be_requested(client: httpx2.Client) -> None:
    """Between valid ones."""
    events = data(client.post("/chat", json=STREAM, headers={"x-mock-malformed": "event"}).text)
    assert (events[1], len(events)) == ('{"broken": ', 5)


def test_an_error_event_can_be_requested(client: httpx2.Client) -> None:
    """It has the documented fields and ends the stream without terminator."""
    events = data(client.post("/chat", json=STREAM, headers={"x-mock-malformed": "sse-error"}).text)
    assert len(events) == 2
    assert set(json.loads(events[1])["error"]) == {"message", "type"}


@pytest.mark.parametrize(
    "headers", [{"x-mock-status": "abc"}, {"x-mock-cut": "now"}, {"x-mock-delay": "-1"}, {"x-mock-typo": "1"}]
)
def test_an_invalid_instruction_is_a_400(client: httpx2.Client, headers: dict[str, str]) -> None:
    """It is named."""
    reply = client.post("/chat", json=CHAT, headers=headers)
    assert reply.status_code == 400
    assert next(iter(headers)) in reply.json()["error"]["message"]


def test_an_address_in_use_is_an_error(url: str) -> None:
    """An address that is taken is a clear error."""
    host, _, port = url.removeprefix("http://").partition(":")
    with pytest.raises(MockError, match="Choose another port"), server.serve(Starlette(), host, int(port)):
        raise AssertionError
