"""Clients of both kinds on both HTTP libraries, with one way to call them."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import httpx
from specwire import RetryPolicy

from tests.support.sample import AsyncSample, Sample

KEY = "sk-test-0123456789abcdef"
OTHERS = ("aiohttp", "pyreqwest")
"""HTTP libraries behind `transport=`."""
QUICK = RetryPolicy(wait_initial=0.0, wait_max=0.0)
"""Retries without waiting."""


class Caller:
    """Caller of clients of one kind on one HTTP library, so that a test is written once for all four."""

    def __init__(self, asynchronous: bool, library: str, url: str, tls: ssl.SSLContext) -> None:
        self.asynchronous = asynchronous
        self.library = library
        self.kind: type[Sample | AsyncSample] = AsyncSample if asynchronous else Sample
        self._url = url
        self._tls = tls
        self._runner = asyncio.Runner() if asynchronous else None
        self._made: list[Any] = []

    def client(self, key: Any = KEY, **options: Any) -> Any:
        """Make a client of the scripted server; it is closed when the test ends."""
        options = {"base_url": self._url, "retry": QUICK, **options}
        if self.library == "httpx" and "http_client" not in options:
            options["http_client"] = self.http_client()
        elif self.library in OTHERS and "http_client" not in options:
            options["transport"] = self.library
        made = self.kind(key, **options)
        self._made.append(made)
        return made

    def http_client(self) -> Any:
        """Make a plain httpx client; it is closed when the test ends."""
        made = (httpx.AsyncClient if self.asynchronous else httpx.Client)(verify=self._tls)
        self._made.append(made)
        return made

    def run(self, value: Any) -> Any:
        """Return the result of a call."""
        if self._runner is None or not hasattr(value, "__await__"):
            return value

        async def awaited() -> Any:
            return await value

        return self._runner.run(awaited())

    def list(self, items: Any) -> list[Any]:
        """Return all items of an iterator."""
        if self._runner is None:
            return list(items)

        async def collected() -> list[Any]:
            return [item async for item in items]

        return self._runner.run(collected())

    def next(self, items: Any) -> Any:
        """Return the next item of an iterator."""
        return next(items) if self._runner is None else self.run(anext(items))

    def enter(self, manager: Any) -> Any:
        """Enter a context manager."""
        return manager.__enter__() if self._runner is None else self.run(manager.__aenter__())

    def leave(self, manager: Any, error: BaseException | None = None) -> Any:
        """Leave a context manager."""
        details = (type(error) if error else None, error, None)
        return manager.__exit__(*details) if self._runner is None else self.run(manager.__aexit__(*details))

    def close(self, thing: Any) -> None:
        """Close a client, stream or download."""
        self.run(thing.aclose() if hasattr(thing, "aclose") else thing.close())

    def file_of_call(self, file: str) -> str:
        """Return the file whose line makes a call: the given one, or this module, which awaits calls."""
        return __file__ if self.asynchronous else file

    def finish(self) -> None:
        """Close all clients."""
        for made in reversed(self._made):
            self.close(made)
        if self._runner is not None:
            self._runner.close()
