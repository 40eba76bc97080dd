# Derived from async_use.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Every way to use a synchronous client, and to end a call."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from specwire.errors import APITimeoutError, NotFoundError

from tests.soak.user import LeftError, circle
from tests.support.sample import Sample


class Use:
    """Every way to use a synchronous client, and to end a call."""

    def __init__(self, client: Sample, upload: Path) -> None:
        self.client = client
        self.upload = upload
        self.ways: list[Callable[[], object]] = [
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

    def calls(self) -> None:
        assert "1" == (self.client.things.get("1")).id

    def fails(self) -> None:
        with pytest.raises(NotFoundError):
            self.client.things.get("none")

    def times_out(self) -> None:
        with pytest.raises(APITimeoutError):
            self.client.things.make.with_options(timeout=0.005, query={"slow": True})(name="x")

    def leaves_pages(self) -> None:
        number = 0
        for _ in self.client.things.list.iter():
            number += 1
            if number == 5:
                break

    def reads_a_stream(self) -> None:
        assert 10 == len(list(self.client.talks.stream()))

    def breaks_out(self) -> None:
        for _ in self.client.talks.stream(prompt="endless"):
            break

    def raises_inside(self) -> None:
        with pytest.raises(LeftError):
            with self.client.talks.stream(prompt="endless") as events:
                next(events)
                raise LeftError

    def forgets_a_stream(self) -> None:
        events = self.client.talks.stream(prompt="endless")
        next(events)
        circle(events)

    def downloads(self) -> None:
        assert 100_000 == self.client.files.download().save_to(BytesIO())

    def leaves_a_download(self) -> None:
        next(self.client.files.download().iter_bytes())

    def uploads(self) -> None:
        self.client.files.upload(file=self.upload)
        self.client.files.put("a", content=b"x" * 1000)
