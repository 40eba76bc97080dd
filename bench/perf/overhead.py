"""The runtime's own part of a call and of an event: CPU with the HTTP library replaced by a canned response.

`python bench/perf/overhead.py` prints both, for the synchronous and the asynchronous client; `--check` fails above the
limits. The canned client builds no request and opens no connection, so what is left is ours. It is made outside of the
measured time: the TLS context of an HTTP client takes as long as thousands of events.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import httpx2
from specwire_clients.mistral import AsyncMistral, Mistral

CALL_LIMIT = 12.0
"""Limit of CPU per call in microseconds."""
EVENT_LIMIT = 1.0
"""Limit of CPU per event in microseconds."""

_MESSAGES: Any = [{"role": "user", "content": "Hi"}]
_BODY = (
    b'{"id":"c","object":"chat.completion","model":"m","created":1,"usage":{"prompt_tokens":1,"completion_tokens":1,'
    b'"total_tokens":2},"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}'
)
_EVENT = (
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
    b'{"content":"word"},"finish_reason":null}]}\n\n'
)
_EVENTS = 100
"""Number of events in a chunk of a fast server."""
_ALONE = "event, a chunk each"
"""Events of a slow server, without a limit: the HTTP library costs many times as much for each chunk."""


class _Request:
    def __init__(self) -> None:
        self.extensions: dict[str, Any] = {"timeout": {}}


class _Response:
    """Attributes of a response that the runtime uses."""

    status_code = 200
    charset_encoding = "utf-8"
    num_bytes_downloaded = 1
    extensions: dict[str, Any] = {}

    def __init__(self, headers: httpx2.Headers, chunks: list[bytes], *, read: bool) -> None:
        self.headers = headers
        self.content = chunks[0]
        self.is_closed = self.is_stream_consumed = read
        self._chunks = chunks

    def iter_raw(self) -> Iterator[bytes]:
        self.is_stream_consumed = True
        yield from self._chunks
        self.is_closed = True

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        self.is_stream_consumed = True
        for chunk in self._chunks:
            yield chunk
        self.is_closed = True

    iter_bytes, aiter_bytes = iter_raw, aiter_raw

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.close()


_REQUEST = _Request()
_JSON = httpx2.Headers({"content-type": "application/json", "content-length": str(len(_BODY)), "x-request-id": "r"})
_SSE = httpx2.Headers({"content-type": "text/event-stream"})


class _Canned:
    """Base of both canned clients."""

    def __init__(self, events: int, together: int = _EVENTS) -> None:
        super().__init__()
        self._chunks = [_EVENT * together] * (events // together) + [b"data: [DONE]\n\n"] if events else []

    def build_request(self, *_args: Any, **_options: Any) -> Any:
        return _REQUEST

    def response(self) -> Any:
        if not self._chunks:
            return _Response(_JSON, [_BODY], read=True)
        return _Response(_SSE, self._chunks, read=False)


class _Client(_Canned, httpx2.Client):
    def send(self, *_args: Any, **_options: Any) -> Any:
        return self.response()


class _AsyncClient(_Canned, httpx2.AsyncClient):
    async def send(self, *_args: Any, **_options: Any) -> Any:
        return self.response()


def call() -> Callable[[int], None]:
    """Return a function that makes this many calls."""
    client = Mistral("k" * 32, base_url="http://api.test", http_client=_Client(0))
    complete = client.chat.complete

    def work(count: int) -> None:
        for _ in range(count):
            complete(model="m", messages=_MESSAGES)

    return work


def call_async() -> Callable[[int], Coroutine[Any, Any, None]]:
    """Return a function that makes this many calls, one after the other."""
    client = AsyncMistral("k" * 32, base_url="http://api.test", http_client=_AsyncClient(0))
    complete = client.chat.complete

    async def work(count: int) -> None:
        for _ in range(count):
            await complete(model="m", messages=_MESSAGES)

    return work


def events(count: int, together: int = _EVENTS) -> Callable[[], None]:
    """Return a function that reads this many events of one stream, without decoding them to models."""
    client = Mistral("k" * 32, base_url="http://api.test", http_client=_Client(count, together))

    def work() -> None:
        for _ in client.chat.stream(model="m", messages=_MESSAGES):
            pass

    return work


def events_async(count: int) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return a function that reads this many events of one stream."""
    client = AsyncMistral("k" * 32, base_url="http://api.test", http_client=_AsyncClient(count))

    async def work() -> None:
        async for _ in client.chat.stream(model="m", messages=_MESSAGES):
            pass

    return work


def decoding(data: bytes, kind: Any, count: int) -> float:
    """Return the microseconds that msgspec takes to decode this."""
    import msgspec

    decode = msgspec.json.Decoder(kind).decode
    return least(lambda: [decode(data) for _ in range(count)], count)


def least(work: Callable[[], Any], count: int, rounds: int = 9) -> float:
    """Return the microseconds of CPU of one of so many pieces of work, the least of some rounds."""
    work()
    found = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found) / count * 1e6


def measure(count: int = 5000) -> dict[str, float]:
    """Return microseconds of CPU by kind of work."""
    from specwire_clients.mistral import models

    async def drive(work: Callable[[int], Coroutine[Any, Any, None]]) -> None:
        await work(count)

    calls, acalls = call(), call_async()
    many = count * 4
    read, aread, read_alone = events(many), events_async(many), events(many, together=1)
    event = decoding(_EVENT[6:-2], models.CompletionChunk, count)
    body = decoding(_BODY, models.ChatCompletionResponse, count)
    with asyncio.Runner() as runner:
        return {
            "call": least(lambda: calls(count), count) - body,
            "call, async": least(lambda: runner.run(drive(acalls)), count) - body,
            "event": least(read, many) - event,
            "event, async": least(lambda: runner.run(aread()), many) - event,
            _ALONE: least(read_alone, many) - event,
        }


def main() -> int:
    """Print the results; with `--check`, fail if one exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail above the limits")
    check = parser.parse_args().check
    over = 0
    for what, cost in measure().items():
        limit = math.inf if what == _ALONE else CALL_LIMIT if what.startswith("call") else EVENT_LIMIT
        over += cost > limit
        print(f"{what:20}{cost:7.2f} us of CPU" + (f" (limit {limit:g})" if limit < math.inf else ""))
    return int(check and over > 0)


if __name__ == "__main__":
    sys.exit(main())
