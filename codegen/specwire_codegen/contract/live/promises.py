"""Promises of a document that take two requests: conditional requests, and idempotency keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from uuid import uuid4

import attrs
from specwire.errors import SpecwireError

from specwire_codegen.contract.client.arguments import Arguments
from specwire_codegen.contract.client.calls import Clients
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.ir import Operation, Parameter

_READS = ("GET", "HEAD")


def condition_of(subject: Subject, operation: Operation) -> Parameter | None:
    """Return the parameter `If-None-Match` of an operation whose document promises 304, or None."""
    if operation.http_method not in _READS or "304" not in subject.raw(operation.id)["responses"]:
        return None
    return next((one for one in operation.parameters if one.wire_name.lower() == "if-none-match"), None)


def condition_problems(
    clients: Clients, operation: Operation, condition: Parameter, given: Arguments, seen: Sequence[Exchange]
) -> Iterator[str]:
    """Yield why a server does not keep to a condition; `seen` are the exchanges of the run."""
    tag = seen[-1].response_header("etag")
    if not tag or seen[-1].status != 200:
        return
    before = len(seen)
    clients.call(operation, attrs.evolve(given, kwargs={**given.kwargs, condition.name: tag}))
    status = seen[-1].status if len(seen) > before else None
    if status is not None and 200 <= status < 300:
        yield f"the ETag that the server gave is ignored: {status} with If-None-Match {tag}, not 304"


def has_idempotency(subject: Subject, operation: Operation) -> bool:
    """Return True if an operation that changes something takes an idempotency key."""
    retry = subject.api.retry
    return operation.http_method == "POST" and retry is not None and retry.idempotency_header is not None


def idempotency_problems(
    clients: Clients, operation: Operation, given: Arguments, seen: Sequence[Exchange]
) -> Iterator[str]:
    """Yield whether a request that is repeated with the same key creates something again."""
    before = len(seen)
    once = clients.sync.with_options(idempotency_key=str(uuid4()))
    for _ in range(2):
        try:
            clients.method(once, operation)(*given.args, **given.kwargs)
        except SpecwireError:
            return
    first, second = (_id(exchange) for exchange in seen[before : before + 2])
    if first is not None and second is not None and first != second:
        shown = f"{json.dumps(first)} and {json.dumps(second)}"
        yield f"the idempotency key is ignored: the same request with the same key created {shown}"


def _id(exchange: Exchange) -> str | int | None:
    try:
        value = json.loads(exchange.response_body)
    except (ValueError, RecursionError):
        return None
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str | int) else None
