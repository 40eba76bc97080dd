"""Streams, and failures on demand."""

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
    """Return the chunks of the chat stream as they come over the wire."""
    with client.stream("POST", "/chat", json=STREAM, headers=headers) as reply:
        return list(reply.iter_raw())


def test_stream_is_switched_on_by_the_body(client: httpx2.Client) -> None:
    """The body field selects the stream, which ends with its terminator and names the model asked for."""
    reply = client.post("/chat", json=STREAM)
    *events, last = data(reply.text)
    assert (reply.headers["content-type"], last) == ("text/event-stream", "[DONE]")
    assert [(event["model"], event["delta"]) for event in map(json.loads, events)] == [
        ("tiny", "He"),
        ("tiny", "ll"),
        ("tiny", "o"),
    ]


def test_drawn_stream(client: httpx2.Client) -> None:
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
def test_resumable_stream(client: httpx2.Client, last: str | None, ids: list[str]) -> None:
    """Events of a stream that may be resumed have ids; those up to the last event id are left out."""
    reply = client.get("/tail", headers={} if last is None else {"last-event-id": last})
    assert ids == [line.removeprefix("id: ") for line in reply.text.splitlines() if line.startswith("id: ")]


def test_clients_resume_at_the_mock(url: str) -> None:
    """A client gets every event once of a stream that the mock cuts off."""
    cut = {"x-mock-cut": "stream", "x-mock-fail": "1", "x-mock-key": "resume"}
    with Sample("test-key", base_url=url) as client:
        assert list("abcd") == [event.text for event in client.talks.tail.with_options(headers=cut)()]


def test_json_lines(client: httpx2.Client) -> None:
    """JSON lines are sent one by one."""
    reply = client.get("/lines", headers={"x-mock-events": "4"})
    assert [json.loads(line)["at"] for line in reply.text.splitlines()] == [1, 1, 1, 2]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 2000])
def test_number_of_events(client: httpx2.Client, count: int) -> None:
    """A stream has as many events as are asked for, beside the terminator."""
    assert len(data(client.post("/chat", json=STREAM, headers={"x-mock-events": str(count)}).text)) == count + 1


@pytest.mark.parametrize("size", ["1", "7", "100000"])
def test_chunks_of_any_size(client: httpx2.Client, size: str) -> None:
    """The wire can be split at any byte count, with the same bytes."""
    assert b"".join(chunks(client, **{"x-mock-chunk": size})) == b"".join(chunks(client))


def test_status_on_demand(client: httpx2.Client) -> None:
    """A status that is asked for comes with the document's example and the wanted Retry-After."""
    reply = client.post("/chat", json={}, headers={"x-mock-status": "429", "x-mock-retry-after": "1"})
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    assert reply.json() == {"error": {"message": "Slow down", "type": "rate_limit_error"}}


def test_query_parameters_work_like_headers(client: httpx2.Client) -> None:
    """Failures can be asked for in the query as well, and the operation does not see that."""
    assert client.post("/chat?mock-status=503", json=CHAT).status_code == 503


def test_failing_so_many_times(client: httpx2.Client) -> None:
    """The first requests with a key fail, the next ones succeed; other keys count for themselves."""
    headers = {"x-mock-fail": "2", "x-mock-key": "k"}
    assert [client.post("/chat", json=CHAT, headers=headers).status_code for _ in range(4)] == [503, 503, 200, 200]
    other = {"x-mock-fail": "1", "x-mock-key": "other", "x-mock-status": "429"}
    assert [client.post("/chat", json=CHAT, headers=other).status_code for _ in range(2)] == [429, 200]


def test_delay(client: httpx2.Client) -> None:
    """The answer comes as late as asked for."""
    begin = time.monotonic()
    client.post("/chat", json=CHAT, headers={"x-mock-delay": "0.2"})
    assert time.monotonic() - begin >= 0.2


@pytest.mark.parametrize(("cut", "body"), [("headers", CHAT), ("body", CHAT), ("stream", STREAM)])
def test_connection_is_cut(client: httpx2.Client, cut: str, body: dict[str, Any]) -> None:
    """The connection closes before the reply, in the body, or in the stream, and the server lives on."""
    with pytest.raises(httpx2.RemoteProtocolError):
        client.post("/chat", json=body, headers={"x-mock-cut": cut})
    assert client.post("/chat", json=CHAT).status_code == 200


def test_cut_stream_has_begun(client: httpx2.Client) -> None:
    """A stream that is cut has sent events and no terminator."""
    received = b""
    with (
        pytest.raises(httpx2.RemoteProtocolError),
        client.stream("POST", "/chat", json=STREAM, headers={"x-mock-cut": "stream"}) as reply,
    ):
        for chunk in reply.iter_raw():
            received += chunk
    assert (b"He" in received, b"DONE" in received) == (True, False)


def test_cut_only_so_many_times(client: httpx2.Client) -> None:
    """A cut that is limited in number is followed by success."""
    headers = {"x-mock-cut": "headers", "x-mock-fail": "1"}
    with pytest.raises(httpx2.RemoteProtocolError):
        client.post("/chat", json=CHAT, headers=headers)
    assert client.post("/chat", json=CHAT, headers=headers).status_code == 200


def test_malformed_json(client: httpx2.Client) -> None:
    """A malformed body is announced as JSON and is none."""
    reply = client.post("/chat", json=CHAT, headers={"x-mock-malformed": "json"})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError):
        reply.json()


def test_malformed_event(client: httpx2.Client) -> None:
    """A malformed event stands among good ones."""
    events = data(client.post("/chat", json=STREAM, headers={"x-mock-malformed": "event"}).text)
    assert (events[1], len(events)) == ('{"broken": ', 5)


def test_error_in_the_stream(client: httpx2.Client) -> None:
    """An error event has the declared shape and ends the stream without the terminator."""
    events = data(client.post("/chat", json=STREAM, headers={"x-mock-malformed": "sse-error"}).text)
    assert len(events) == 2
    assert set(json.loads(events[1])["error"]) == {"message", "type"}


@pytest.mark.parametrize(
    "headers", [{"x-mock-status": "abc"}, {"x-mock-cut": "now"}, {"x-mock-delay": "-1"}, {"x-mock-typo": "1"}]
)
def test_wrong_instructions(client: httpx2.Client, headers: dict[str, str]) -> None:
    """An instruction that makes no sense is a 400 that names it."""
    reply = client.post("/chat", json=CHAT, headers=headers)
    assert reply.status_code == 400
    assert next(iter(headers)) in reply.json()["error"]["message"]


def test_address_in_use(url: str) -> None:
    """An address that is taken is a clear error."""
    host, _, port = url.removeprefix("http://").partition(":")
    with pytest.raises(MockError, match="Choose another port"), server.serve(Starlette(), host, int(port)):
        raise AssertionError
