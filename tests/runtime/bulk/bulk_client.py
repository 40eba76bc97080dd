"""Clients whose requests a function answers, without a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
from specwire import Request, RetryPolicy
from specwire_clients.mistral import AsyncMistral, Mistral, models
from specwire_clients.mistral.operations import chat

Answer = Callable[[dict[str, Any]], httpx2.Response]
QUICK = RetryPolicy(attempts=3, wait_initial=0.0, wait_max=0.0)


def question(text: str) -> Request[models.ChatCompletionResponse]:
    """Return a request whose response contains its text."""
    return chat.complete(model="m", messages=[{"role": "user", "content": text}])


def questions(count: int) -> Iterator[Request[models.ChatCompletionResponse]]:
    """Yield numbered requests."""
    return (question(f"q{number}") for number in range(count))


def text_of(body: dict[str, Any]) -> str:
    """Return the text of a request."""
    text: str = body["messages"][0]["content"]
    return text


def reply(body: dict[str, Any]) -> httpx2.Response:
    """Answer a request with its own text."""
    return httpx2.Response(200, json=completion(text_of(body)))


def completion(text: str) -> dict[str, Any]:
    """Return a response."""
    message = {"role": "assistant", "content": text}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
    }


def async_client(answer: Any = reply) -> AsyncMistral:
    """Return a client whose requests a function answers, also an asynchronous one."""

    async def handle(request: httpx2.Request) -> httpx2.Response:
        found = answer(json.loads(request.content))
        response: httpx2.Response = await found if hasattr(found, "__await__") else found
        return response

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(handle))
    return AsyncMistral("k" * 32, http_client=http, retry=QUICK, on_drift="ignore")


def sync_client(answer: Answer = reply) -> Mistral:
    """Return a synchronous client whose requests a function answers."""
    transport = httpx2.MockTransport(lambda request: answer(json.loads(request.content)))
    return Mistral("k" * 32, http_client=httpx2.Client(transport=transport), retry=QUICK, on_drift="ignore")


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def answered(path: Path) -> dict[int, str]:
    """Return the text of each answered row by its number; no number may occur twice."""
    found = lines(path)
    by_number = {line["index"]: line["response"]["choices"][0]["message"]["content"] for line in found}
    assert len(by_number) == len(found), "a row is in the sink twice"
    return by_number
