"""Billed calls: a call that may have been executed is retried only if the user opts in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from specwire import Request, RetryPolicy
from specwire.errors import APIConnectionError, RateLimitError, ServerError
from specwire.support import JsonPayload, Operation
from specwire_clients.aitre import Aitre
from specwire_clients.mistral import Mistral
from specwire_clients.moonshot import Moonshot

from tests.support.caller import Caller
from tests.support.sample import Thing
from tests.support.server import Close, Hold, HTTPResponse, Reset, Server, reply

QUICK = RetryPolicy(wait_initial=0.0, wait_max=0.0)
MESSAGES: Any = [{"role": "user", "content": "Hi"}]
UNCLEAR: dict[str, HTTPResponse] = {"silence": (Hold(),), "reset": (Reset(),), "close": (Close(),)}
CALLS: dict[str, tuple[type[Any], Callable[[Any], Any], int]] = {
    "aitre chat": (Aitre, lambda c: c.chat.complete(model="m", messages=MESSAGES), 1),
    "aitre chat stream": (Aitre, lambda c: list(c.chat.stream(model="m", messages=MESSAGES)), 1),
    "aitre images": (Aitre, lambda c: c.images.generate(prompt="x", model="m"), 1),
    "aitre speech": (Aitre, lambda c: c.audio.speech(model="m", input="x", voice="v").read(), 1),
    "aitre embeddings": (Aitre, lambda c: c.embeddings.create(model="m", input="x"), 1),
    "mistral chat": (Mistral, lambda c: c.chat.complete(model="m", messages=MESSAGES), 1),
    "mistral fim": (Mistral, lambda c: c.fim.complete(model="m", prompt="x"), 1),
    "mistral embeddings": (Mistral, lambda c: c.embeddings.create(model="m", input="x"), 1),
    "moonshot chat": (Moonshot, lambda c: c.chat.complete(model="m", messages=MESSAGES), 1),
    "moonshot models": (Moonshot, lambda c: c.models.list(), 3),
    "moonshot cancel": (Moonshot, lambda c: c.batches.cancel("b"), 3),
}


def client_of(kind: type[Any], server: Server, timeout: float = 10.0, **policy: Any) -> Any:
    """Make a client that retries without waiting."""
    retry = RetryPolicy(wait_initial=0.0, wait_max=0.0, **policy)
    return kind("k" * 20, base_url=server.url, timeout=timeout, retry=retry)


@pytest.mark.parametrize("fault", UNCLEAR)
@pytest.mark.parametrize("call", CALLS)
def test_an_unclear_outcome_is_not_paid_twice(server: Server, call: str, fault: str) -> None:
    """After silence or an interruption, a generation is not sent again, unless the user accepts the cost."""
    kind, make, attempts = CALLS[call]
    server.respond = lambda _: UNCLEAR[fault]
    for repeats, expected in ((False, attempts), (True, 3)):
        server.received.clear()
        with (
            pytest.raises(APIConnectionError, match="no response"),
            client_of(kind, server, 0.1 if fault == "silence" else 10.0, repeat_billed=repeats) as client,
        ):
            make(client)
        assert expected == len(server.received)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529])
@pytest.mark.parametrize("call", CALLS)
def test_a_billed_call_is_retried_after_a_rejection(server: Server, call: str, status: int) -> None:
    """The server states that it was not executed."""
    kind, make, _ = CALLS[call]
    server.respond = lambda _: reply({"error": {"message": "no"}}, status=status)
    with pytest.raises((ServerError, RateLimitError), match="after 3 attempts|HTTP"), client_of(kind, server) as client:
        make(client)
    assert 3 == len(server.received)


SAID = [
    {"error": {"message": "m", "type": "insufficient_quota", "code": "insufficient_quota"}},
    {"error": {"message": "m", "code": "insufficient_quota"}},
    {"error": {"message": "m", "type": "insufficient_quota"}},
    {"code": "insufficient_quota", "message": "m"},
    {"error": {"message": "m", "type": "exceeded_current_quota_error"}},
]


@pytest.mark.parametrize("body", SAID, ids=json.dumps)
def test_an_exhausted_quota_is_not_retried(caller: Caller, client: Any, server: Server, body: Any) -> None:
    """Waiting does not help."""
    server.respond = lambda _: reply(body, status=429)
    calls: list[Callable[[], Any]] = [lambda: client.things.get("1"), lambda: client.things.make(name="x")]
    for call in calls:
        server.received.clear()
        with pytest.raises(RateLimitError, match="HTTP 4"):
            caller.run(call())
        assert 1 == len(server.received)


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY", "POST", "PATCH", "LINK"]
)
def test_idempotent_methods_are_retried_after_an_interruption(
    caller: Caller, client: Any, server: Server, method: str
) -> None:
    """Those that HTTP defines; others are not."""
    operation = Operation(id="x", method=method, path="/x", returns=JsonPayload(Thing))
    server.respond = lambda _: (Close(),)
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.send(Request(operation)))
    idempotent = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"}
    assert (3 if method in idempotent else 1) == len(server.received)
