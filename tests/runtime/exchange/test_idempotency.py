"""Promises of idempotency keys: one for each call, the same in all its attempts, and then a write may be repeated."""

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
    """The sample, if its server heeded keys."""

    _provider: ClassVar[Provider] = KEYED


class AsyncKeyedSample(AsyncSample):
    """The sample, if its server heeded keys."""

    _provider: ClassVar[Provider] = KEYED


@pytest.fixture
def keyed(caller: Caller, server: Server) -> Any:
    """A client of a server that heeds keys."""
    caller.kind = AsyncKeyedSample if caller.asynchronous else KeyedSample
    return caller.client(KEY, retry=QUICK)


def keys(server: Server) -> list[str | None]:
    """Return the keys that came."""
    return [received.headers.get("idempotency-key") for received in server.received]


def test_a_write_is_repeated_under_one_key(caller: Caller, keyed: Any, server: Server) -> None:
    """A write whose answer never came is repeated with the same key; the next call has another."""
    server.play((Reset(),), (Close(),), GOOD, GOOD)
    assert 3 == caller.run(keyed.things.make.raw(name="x")).attempts
    assert Thing(id="1") == caller.run(keyed.things.make(name="x"))
    first, second, third, other = keys(server)
    assert first is not None
    assert (first, first) == (second, third)
    assert (32, True) == (len(first), first != other)


def test_a_key_of_the_user_s_own_is_sent(caller: Caller, keyed: Any, server: Server) -> None:
    """The key given for a call, as an option or as a header, is the key that is sent."""
    server.answer = lambda _: GOOD
    caller.run(keyed.things.make.with_options(idempotency_key="order-7")(name="x"))
    caller.run(keyed.things.make.with_options(headers={"Idempotency-Key": "order-8"})(name="x"))
    assert ["order-7", "order-8"] == keys(server)


def test_a_key_that_the_document_has_as_a_parameter(caller: Caller, keyed: Any, server: Server) -> None:
    """Where an operation has the header as a parameter, its value is the key; without one there is a key too."""
    server.play((Reset(),), GOOD, (Reset(),), GOOD)
    caller.run(keyed.send(Request[Thing](_CREATE, headers={"Idempotency-Key": "order-9"})))
    caller.run(keyed.send(Request[Thing](_CREATE, headers={"Idempotency-Key": UNSET})))
    given, again, first, second = keys(server)
    assert ("order-9", "order-9") == (given, again)
    assert first is not None
    assert (32, first) == (len(first), second)


def test_what_repeats_without_harm_has_no_key(caller: Caller, keyed: Any, server: Server) -> None:
    """A read has no key."""
    server.play(GOOD)
    caller.run(keyed.things.get("1"))
    assert [None] == keys(server)


def test_a_server_that_heeds_no_keys_gets_none(caller: Caller, client: Any, server: Server) -> None:
    """Where the document names no header, none is sent, a write is not repeated, and a key is refused."""
    server.play((Reset(),))
    with pytest.raises(APIConnectionError):
        caller.run(client.things.make(name="x"))
    assert [None] == keys(server)
    with pytest.raises(InvalidRequestError, match="sample does not support idempotency keys"):
        caller.run(client.with_options(idempotency_key="a").things.make(name="x"))
    with pytest.raises(InvalidRequestError, match="sample does not support idempotency keys"):
        caller.run(client.with_options(idempotency_key="a").things.get("1"))


def test_a_key_that_would_break_its_line_is_refused(caller: Caller, keyed: Any, server: Server) -> None:
    """A key with a line break is refused before anything is sent."""
    with pytest.raises(InvalidRequestError, match="idempotency-key"):
        caller.run(keyed.with_options(idempotency_key="a\r\nb: c").things.make(name="x"))
    assert [] == server.received
