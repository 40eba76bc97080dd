"""Idempotency keys: one per call, the same in all attempts, which makes a write retryable."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
import pytest
from specwire import UNSET, Request
from specwire.errors import APIConnectionError, InvalidRequestError
from specwire.support import JsonPayload, Operation, Provider

from tests.support.caller import KEY, QUICK, Caller
from tests.support.sample import PROVIDER, AsyncSample, Sample, Thing
from tests.support.server import Close, Reset, Server, reply

GOOD = reply({"id": "1"})
KEYED = msgspec.structs.replace(PROVIDER, idempotency_header="Idempotency-Key")


_CREATE = Operation(id="create", method="POST", path="/things", returns=JsonPayload(Thing))


class KeyedSample(Sample):
    """Sample client whose API supports idempotency keys."""

    _provider: ClassVar[Provider] = KEYED


class AsyncKeyedSample(AsyncSample):
    """Sample client whose API supports idempotency keys."""

    _provider: ClassVar[Provider] = KEYED


@pytest.fixture
def keyed(caller: Caller, server: Server) -> Any:
    """Client whose server supports idempotency keys."""
    caller.kind = AsyncKeyedSample if caller.asynchronous else KeyedSample
    return caller.client(KEY, retry=QUICK)


def keys(server: Server) -> list[str | None]:
    """Return the received keys."""
    return [received.headers.get("idempotency-key") for received in server.received]


def test_a_write_is_retried_with_the_same_key(caller: Caller, keyed: Any, server: Server) -> None:
    """A write without a response is retried; the next call has another key."""
    server.play((Reset(),), (Close(),), GOOD, GOOD)
    assert 3 == caller.run(keyed.things.make.raw(name="x")).attempts
    assert Thing(id="1") == caller.run(keyed.things.make(name="x"))
    first, second, third, other = keys(server)
    assert first is not None
    assert (first, first) == (second, third)
    assert (32, True) == (len(first), first != other)


def test_a_given_key_is_sent(caller: Caller, keyed: Any, server: Server) -> None:
    """It may be given as an option or as a header."""
    server.respond = lambda _: GOOD
    caller.run(keyed.things.make.with_options(idempotency_key="order-7")(name="x"))
    caller.run(keyed.things.make.with_options(headers={"Idempotency-Key": "order-8"})(name="x"))
    assert ["order-7", "order-8"] == keys(server)


def test_a_key_may_be_a_parameter_of_the_operation(caller: Caller, keyed: Any, server: Server) -> None:
    """Its argument is the key; without one a key is made."""
    server.play((Reset(),), GOOD, (Reset(),), GOOD)
    caller.run(keyed.send(Request[Thing](_CREATE, headers={"Idempotency-Key": "order-9"})))
    caller.run(keyed.send(Request[Thing](_CREATE, headers={"Idempotency-Key": UNSET})))
    given, again, first, second = keys(server)
    assert ("order-9", "order-9") == (given, again)
    assert first is not None
    assert (32, first) == (len(first), second)


def test_a_read_has_no_key(caller: Caller, keyed: Any, server: Server) -> None:
    """It is idempotent anyway."""
    server.play(GOOD)
    caller.run(keyed.things.get("1"))
    assert [None] == keys(server)


def test_no_key_is_sent_if_the_document_names_no_header(caller: Caller, client: Any, server: Server) -> None:
    """A write is not retried, and a given key is rejected."""
    server.play((Reset(),))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.things.make(name="x"))
    assert [None] == keys(server)
    with pytest.raises(InvalidRequestError, match="sample does not support idempotency keys"):
        caller.run(client.with_options(idempotency_key="a").things.make(name="x"))
    with pytest.raises(InvalidRequestError, match="sample does not support idempotency keys"):
        caller.run(client.with_options(idempotency_key="a").things.get("1"))


def test_a_key_with_a_line_break_is_rejected(caller: Caller, keyed: Any, server: Server) -> None:
    """Nothing is sent."""
    with pytest.raises(InvalidRequestError, match="idempotency-key"):
        caller.run(keyed.with_options(idempotency_key="a\r\nb: c").things.make(name="x"))
    assert [] == server.received
