"""Life of a client: it closes what it opens, and keeps no references."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import warnings
import weakref
from typing import Any

import pytest
import trio
from specwire._http.response import HTTPResponse
from specwire._network import async_body
from specwire._pools import tls
from specwire.errors import APIConnectionError, NotFoundError, SpecwireError

from tests.sampling import sampled
from tests.support.caller import KEY, Caller
from tests.support.paths import ROOT
from tests.support.pool import opened
from tests.support.sample import AsyncSample, Sample, Thing
from tests.support.server import DONE, Hold, Server, head, reply, stream

GOOD = reply({"id": "1"})


def test_closing_a_client_closes_its_connections(caller: Caller, server: Server) -> None:
    """Its own connections are closed."""
    client = caller.client(http_client=None)
    server.respond = lambda _: GOOD
    for _ in range(3):
        caller.run(client.things.get("1"))
    assert 1 == server.connections
    caller.close(client)
    with pytest.raises(SpecwireError, match="is closed: make a new one"):
        caller.run(client.things.get("1"))


def test_no_socket_is_left_open(server: Server) -> None:
    """Calls, streams, downloads and failures close their sockets."""
    server.respond = lambda received: (
        stream({"text": "a"}, DONE)
        if received.target == "/talk"
        else reply({}, status=404)
        if received.target == "/things/9"
        else GOOD
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Sample(KEY, base_url=server.url) as client:
            client.things.get("1")
            list(client.talks.stream())
            next(client.talks.stream())
            client.files.download().read()
            with pytest.raises(NotFoundError, match="HTTP 404"):
                client.things.get("9")

        async def main() -> None:
            async with AsyncSample(KEY, base_url=server.url) as client:
                await client.things.get("1")
                [event async for event in client.talks.stream()]
                await anext(client.talks.stream())
                await client.files.download().read()
                with pytest.raises(NotFoundError, match="HTTP 404"):
                    await client.things.get("9")

        asyncio.run(main())
        gc.collect()


def test_an_unclosed_client_closes_when_collected(server: Server) -> None:
    """A synchronous client closes its connections without a warning."""
    server.play((*GOOD, Hold()))
    client = Sample(KEY, base_url=server.url)
    client.things.get("1")
    gone = weakref.ref(client)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del client
        gc.collect()
    assert gone() is None
    assert server.saw_close()


def test_a_stream_in_a_reference_cycle_is_closed_once(server: Server) -> None:
    """An asynchronous stream is closed by the garbage collector, without an error in its event loop."""
    server.play(stream({"text": "a"}, Hold()))
    trouble: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: trouble.append(what))
        async with AsyncSample(KEY, base_url=server.url) as client:
            events = client.talks.stream()
            await anext(events)
            circle: list[Any] = [events]
            circle.append(circle)
            del events, circle
            gc.collect()
            assert await asyncio.to_thread(server.saw_close)

    asyncio.run(main())
    gc.collect()
    assert [] == trouble


def test_closing_a_stream_ends_the_wait_for_its_next_chunk(server: Server) -> None:
    """Another task closes it, and nothing is kept."""
    server.play(stream({"text": "a"}, Hold()))

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            events = client.talks.stream()
            await anext(events)
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.05)
            await asyncio.gather(events.aclose(), events.aclose())
            with pytest.raises(SpecwireError, match="the client, or this response, was closed"):
                await waiting
        assert not async_body._open_bodies

    asyncio.run(main())
    assert server.saw_close()


@pytest.mark.parametrize("library", ["httpx2", "aiohttp", "pyreqwest"])
def test_a_stream_that_was_read_leaves_nothing_to_the_garbage_collector(library: Any, server: Server) -> None:
    """The body of an asynchronous response is released with its reader, whether it was read to the end or not."""
    server.play(stream({"text": "a"}, DONE), stream({"text": "a"}, Hold()))

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url, transport=library) as client:
            assert 1 == len([event async for event in client.talks.stream()])
            assert len(bodies()) == before
            async with client.talks.stream() as events:
                await anext(events)
                assert len(bodies()) == before + 2
            del events
            assert len(bodies()) == before

    gc.collect()
    before = len(bodies())  # those that other tests of this process still reference
    gc.disable()
    try:
        asyncio.run(main())
    finally:
        gc.enable()


def bodies() -> list[object]:
    """Return the bodies that are in memory, and their responses."""
    kinds = (async_body.AsyncBody, async_body.PlainBody, HTTPResponse)
    return [each for each in gc.get_objects() if type(each) in kinds]


SYNC_END = """
client = Sample("k", base_url=sys.argv[1])
client.things.get("1")
events = client.talks.stream()
print(next(events).text)
download = client.files.download().iter_bytes()
next(download)
"""
ASYNC_END = """
async def main():
    asyncio.get_running_loop().slow_callback_duration = 30
    async with AsyncSample("k", base_url=sys.argv[1]) as client:
        await client.things.get("1")
        async with client.talks.stream() as events:
            print((await anext(events)).text)
        async with client.files.download() as download:
            assert 200 == download.response.status_code

asyncio.run(main())
"""


UNCLOSED = """
def make():
    return AsyncSample("k", base_url=sys.argv[1], http_client=httpx.AsyncClient() if sys.argv[2] == "httpx" else None)

async def texts(client):
    async for event in client.talks.stream():
        yield event.text

async def pieces(client):
    async for piece in client.files.download().iter_bytes():
        print("a")
        break

async def local():
    events = make().talks.stream()
    print((await anext(events)).text)

async def kept():
    global events
    events = make().talks.stream()
    print((await anext(events)).text)

async def kept_of_a_closed_client():
    global events
    async with make() as client:
        events = client.talks.stream()
        print((await anext(events)).text)

async def generator():
    global running
    running = texts(make())
    print(await anext(running))

async def task():
    global waiting
    async def read():
        async for text in texts(make()):
            print(text)
            told.set()
    told = asyncio.Event()
    waiting = asyncio.create_task(read())
    await told.wait()

async def dropped_pieces():
    await pieces(make())

async def kept_pieces():
    global running
    running = make().files.download().iter_bytes()
    await anext(running)
    print("a")

async def circle():
    gc.disable()
    events = make().talks.stream()
    circle = [events]
    circle.append(circle)
    print((await anext(events)).text)

async def main():
    if sys.argv[3] == "asyncio":
        asyncio.get_running_loop().slow_callback_duration = 30
    await globals()[sys.argv[4]]()

asyncio.run(main()) if sys.argv[3] == "asyncio" else trio.run(main)
"""


WAYS = ("local", "kept", "kept_of_a_closed_client", "generator", "task", "dropped_pieces", "kept_pieces", "circle")
ENDS = [
    *(("httpx2", "asyncio", way) for way in WAYS),
    ("httpx", "asyncio", "local"),
    ("httpx", "asyncio", "dropped_pieces"),
    ("httpx2", "trio", "local"),
    ("httpx2", "trio", "generator"),
    ("httpx2", "trio", "dropped_pieces"),
]


@pytest.mark.parametrize(("library", "loop", "way"), sampled(ENDS, 5))
def test_an_event_loop_that_ends_early_causes_no_warnings(server: Server, library: str, loop: str, way: str) -> None:
    """Unread and unclosed bodies are closed with the loop."""
    server.respond = lambda received: (
        stream({"text": "a"}, Hold())
        if received.target == "/talk"
        else (head(200, {"content-length": "9"}), b"part", Hold())
    )
    begin = f"import asyncio, gc, httpx, sys, trio; from {Sample.__module__} import AsyncSample"
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", begin + UNCLOSED, server.url, library, loop, way]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ("a\n", "") == (done.stdout, done.stderr)
    assert server.saw_close()


@pytest.mark.parametrize("code", [SYNC_END, ASYNC_END], ids=["sync", "async"])
def test_a_program_that_ends_early_writes_no_errors(server: Server, code: str) -> None:
    """In development mode, a program that does not read to the end has an empty stderr."""
    server.play(GOOD, stream({"text": "a"}, Hold()), (head(200, {"content-length": "9"}), b"part", Hold()))
    begin = f"import asyncio, sys; from {Sample.__module__} import AsyncSample, Sample"
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", begin + code, server.url]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert ("a\n", "") == (done.stdout, done.stderr)


def test_making_a_client_opens_nothing(caller: Caller) -> None:
    """A client connects and loads certificates at its first call only."""
    client = caller.kind(KEY)
    assert [] == opened(client)


def test_the_tls_context_is_made_once() -> None:
    """All clients of a process share one TLS context, also if threads make them at the same time."""
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(tls.tls_context())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len({id(context) for context in found})


def test_threads_that_start_together_share_the_connections(server: Server) -> None:
    """The parts of a client are made once at its first use, however many threads call first."""
    server.respond = lambda _: GOOD
    for _ in range(20):
        client = Sample(KEY, base_url=server.url)
        together = threading.Barrier(8)
        found: list[Any] = []

        def first(client: Sample = client, together: threading.Barrier = together, found: list[Any] = found) -> None:
            together.wait()
            found.append(client.things._session)

        threads = [threading.Thread(target=first) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 1 == len({id(connection) for connection in found})
        assert found[0] is client._session


def test_many_tasks_share_a_client(server: Server) -> None:
    """One asynchronous client serves many tasks; each gets its own response."""
    server.respond = lambda received: reply({"id": received.target.rpartition("/")[2]})

    async def main() -> list[Thing]:
        async with AsyncSample(KEY, base_url=server.url) as client:
            return await asyncio.gather(*(client.things.get(str(number)) for number in range(50)))

    assert [str(number) for number in range(50)] == [thing.id for thing in asyncio.run(main())]


def test_cancelling_a_call_closes_its_connection(server: Server) -> None:
    """It is not retried."""
    server.play((Hold(),), GOOD)

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(client.things.get, "1")
                while not server.received:
                    await trio.sleep(0.01)
                nursery.cancel_scope.cancel()
            assert Thing(id="1") == await client.things.get("1")

    trio.run(main)
    assert server.saw_close()
    assert 2 == len(server.received)


def test_an_interrupt_is_not_swallowed(server: Server) -> None:
    """`KeyboardInterrupt` in the middle of a stream ends it at once and releases the connection."""
    server.play(stream({"text": "a"}, Hold()))
    with Sample(KEY, base_url=server.url) as client:
        with pytest.raises(KeyboardInterrupt), client.talks.stream() as events:
            for _ in events:
                raise KeyboardInterrupt
        assert server.saw_close()


def test_a_connection_that_the_server_closed_is_replaced(caller: Caller, client: Any, server: Server) -> None:
    """A kept connection that the server closed causes no failure, not even of a POST."""
    closing = (head(200, {"content-length": "11", "connection": "close"}), b'{"id": "1"}')
    server.play(closing, GOOD)
    caller.run(client.things.make(name="x"))
    caller.run(client.things.make(name="y"))
    assert [0, 1] == [received.connection for received in server.received]


def test_a_client_works_after_a_failure(caller: Caller, client: Any, server: Server) -> None:
    """The next call of the same client works."""
    server.play((Hold(),), GOOD)
    with pytest.raises(APIConnectionError, match="no response in time from"):
        caller.run(client.things.make.with_options(timeout=0.05)(name="x"))
    assert Thing(id="1") == caller.run(client.things.make(name="x"))
