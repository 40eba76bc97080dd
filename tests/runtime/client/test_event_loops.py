"""One asynchronous client in several event loops, in turn and at the same time."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import httpx2
import pytest
import trio
from specwire.errors import APIConnectionError

from tests.support.caller import KEY
from tests.support.pool import opened
from tests.support.sample import AsyncSample
from tests.support.server import Server, reply

Call = Callable[[], Coroutine[Any, Any, object]]


def on_asyncio(call: Call) -> None:
    asyncio.run(call())


def on_trio(call: Call) -> None:
    trio.run(call)


def _forget(client: AsyncSample) -> None:
    """Drop the connections of ended loops, which asyncio warns about."""
    for http in opened(client):
        http._transport._pool._connections.clear()
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_client_serves_one_loop_after_the_other(server: Server) -> None:
    """Each loop gets its own connections, for writes too; those of an ended loop are dropped."""
    server.respond = lambda _: reply({"id": "1"})
    client = AsyncSample(KEY, base_url=server.url)

    async def call() -> None:
        await client.things.make(name="a")
        await client.things.make(name="a")

    runs = [on_asyncio, on_asyncio, on_trio, on_trio, on_asyncio]
    for run in runs:
        run(call)
        assert 1 == len(opened(client))
    assert len(runs) == server.connections
    assert 2 * len(runs) == len(server.received)
    _forget(client)


def test_loops_that_run_at_the_same_time_share_a_client(server: Server) -> None:
    """Two threads with a loop each call in turns; each keeps one connection, and closing closes both."""
    server.respond = lambda _: reply({"id": "1"})
    client = AsyncSample(KEY, base_url=server.url)
    barrier = threading.Barrier(2, timeout=10)
    failures: list[BaseException] = []

    async def calls() -> None:
        for _ in range(5):
            barrier.wait()
            await client.things.make(name="a")
        https = opened(client)
        barrier.wait()
        if threading.current_thread().name == "closer":
            await client.aclose()
        for _ in range(500):
            if all(http.is_closed for http in https):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("a connection stayed open")

    def work() -> None:
        try:
            asyncio.run(calls())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, name=name) for name in ("closer", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [] == failures
    assert 2 == server.connections


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_given_http_client_in_a_second_loop_is_an_error(server: Server, library: Any) -> None:
    """Its connections belong to one loop; the message names the remedy."""
    server.respond = lambda _: reply({"id": "1"})
    client = AsyncSample(KEY, base_url=server.url, http_client=library.AsyncClient())
    asyncio.run(client.things.make(name="a"))
    with pytest.raises(APIConnectionError, match="an http_client works on one event loop only"):
        asyncio.run(client.things.make(name="a"))
    _forget(client)
