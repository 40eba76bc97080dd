"""Middleware: it wraps each attempt or each call, sees requests and responses, and may replace them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import msgspec
import pytest
import specwire
from specwire import (
    AsyncCall,
    AsyncCallMiddleware,
    AsyncMiddleware,
    AsyncSend,
    BaseRequest,
    Call,
    CallMiddleware,
    HTTPResponse,
    Middleware,
    PreparedRequest,
    Response,
    Send,
    TransportError,
)
from specwire.errors import APIConnectionError, InvalidRequestError, ServerError

from tests.support.caller import KEY, Caller
from tests.support.pool import busy
from tests.support.sample import Chunk, Thing
from tests.support.server import DONE, Hold, Reset, Server, reply, stream

GOOD = reply({"id": "1"})
BUSY = reply({}, status=503)


def both(
    caller: Caller, before: Callable[[PreparedRequest], PreparedRequest], after: Callable[[HTTPResponse], HTTPResponse]
) -> Any:
    """Return a middleware of the caller's kind."""

    def middleware(outgoing: PreparedRequest, send: Send) -> HTTPResponse:
        return after(send(before(outgoing)))

    async def async_middleware(outgoing: PreparedRequest, send: AsyncSend) -> HTTPResponse:
        return after(await send(before(outgoing)))

    return async_middleware if caller.asynchronous else middleware


def recording(caller: Caller, name: str, notes: list[str]) -> Any:
    """Return a middleware that records what passes."""

    def before(outgoing: PreparedRequest) -> PreparedRequest:
        notes.append(f"{name} {outgoing.method}")
        return outgoing

    def after(response: HTTPResponse) -> HTTPResponse:
        notes.append(f"{name} {response.status_code}")
        return response

    return both(caller, before, after)


def test_each_attempt_passes_through_all_middleware_in_order(caller: Caller, server: Server) -> None:
    """The response passes back in reverse order; streams and downloads too."""
    notes: list[str] = []
    client = caller.client(middleware=[recording(caller, "a", notes), recording(caller, "b", notes)])
    server.play(BUSY, GOOD, stream({"text": "a"}, DONE), reply(b"bytes"))
    assert 2 == caller.run(client.things.get.raw("1")).attempts
    there, back = ["a GET", "b GET"], ["b 200", "a 200"]
    assert [*there, "b 503", "a 503", *there, *back] == notes
    assert [Chunk(text="a")] == caller.list(client.talks.stream())
    assert b"bytes" == caller.run(client.files.download().read())
    assert ["a POST", "b POST", *back, *there, *back] == notes[8:]


def test_middleware_may_change_the_request(caller: Caller, client: Any, server: Server) -> None:
    """The changed request is sent; its repr shows no key."""
    shown: list[str] = []

    def before(outgoing: PreparedRequest) -> PreparedRequest:
        shown.append(repr(outgoing))
        return msgspec.structs.replace(outgoing, headers={**outgoing.headers, "x-signed": "yes"})

    server.play(GOOD)
    caller.run(client.things.get.with_options(middleware=[both(caller, before, lambda response: response)])("1"))
    assert "yes" == server.received[0].headers["x-signed"]
    assert KEY not in "".join(shown)


def test_middleware_may_return_a_response(caller: Caller, client: Any, server: Server) -> None:
    """It is handled like the server's, and nothing is sent."""
    made = HTTPResponse(httpx2.Response(200, json={"id": "made"}), httpx2)

    def instead(outgoing: PreparedRequest, send: Send) -> HTTPResponse:
        return made

    async def async_instead(outgoing: PreparedRequest, send: AsyncSend) -> HTTPResponse:
        return made

    middleware: Any = async_instead if caller.asynchronous else instead
    assert Thing(id="made") == caller.run(client.with_options(middleware=[middleware]).things.get("1"))
    assert [] == server.received


def test_middleware_may_fail_an_attempt(caller: Caller, client: Any, server: Server) -> None:
    """A `TransportError` is like a network failure; any other exception reaches the caller."""
    failures: list[Exception] = [TransportError("cut by hand", sent=False, timeout=False)] * 3

    def before(outgoing: PreparedRequest) -> PreparedRequest:
        if failures:
            raise failures.pop()
        return outgoing

    cut = client.with_options(middleware=[both(caller, before, lambda response: response)])
    with pytest.raises(APIConnectionError, match="after 3 attempts: cut by hand"):
        caller.run(cut.things.make(name="x"))
    failures.append(LookupError("no such thing"))
    with pytest.raises(LookupError, match="no such thing"):
        caller.run(cut.things.make(name="x"))
    server.play(GOOD)
    assert Thing(id="1") == caller.run(cut.things.make(name="x"))


def test_middleware_of_the_wrong_kind_is_rejected(caller: Caller, client: Any) -> None:
    """Middleware of the other kind of client, or without a response, is a `TypeError` that names it."""

    def plain(outgoing: PreparedRequest, send: Any) -> Any:
        return None

    async def asynchronous(outgoing: PreparedRequest, send: Any) -> Any:
        return None

    for middleware in (plain, asynchronous):
        with pytest.raises(TypeError, match=middleware.__name__):
            caller.run(client.with_options(middleware=[middleware]).things.get("1"))


def test_the_types_of_middleware_are_what_the_docstring_shows() -> None:
    """A plain function is a `Middleware`, an `async def` an `AsyncMiddleware`."""

    def plain(outgoing: PreparedRequest, send: Send) -> HTTPResponse:
        return send(outgoing)

    async def asynchronous(outgoing: PreparedRequest, send: AsyncSend) -> HTTPResponse:
        return await send(outgoing)

    def plain_call(request: BaseRequest, call: Call) -> Response[Any]:
        return call(request)

    async def asynchronous_call(request: BaseRequest, call: AsyncCall) -> Response[Any]:
        return await call(request)

    first: Middleware = plain
    second: AsyncMiddleware = asynchronous
    third: CallMiddleware = plain_call
    fourth: AsyncCallMiddleware = asynchronous_call
    assert (plain, asynchronous, plain_call, asynchronous_call) == (first, second, third, fourth)


def both_calls(
    caller: Caller,
    before: Callable[[BaseRequest], BaseRequest],
    after: Callable[[Any], Any] = lambda response: response,
    failed: Callable[[Exception], object] = lambda error: None,
) -> Any:
    """Return a call middleware of the caller's kind."""

    def middleware(request: BaseRequest, call: Call) -> Response[Any]:
        try:
            response = call(before(request))
        except Exception as error:
            failed(error)
            raise
        made: Response[Any] = after(response)
        return made

    async def async_middleware(request: BaseRequest, call: AsyncCall) -> Response[Any]:
        try:
            response = await call(before(request))
        except Exception as error:
            failed(error)
            raise
        made: Response[Any] = after(response)
        return made

    return async_middleware if caller.asynchronous else middleware


def recording_calls(caller: Caller, name: str, notes: list[str]) -> Any:
    """Return a middleware that records calls."""

    def before(request: BaseRequest) -> BaseRequest:
        notes.append(f"{name} {request.operation.id}")
        return request

    def after(response: Response[Any]) -> Response[Any]:
        notes.append(f"{name} {response.status_code} after {response.attempts}")
        return response

    return both_calls(caller, before, after, lambda error: notes.append(f"{name} {type(error).__name__}"))


def test_each_call_passes_through_all_middleware_in_order(caller: Caller, server: Server) -> None:
    """A call with all its attempts passes through them, and its result passes back."""
    notes: list[str] = []
    client = caller.client(call_middleware=[recording_calls(caller, "a", notes), recording_calls(caller, "b", notes)])
    server.play(BUSY, GOOD)
    assert Thing(id="1") == caller.run(client.things.get("1"))
    assert ["a get_thing", "b get_thing", "b 200 after 2", "a 200 after 2"] == notes


def test_calls_of_every_kind_pass_through_middleware(caller: Caller, server: Server) -> None:
    """That includes `.raw`, `send`, pages, workflows, streams and downloads."""
    notes: list[str] = []
    client = caller.client(call_middleware=[recording_calls(caller, "a", notes)])
    items = [[{"id": "1"}], [{"id": "2"}], []]
    pages = [reply({"data": found, "total": 2}) for found in items]
    server.play(GOOD, GOOD, *pages, reply({"id": "j", "status": "DONE"}), stream({"text": "a"}, DONE), reply(b"bytes"))
    caller.run(client.things.get.raw("1"))
    caller.run(client.send(client.things.get.request("1")))
    caller.list(client.things.list.iter(size=1))
    caller.run(client.jobs.wait("j"))
    assert [Chunk(text="a")] == caller.list(client.talks.stream())
    assert b"bytes" == caller.run(client.files.download().read())
    ids = ["get_thing", "get_thing", "list_things", "list_things", "list_things", "get_job", "talk", "download"]
    assert [f"a {each}" for each in ids] == notes[::2]
    assert ["a 200 after 1"] * 8 == notes[1::2]


def test_call_middleware_sees_exceptions(caller: Caller, server: Server) -> None:
    """Exceptions pass through on their way to the caller, also for requests that are never sent."""
    notes: list[str] = []
    client = caller.client(call_middleware=[recording_calls(caller, "a", notes)])
    server.respond = lambda _: BUSY
    with pytest.raises(ServerError, match="HTTP 503 after 3 attempts"):
        caller.run(client.things.get("1"))
    with pytest.raises(ServerError, match="talk: HTTP 503"):
        caller.list(client.talks.stream())
    with pytest.raises(InvalidRequestError, match="has no JSON form"):
        caller.run(client.things.make(name=object()))
    failures = ["ServerError", "ServerError", "InvalidRequestError"]
    assert [f"a {each}" for each in failures] == notes[1::2]


def test_call_middleware_may_change_the_request(caller: Caller, client: Any, server: Server) -> None:
    """The changed request is called; one call may have middleware for itself and for its attempts."""
    attempts: list[str] = []
    other = both_calls(caller, lambda request: request.replace(path={"thing_id": "2"}))
    changed = client.things.get.with_options(call_middleware=[other], middleware=[recording(caller, "a", attempts)])
    server.play(GOOD)
    caller.run(changed("1"))
    assert "/things/2" == server.received[0].target
    assert ["a GET", "a 200"] == attempts


def test_call_middleware_may_return_a_response_except_for_streams(caller: Caller, client: Any, server: Server) -> None:
    """A stream has no `Response` to read."""
    response = Response(status_code=200, headers=specwire.Headers(), content=b"", parsed=Thing(id="made"))

    def instead(request: BaseRequest, call: Call) -> Response[Any]:
        return response

    async def async_instead(request: BaseRequest, call: AsyncCall) -> Response[Any]:
        return response

    middleware: Any = async_instead if caller.asynchronous else instead
    cached = client.with_options(call_middleware=[middleware])
    assert Thing(id="made") == caller.run(cached.things.get("1"))
    assert response is caller.run(cached.things.get.raw("1"))
    with pytest.raises(TypeError, match=r"talk: middleware cannot replace the response"):
        caller.list(cached.talks.stream())
    assert [] == server.received


def test_call_middleware_may_repeat_a_call(caller: Caller, client: Any, server: Server) -> None:
    """It returns the last response, and the first connection is released."""

    def twice(request: BaseRequest, call: Call) -> Response[Any]:
        call(request)
        return call(request)

    async def async_twice(request: BaseRequest, call: AsyncCall) -> Response[Any]:
        await call(request)
        return await call(request)

    middleware: Any = async_twice if caller.asynchronous else twice
    changed = client.with_options(call_middleware=[middleware])
    server.play(stream({"text": "a"}, Hold()), stream({"text": "b"}, DONE))
    assert [Chunk(text="b")] == caller.list(changed.talks.stream())
    assert [] == busy(client)
    server.play(GOOD, reply({"id": "2"}))
    assert Thing(id="2") == caller.run(changed.things.get("1"))


def test_call_middleware_that_fails_leaves_nothing_open(caller: Caller, client: Any, server: Server) -> None:
    """If middleware fails after a stream opened, the stream is closed."""

    def fail(response: Response[Any]) -> Response[Any]:
        raise LookupError("no such thing")

    server.play(stream({"text": "a"}, Hold()))
    failing = client.with_options(call_middleware=[both_calls(caller, lambda request: request, fail)])
    with pytest.raises(LookupError, match="no such thing"):
        caller.list(failing.talks.stream())
    assert server.saw_close()
    assert [] == busy(client)


def test_call_middleware_of_the_wrong_kind_is_rejected(caller: Caller, client: Any) -> None:
    """Middleware of the other kind of client, or without a response, is a `TypeError` that names it."""

    def plain(request: BaseRequest, call: Any) -> Any:
        return None

    async def asynchronous(request: BaseRequest, call: Any) -> Any:
        return None

    for middleware in (plain, asynchronous):
        with pytest.raises(TypeError, match=middleware.__name__):
            caller.run(client.with_options(call_middleware=[middleware]).things.get("1"))


def test_middleware_learns_when_a_body_is_over(caller: Caller, client: Any, server: Server) -> None:
    """`HTTPResponse.when_over` is called once, for a body that was read, closed early or interrupted."""
    reported: list[str | None] = []

    def after(response: HTTPResponse) -> HTTPResponse:
        response.on_close(lambda failure: reported.append(type(failure).__name__ if failure is not None else None))
        return response

    watched = client.with_options(middleware=[both(caller, lambda outgoing: outgoing, after)])
    server.play(GOOD, stream({"text": "a"}, DONE), stream({"text": "a"}, Hold()), stream({"text": "a"}, end=(Reset(),)))
    caller.run(watched.things.get("1"))
    assert [None] == reported
    caller.list(watched.talks.stream())
    assert [None] * 2 == reported
    events = watched.talks.stream()
    caller.next(events)
    assert [None] * 2 == reported
    caller.close(events)
    caller.close(events)
    assert [None] * 3 == reported
    with pytest.raises(specwire.StreamTruncatedError, match="the stream broke off"):
        caller.list(watched.talks.stream())
    assert [None, None, None, "TransportError"] == reported
