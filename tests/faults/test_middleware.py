"""Promises of middleware: it stands around each try, sees what goes out and what comes back, and may step in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import msgspec
import pytest
from specwire.answer import TransportFailure
from specwire.errors import APIConnectionError
from specwire.middleware import Answer, AsyncMiddleware, AsyncSend, Middleware, Outgoing, Send

from tests.runtime.conftest import KEY, Caller
from tests.runtime.sample import Chunk, Thing
from tests.runtime.server import DONE, Server, reply, stream

GOOD = reply({"id": "1"})
BUSY = reply({}, status=503)


def both(caller: Caller, before: Callable[[Outgoing], Outgoing], after: Callable[[Answer], Answer]) -> Any:
    """Return a middleware of the caller's kind."""

    def middleware(outgoing: Outgoing, send: Send) -> Answer:
        return after(send(before(outgoing)))

    async def async_middleware(outgoing: Outgoing, send: AsyncSend) -> Answer:
        return after(await send(before(outgoing)))

    return async_middleware if caller.asynchronous else middleware


def noting(caller: Caller, name: str, notes: list[str]) -> Any:
    """Return a middleware that notes what passes."""

    def before(outgoing: Outgoing) -> Outgoing:
        notes.append(f"{name} {outgoing.method}")
        return outgoing

    def after(answer: Answer) -> Answer:
        notes.append(f"{name} {answer.status}")
        return answer

    return both(caller, before, after)


def test_each_try_passes_through_all_in_order(caller: Caller, server: Server) -> None:
    """Each try goes through the first middleware, then the second, and its answer back; streams and downloads too."""
    notes: list[str] = []
    client = caller.client(middleware=[noting(caller, "a", notes), noting(caller, "b", notes)])
    server.play(BUSY, GOOD, stream({"text": "a"}, DONE), reply(b"bytes"))
    assert 2 == caller.run(client.things.get.raw("1")).tries
    there, back = ["a GET", "b GET"], ["b 200", "a 200"]
    assert [*there, "b 503", "a 503", *there, *back] == notes
    assert [Chunk(text="a")] == caller.list(client.talks.stream())
    assert b"bytes" == caller.run(client.files.download().read())
    assert ["a POST", "b POST", *back, *there, *back] == notes[8:]


def test_middleware_may_change_what_is_sent(caller: Caller, client: Any, server: Server) -> None:
    """What middleware passes on is what is sent; its repr shows no key."""
    shown: list[str] = []

    def before(outgoing: Outgoing) -> Outgoing:
        shown.append(repr(outgoing))
        return msgspec.structs.replace(outgoing, headers={**outgoing.headers, "x-signed": "yes"})

    server.play(GOOD)
    caller.run(client.things.get.with_options(middleware=[both(caller, before, lambda answer: answer)])("1"))
    assert "yes" == server.received[0].headers["x-signed"]
    assert KEY not in "".join(shown)


def test_middleware_may_answer_itself(caller: Caller, client: Any, server: Server) -> None:
    """An answer that middleware makes is taken like the server's, and nothing is sent."""
    made = Answer(httpx2.Response(200, json={"id": "made"}), httpx2)

    def instead(outgoing: Outgoing, send: Send) -> Answer:
        return made

    async def async_instead(outgoing: Outgoing, send: AsyncSend) -> Answer:
        return made

    middleware: Any = async_instead if caller.asynchronous else instead
    assert Thing(id="made") == caller.run(client.with_options(middleware=[middleware]).things.get("1"))
    assert [] == server.received


def test_middleware_may_fail_a_try(caller: Caller, client: Any, server: Server) -> None:
    """A `TransportFailure` of middleware is like one of the network; any other exception reaches the caller."""
    failures: list[Exception] = [TransportFailure("cut by hand", sent=False, timeout=False)] * 3

    def before(outgoing: Outgoing) -> Outgoing:
        if failures:
            raise failures.pop()
        return outgoing

    cut = client.with_options(middleware=[both(caller, before, lambda answer: answer)])
    with pytest.raises(APIConnectionError, match="after 3 tries: cut by hand"):
        caller.run(cut.things.make(name="x"))
    failures.append(LookupError("no such thing"))
    with pytest.raises(LookupError, match="no such thing"):
        caller.run(cut.things.make(name="x"))
    server.play(GOOD)
    assert Thing(id="1") == caller.run(cut.things.make(name="x"))


def test_middleware_of_the_wrong_kind_is_refused(caller: Caller, client: Any) -> None:
    """Middleware of the other kind of client, or that gives no answer, is a `TypeError` that names it."""

    def plain(outgoing: Outgoing, send: Any) -> Any:
        return None

    async def asynchronous(outgoing: Outgoing, send: Any) -> Any:
        return None

    for middleware in (plain, asynchronous):
        with pytest.raises(TypeError, match=middleware.__name__):
            caller.run(client.with_options(middleware=[middleware]).things.get("1"))


def test_the_types_of_middleware_are_what_the_docstring_shows() -> None:
    """A plain function is a `Middleware`, an `async def` an `AsyncMiddleware`."""

    def plain(outgoing: Outgoing, send: Send) -> Answer:
        return send(outgoing)

    async def asynchronous(outgoing: Outgoing, send: AsyncSend) -> Answer:
        return await send(outgoing)

    first: Middleware = plain
    second: AsyncMiddleware = asynchronous
    assert (plain, asynchronous) == (first, second)
