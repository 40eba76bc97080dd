"""Cancellation at any point of a call: nothing stays open, and the next call works."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from pathlib import Path
from types import coroutine
from typing import Any

import pytest
import trio

from tests.support.caller import KEY, QUICK
from tests.support.pool import busy
from tests.support.sample import AsyncSample, Thing
from tests.support.server import DONE, Received, Server, reply, stream


@coroutine
def _watched(work: Coroutine[Any, Any, None], at: int, cancel: Callable[[], object]) -> Generator[Any, Any, int]:
    """Run a coroutine and cancel it at its `at`-th wait; return the number of waits."""
    waits = 0
    step: Callable[[], Any] = partial(work.send, None)
    while True:
        try:
            waited_for = step()
        except StopIteration:
            return waits
        waits += 1
        if waits == at:
            cancel()
        try:
            value = yield waited_for
        except BaseException as error:
            step = partial(work.throw, error)
        else:
            step = partial(work.send, value)


async def _call(client: AsyncSample, folder: Path) -> None:
    await client.things.get("1")


async def _retried(client: AsyncSample, folder: Path) -> None:
    await client.things.safe(name="busy")


async def _streamed(client: AsyncSample, folder: Path) -> None:
    async with client.talks.stream() as events:
        async for _ in events:
            pass


async def _iterated(client: AsyncSample, folder: Path) -> None:
    async for _ in client.talks.stream():
        pass


async def _saved(client: AsyncSample, folder: Path) -> None:
    await client.files.download().save(folder / "file")


async def _uploaded(client: AsyncSample, folder: Path) -> None:
    await client.files.upload(file=("a", b"x" * 300_000))


async def _paged(client: AsyncSample, folder: Path) -> None:
    async for _ in client.things.list.iter():
        pass


CALLS = [_call, _retried, _streamed, _iterated, _saved, _uploaded, _paged]


def _responses() -> Callable[[Received], Any]:
    """Return the server's responses: successes, except for the first `/safe` of each attempt."""
    seen: set[str] = set()

    def respond(received: Received) -> Any:
        first = received.target not in seen
        seen.add(received.target)
        if received.target.startswith("/safe") and first:
            return reply({}, status=503, headers={"connection": "close"})
        return _response(received)

    return respond


def _response(received: Received) -> Any:
    path = received.target.partition("?")[0]
    if path == "/talk":
        return stream({"text": "a"}, {"text": "b"}, DONE)
    if path == "/things" and received.method == "GET":
        asked = re.search(r"[?&]page=(\d+)", received.target)
        page = int(asked[1]) if asked else 0
        return reply({"data": [{"id": str(page)}] if page < 2 else [], "total": 2})
    if path.startswith("/files") and received.method == "GET":
        return reply(b"x" * 200_000)
    return reply({"id": "1"})


def _whole_or_none(folder: Path) -> bool:
    return [path.name for path in folder.iterdir()] in ([], ["file"])


@pytest.mark.parametrize("library", ["httpx2", "aiohttp", "pyreqwest"])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__.strip("_"))
def test_a_call_can_be_cancelled_at_every_wait_under_asyncio(
    call: Any, library: Any, server: Server, tmp_path: Path
) -> None:
    """It ends at once, leaks nothing, and the next call works."""
    server.respond = _responses()

    async def attempt(at: int) -> int | None:
        async with AsyncSample(KEY, base_url=server.url, retry=QUICK, transport=library) as client:

            async def work() -> int:
                running = asyncio.current_task()
                assert running is not None
                return await _watched(call(client.with_options(query={"attempt": at}), tmp_path), at, running.cancel)

            task = asyncio.create_task(work())
            try:
                waits: int | None = await asyncio.wait_for(asyncio.shield(task), 10)
            except asyncio.CancelledError:
                waits = None
            await _settled(client, asyncio.sleep)
            assert Thing(id="1") == await client.things.get("1")
            await _settled(client, asyncio.sleep)
            return waits

    # A whole exchange is one wait for pyreqwest.
    _until_done(lambda at: asyncio.run(attempt(at)), tmp_path, more_than=0 if library == "pyreqwest" else 3)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__.strip("_"))
def test_a_call_can_be_cancelled_at_every_wait_under_trio(call: Any, server: Server, tmp_path: Path) -> None:
    """It ends at once, leaks nothing, and the next call works."""
    server.respond = _responses()

    async def attempt(at: int) -> int | None:
        async with AsyncSample(KEY, base_url=server.url, retry=QUICK) as client:
            waits: int | None = None
            with trio.fail_after(10), trio.CancelScope() as scope:
                waits = await _watched(call(client.with_options(query={"attempt": at}), tmp_path), at, scope.cancel)
            await _settled(client, trio.sleep)
            assert Thing(id="1") == await client.things.get("1")
            await _settled(client, trio.sleep)
            return waits

    _until_done(lambda at: trio.run(attempt, at), tmp_path)


async def _settled(client: AsyncSample, sleep: Callable[[float], Any]) -> None:
    """Wait for a dropped stream to release its connection."""
    for _ in range(100):
        if not busy(client):
            return
        gc.collect()
        await sleep(0.01)
    assert [] == busy(client)


def _until_done(attempt: Callable[[int], int | None], folder: Path, more_than: int = 3) -> None:
    """Cancel at one wait after the other until a call completes first."""
    for at in range(1, 200):
        waits = attempt(at)
        assert _whole_or_none(folder)
        for path in folder.iterdir():
            path.unlink()
        if waits is not None and waits < at:
            assert at > more_than
            return
    raise AssertionError("the call has no end")
