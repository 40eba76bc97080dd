"""Functions that workers of a cluster import, and a server that counts the calls for each row."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.dataset
from specwire import Request
from specwire_clients.mistral import AsyncMistral
from specwire_clients.mistral.operations import chat

from tests.runtime.bulk.bulk_client import completion, text_of
from tests.support import server as scripted
from tests.support.server import HTTPResponse, Received, Server

KEY = "secret-of-the-workers-0123456789"


def rows(count: int, start: int = 0) -> list[dict[str, str]]:
    """Return numbered rows."""
    return [{"key": f"row-{number}", "text": f"q{number}"} for number in range(start, start + count)]


def build(row: Mapping[str, Any]) -> Request[Any]:
    """Return the request of a row."""
    return chat.complete(model="m", messages=[{"role": "user", "content": row["text"]}])


def client_on_worker() -> AsyncMistral:
    """Return a client with the key of the worker's environment, and record in which process it was made."""
    folder = os.environ.get("CLIENTS_MADE")
    if folder:
        Path(folder, f"{os.getpid()}-{time.monotonic_ns()}").touch()
    return AsyncMistral(on_drift="ignore")


def set_key(key: str) -> None:
    """Set the key in the environment of this process, which a client reads; an empty one is none."""
    os.environ["MISTRAL_API_KEY"] = key


class CountingServer(Server):
    """Server that answers each request with its own text, after some milliseconds, and counts the calls."""

    def __init__(self, seconds: float = 0.02) -> None:
        super().__init__()
        self.seconds = seconds
        self.calls: Counter[str] = Counter()
        self.times: list[float] = []
        self.failing: set[str] = set()
        self.respond = self._reply

    def _reply(self, received: Received) -> HTTPResponse:
        assert received.headers["authorization"] == f"Bearer {KEY}"
        text = text_of(received.json)
        self.calls[text] += 1
        self.times.append(time.monotonic())
        if text in self.failing:
            return scripted.reply({"message": "no"}, status=400)
        return (scripted.Pause(self.seconds), *scripted.reply(completion(text)))

    def wait_for(self, count: int) -> None:
        """Wait for so many calls."""
        until = time.monotonic() + 60
        while self.calls.total() < count:
            assert time.monotonic() < until, "the calls do not come"
            time.sleep(0.005)


def results(folder: Path) -> dict[str, str]:
    """Return the text of each row by its id; no id may occur twice."""
    table = pyarrow.dataset.dataset(folder, format="parquet").to_table()
    found = {row["id"]: json.loads(row["response"])["choices"][0]["message"]["content"] for row in table.to_pylist()}
    assert len(found) == table.num_rows, "a row is in the output twice"
    return found


def expected(count: int) -> dict[str, str]:
    """Return what `results` returns for numbered rows."""
    return {row["key"]: row["text"] for row in rows(count)}


def made_clients(folder: Path) -> Iterator[int]:
    """Yield the process of each client that was made."""
    return (int(name.split("-")[0]) for name in os.listdir(folder))
