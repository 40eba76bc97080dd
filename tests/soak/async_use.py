"""Every way to use an asynchronous client, and to end a call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path

import pytest
from specwire.errors import APITimeoutError, NotFoundError

from tests.soak.user import LeftError, circle
from tests.support.sample import AsyncSample


class AsyncUse:
    """Every way to use an asynchronous client, and to end a call."""

    def __init__(self, client: AsyncSample, upload: Path) -> None:
        self.client = client
        self.upload = upload
        self.ways: list[Callable[[], Awaitable[object]]] = [
            self.calls,
            self.fails,
            self.times_out,
            self.leaves_pages,
            self.reads_a_stream,
            self.breaks_out,
            self.raises_inside,
            self.forgets_a_stream,
            self.downloads,
            self.leaves_a_download,
            self.uploads,
        ]

    async def calls(self) -> None:
        assert "1" == (await self.client.things.get("1")).id

    async def fails(self) -> None:
        with pytest.raises(NotFoundError):
            await self.client.things.get("none")

    async def times_out(self) -> None:
        with pytest.raises(APITimeoutError):
            await self.client.things.make.with_options(timeout=0.005, query={"slow": True})(name="x")

    async def leaves_pages(self) -> None:
        number = 0
        async for _ in self.client.things.list.iter():
            number += 1
            if number == 5:
                break

    async def reads_a_stream(self) -> None:
        assert 10 == len([event async for event in self.client.talks.stream()])

    async def breaks_out(self) -> None:
        async for _ in self.client.talks.stream(prompt="endless"):
            break

    async def raises_inside(self) -> None:
        with pytest.raises(LeftError):
            async with self.client.talks.stream(prompt="endless") as events:
                await anext(events)
                raise LeftError

    async def forgets_a_stream(self) -> None:
        events = self.client.talks.stream(prompt="endless")
        await anext(events)
        circle(events)

    async def downloads(self) -> None:
        assert 100_000 == await self.client.files.download().save_to(BytesIO())

    async def leaves_a_download(self) -> None:
        await anext(self.client.files.download().iter_bytes())

    async def uploads(self) -> None:
        await self.client.files.upload(file=self.upload)
        await self.client.files.put("a", content=b"x" * 1000)
