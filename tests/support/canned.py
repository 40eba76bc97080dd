"""Clients of both kinds with one scripted response and no socket."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec
from specwire import DriftWarning, Request, Response, RetryPolicy
from specwire._operations.operation import Payload
from specwire.support import Operation

from tests.support.sample import AsyncSample, Sample

KEY = "sk-test-0123456789abcdef"
_ONCE = RetryPolicy(attempts=1)


class Outcome(msgspec.Struct):
    """Result of a call."""

    value: Any
    drifts: list[str]
    """Messages of the drift warnings."""
    sent: list[httpx2.Request]


class Canned:
    """Clients of one kind, sync or async."""

    def __init__(self, asynchronous: bool) -> None:
        self.asynchronous = asynchronous

    def client(
        self, body: bytes, content_type: str | None = "application/json", status: int = 200, **options: Any
    ) -> tuple[Any, list[httpx2.Request]]:
        """Return a client that gets this response to every request, and the list of requests that it sends."""
        sent: list[httpx2.Request] = []
        named = {} if content_type is None else {"content-type": content_type}

        def respond(request: httpx2.Request) -> httpx2.Response:
            sent.append(request)
            return httpx2.Response(status, content=body, headers=named)

        transport = httpx2.MockTransport(respond)
        given: Mapping[str, Any] = {"base_url": "https://api.test", "retry": _ONCE, **options}
        if self.asynchronous:
            return AsyncSample(KEY, http_client=httpx2.AsyncClient(transport=transport), **given), sent
        return Sample(KEY, http_client=httpx2.Client(transport=transport), **given), sent

    def run(self, call: Any) -> Any:
        """Return the result of a call; the call is a function, so that it runs inside the event loop."""
        if not self.asynchronous:
            return call()

        async def awaited() -> Any:
            found = call()
            return await found if hasattr(found, "__await__") else found

        return asyncio.run(awaited())

    def list(self, call: Any) -> list[Any]:
        """Return all items of the iterator that a call returns."""
        if not self.asynchronous:
            return list(call())

        async def collected() -> list[Any]:
            return [item async for item in call()]

        return asyncio.run(collected())

    def response(
        self,
        payload: Payload,
        body: bytes,
        content_type: str | None = "application/json",
        status: int = 200,
        *,
        raw: bool = False,
        method: str = "GET",
        errors: Mapping[int | str, Any] | None = None,
        responses: Mapping[int | str, Payload] | None = None,
        **options: Any,
    ) -> Outcome:
        """Call an operation that declares this payload, and respond with this body."""
        client, sent = self.client(body, content_type, status, **options)
        operation = Operation(
            id="op", method=method, path="/op", returns=payload, errors=errors or {}, returns_by_status=responses or {}
        )
        request: Request[Any] = Request(operation)

        def call() -> Any:
            return client._session.perform(request, lenient=raw)

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            response: Response[Any] = self.run(call)
        drifts = [str(each.message) for each in caught if issubclass(each.category, DriftWarning)]
        return Outcome(response if raw else response.parsed, drifts, sent)
