"""Accumulated streams of the clients, from bytes to the result."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
import pytest
from specwire.errors import StreamEventError, StreamTruncatedError
from specwire_clients.aitre import Aitre
from specwire_clients.mistral import AsyncMistral, Mistral
from specwire_clients.moonshot import Moonshot


def serving(events: Sequence[Any]) -> Callable[[httpx2.Request], httpx2.Response]:
    """Return a server that responds to everything with one event stream."""
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return lambda request: httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=body)


HEAD = {"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "m"}
CHAT = [
    {**HEAD, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hel"}, "finish_reason": None}]},
    {
        **HEAD,
        "choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    },
]
TEXT = [
    {
        **HEAD,
        "object": "text_completion",
        "choices": [{"index": 0, "text": text, "logprobs": None, "finish_reason": end}],
    }
    for text, end in (("l", None), ("o", "stop"))
]


def test_final_reads_the_rest_of_the_stream() -> None:
    """Stopping after one event still returns the whole result."""
    with httpx2.Client(transport=httpx2.MockTransport(serving(CHAT))) as http, Mistral("k", http_client=http) as client:
        with client.chat.stream(model="m", messages=[{"role": "user", "content": "Hi"}]) as events:
            first = next(events)
            final = events.final()
    assert ("Hel", "Hello") == (first.choices[0].delta.content, final.choices[0].message.content)


def test_final_of_an_asynchronous_stream_is_awaited() -> None:
    """It returns the same."""

    async def run() -> tuple[object, int]:
        transport = httpx2.MockTransport(serving(CHAT))
        async with httpx2.AsyncClient(transport=transport) as http, AsyncMistral("k", http_client=http) as client:
            async with client.fim.stream(model="m", prompt="Hel") as events:
                final = await events.final()
        return final.choices[0].message.content, final.usage.total_tokens

    assert ("Hello", 3) == asyncio.run(run())


def test_every_stream_of_moonshot_and_aitre_has_final() -> None:
    """Every streamed operation of the other providers has a `final()`."""
    with httpx2.Client(transport=httpx2.MockTransport(serving(CHAT))) as http:
        moonshot = Moonshot("k", http_client=http)
        aitre = Aitre("k", base_url="https://aitre.test", http_client=http)
        one = moonshot.chat.stream(model="m", messages=[{"role": "user", "content": "Hi"}]).final()
        two = aitre.chat.stream(model="m", messages=[{"role": "user", "content": "Hi"}]).final()
    with httpx2.Client(transport=httpx2.MockTransport(serving(TEXT))) as http:
        aitre = Aitre("k", base_url="https://aitre.test", http_client=http)
        three = aitre.completions.stream(model="m", prompt="Hel").final()
    message = two.choices[0].message
    found = (one.choices[0].message.content, message and message.content, three.choices[0].text)
    assert ("Hello", "Hello", "lo") == found


def test_so_far_returns_the_result_of_the_received_events() -> None:
    """At any time and after an error."""
    broken = "".join(f"data: {json.dumps(event)}\n\n" for event in (CHAT[0], {"error": {"message": "no more"}}))

    def respond(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=broken)

    with httpx2.Client(transport=httpx2.MockTransport(respond)) as http, Mistral("k", http_client=http) as client:
        with client.chat.stream(model="m", messages=[{"role": "user", "content": "Hi"}]) as events:
            assert [] == list(events.so_far().choices)
            next(events)
            assert "Hel" == events.so_far().choices[0].message.content
            for read in (lambda: next(events), events.final):
                with pytest.raises(StreamEventError, match="no more"):
                    read()
                assert "Hel" == events.so_far().choices[0].message.content


def test_so_far_of_an_asynchronous_stream_needs_no_await() -> None:
    """`so_far()` of the asynchronous client needs no `await`."""
    broken = f"data: {json.dumps(CHAT[0])}\n\n"

    async def run() -> object:
        transport = httpx2.MockTransport(
            lambda _: httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=broken)
        )
        async with httpx2.AsyncClient(transport=transport) as http, AsyncMistral("k", http_client=http) as client:
            events = client.fim.stream(model="m", prompt="Hel")
            with pytest.raises(StreamTruncatedError, match=r"closed it without \[DONE\]"):
                await events.final()
            return events.so_far().choices[0].message.content

    assert "Hel" == asyncio.run(run())
