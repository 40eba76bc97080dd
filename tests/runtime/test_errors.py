"""Failures: which are retried, which exception is raised, and what it contains."""

from __future__ import annotations

import logging
import pickle
import re
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from specwire import DriftWarning, HTTPResponse, Options, RetryPolicy, errors
from specwire._exchange.exchange import Exchange
from specwire._exchange.prepared import Prepared
from specwire.errors import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    DecodeError,
    EnvelopeError,
    NotFoundError,
    RateLimitError,
    ServerError,
    SpecwireError,
)

from tests.support.caller import KEY, Caller
from tests.support.ports import free_port
from tests.support.sample import PROVIDER, Problem, Thing, Verdict, get
from tests.support.server import Close, Hold, Reset, Server, head, reply

BUSY = reply({"message": "busy"}, status=503)
GOOD = reply({"id": "1"})


def raised(caller: Caller, call: Any, kind: type[SpecwireError]) -> Any:
    """Return the exception of a call, which has exactly this class, and this text in a one-line message."""
    with pytest.raises(SpecwireError) as caught:
        caller.run(call())
    assert kind is type(caught.value)
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    return caught.value


def test_a_wrong_key_is_an_authentication_error_with_its_typed_body(
    caller: Caller, client: Any, server: Server
) -> None:
    """A 401 raises `AuthenticationError` with the typed body, and is not retried."""
    server.play(reply({"message": "no such key", "code": 7}, status=401, headers={"x-request-id": "r-9"}))
    error = raised(caller, lambda: client.things.get("1"), AuthenticationError)
    assert "get_thing: HTTP 401: no such key (request id r-9)" == str(error)
    assert Problem(message="no such key", code=7) == error.body
    assert (401, "r-9", 1) == (error.status_code, error.request_id, error.attempts)
    assert "r-9" == error.headers["X-Request-Id"]
    assert client.things.get.request("1") == error.request
    assert b'{"message": "no such key", "code": 7}' == error.response.content
    assert 1 == len(server.received)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, NotFoundError),
        (409, errors.ConflictError),
        (418, APIStatusError),
        (422, errors.UnprocessableEntityError),
        (429, RateLimitError),
        (500, ServerError),
        (503, ServerError),
        (304, APIStatusError),
    ],
)
def test_each_status_has_its_exception(
    caller: Caller, client: Any, server: Server, status: int, kind: type[SpecwireError]
) -> None:
    """An error status raises its class."""
    server.respond = lambda _: reply(b"", status=status)
    assert status == raised(caller, lambda: client.things.get("1"), kind).status_code


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"message": "deep"}}, "deep"),
        (
            {"detail": [{"loc": ["body", "x"], "msg": "missing"}, {"loc": ["body"], "msg": "no"}]},
            "body.x: missing; body: no",
        ),
        ({"detail": "two\nlines"}, "two lines"),
        ({"detail": [{"loc": ["a\nb"], "msg": "c\nd"}]}, "a b: c d"),
        (b"plain  text", "plain text"),
        (b"<html><body>Bad Gateway</body></html>", "an HTML page of 37 bytes"),
        (b"", "no message"),
        ({}, "no message"),
        (["x" * 1000], "x" * 277 + "…"),
        (f"your key {KEY} is wrong".encode(), "your key *** is wrong"),
    ],
)
def test_the_message_is_the_servers_in_one_line(
    caller: Caller, client: Any, server: Server, body: Any, expected: str
) -> None:
    """The server's message is shortened to one line, and the key is masked."""
    server.play(reply(body, status=400))
    assert (
        f"make_thing: HTTP 400: {expected}"
        == raised(caller, lambda: client.things.make(name="x"), BadRequestError).message
    )


@pytest.mark.parametrize(
    ("challenge", "body", "expected"),
    [
        ('Bearer realm="a", error="invalid_token", error_description="It expired"', b"", "invalid_token: It expired"),
        ('Bearer error="invalid_token"', b"{}", "invalid_token"),
        (f'Bearer error_description="no key {KEY}"', b"", "no key ***"),
        ('Bearer error="invalid_token"', b'{"message":"Log in"}', "Log in"),
        ('Basic realm="a"', b"", "no message"),
    ],
)
def test_the_message_has_the_reason_of_a_bearer_challenge(
    caller: Caller, client: Any, server: Server, challenge: str, body: bytes, expected: str
) -> None:
    """OAuth servers state in a header what is wrong with a token, and send no body."""
    server.play(*[reply(body, status=401, headers={"www-authenticate": challenge})] * 2)
    error = raised(caller, lambda: client.things.make(name="x"), AuthenticationError)
    assert error.message.startswith(f"make_thing: HTTP 401: {expected}")


def test_an_error_body_that_drifted_is_kept(caller: Caller, client: Any, server: Server) -> None:
    """An error body that differs from the document is decoded as far as possible, and reported."""
    server.play(reply({"message": 5, "code": "x"}, status=400))
    with pytest.warns(DriftWarning, match=r"get_thing \(HTTP 400\) differs from its document: \$\.message: "):
        error = raised(caller, lambda: client.things.get("1"), BadRequestError)
    assert (5, "x") == (error.body.message, error.body.code)
    assert ["$.message", "$.code"] == [drift.path for drift in error.response.drift]


def test_a_retry_waits_as_long_as_retry_after_says(caller: Caller, server: Server) -> None:
    """A 429 is retried, also for POST; the attempts are counted."""
    client = caller.client(retry=RetryPolicy(wait_initial=100.0, wait_max=100.0))
    server.play(
        reply({}, status=429, headers={"retry-after": "0.05"}),
        reply({}, status=429, headers={"retry-after-ms": "50"}),
        GOOD,
    )
    started = time.monotonic()
    response = caller.run(client.things.make.raw(name="x"))
    assert 0.1 <= time.monotonic() - started < 2
    assert (3, 200, Thing(id="1")) == (response.attempts, response.status_code, response.parsed)
    assert response.elapsed >= 0.1
    assert [{"name": "x"}] * 3 == [received.json for received in server.received]


def test_the_last_error_is_raised_after_all_attempts(caller: Caller, client: Any, server: Server) -> None:
    """It has the number of attempts."""
    server.play(BUSY, BUSY, BUSY)
    error = raised(caller, lambda: client.things.get("1"), ServerError)
    assert "get_thing: HTTP 503 after 3 attempts: busy" == str(error)
    assert (3, 3, 3) == (error.attempts, error.response.attempts, len(server.received))


def test_a_policy_of_one_attempt_never_retries(caller: Caller, client: Any, server: Server) -> None:
    """`RetryPolicy(attempts=1)` makes one attempt."""
    server.play(BUSY, GOOD)
    single = client.things.get.with_options(retry=RetryPolicy(attempts=1))
    assert 1 == raised(caller, lambda: single("1"), ServerError).attempts


def test_a_write_with_an_unclear_outcome_is_not_retried(caller: Caller, client: Any, server: Server) -> None:
    """A POST that failed on the server, or got no response, may have been executed."""
    for response, kind in ((BUSY, ServerError), ((Reset(),), APIConnectionError), ((Close(),), APIConnectionError)):
        server.play(response)
        raised(caller, lambda: client.things.make(name="x"), kind)
    assert 3 == len(server.received)


def test_idempotent_calls_are_retried_after_an_unclear_outcome(caller: Caller, client: Any, server: Server) -> None:
    """Reads, and operations that the document declares idempotent, are retried."""
    calls: list[Callable[[], Any]] = [lambda: client.things.safe(name="x"), lambda: client.things.get("1")]
    for call in calls:
        server.play((Reset(),), (Close(),), GOOD)
        assert Thing(id="1") == caller.run(call())
    assert 6 == len(server.received)


def test_a_refused_connection_is_retried(caller: Caller) -> None:
    """A POST is retried too, since the server saw nothing; the error names host and attempts."""
    port = free_port()
    client = caller.client(base_url=f"http://user:hidden@127.0.0.1:{port}/v1")
    error = raised(caller, lambda: client.things.make(name="x"), APIConnectionError)
    assert str(error).startswith(f"make_thing: no response from 127.0.0.1:{port} after 3 attempts: ")
    assert "hidden" not in str(error)
    assert 3 == error.attempts
    assert (None, None) == (error.response, error.request_id)


def test_a_retry_after_beyond_the_cap_is_not_waited_for(caller: Caller, client: Any, server: Server) -> None:
    """The error is raised at once."""
    server.play(reply({}, status=429, headers={"retry-after": "3600"}))
    assert 1 == raised(caller, lambda: client.things.get("1"), RateLimitError).attempts


@pytest.mark.parametrize(
    ("body", "attempts"),
    [
        ({"error": {"type": "quota"}}, 1),
        ({"error": {"type": "speed"}}, 3),
        ({"error": {"type": ["quota"]}}, 3),
        ({"error": "quota"}, 3),
        (b"<html>", 3),
    ],
)
def test_non_retryable_error_bodies_are_not_retried(
    caller: Caller, client: Any, server: Server, body: Any, attempts: int
) -> None:
    """The document declares which error bodies are permanent; others are retried."""
    server.respond = lambda _: reply(body, status=429)
    assert attempts == raised(caller, lambda: client.things.get("1"), RateLimitError).attempts


def test_the_server_can_forbid_a_retry(caller: Caller, client: Any, server: Server) -> None:
    """`x-should-retry: false` is respected."""
    server.play(reply({}, status=503, headers={"x-should-retry": "false"}))
    assert 1 == raised(caller, lambda: client.things.get("1"), ServerError).attempts


def test_a_silent_server_is_a_timeout(caller: Caller, client: Any, server: Server) -> None:
    """It raises `APITimeoutError`, which is a connection error."""
    server.respond = lambda _: (Hold(),)
    error = raised(caller, lambda: client.things.get.with_options(timeout=0.15)("1"), APITimeoutError)
    assert str(error).startswith(f"get_thing: no response in time from 127.0.0.1:{server.port} after 3 attempts: ")
    assert isinstance(error, APIConnectionError)
    assert 3 == len(server.received)
    assert server.saw_close()


def test_a_slow_body_is_a_timeout(caller: Caller, client: Any, server: Server) -> None:
    """Silence in the middle of a body is a timeout too; a POST is not retried after it."""
    server.play((head(200, {"content-length": "10"}), b"{", Hold()))
    raised(caller, lambda: client.things.make.with_options(timeout=0.3)(name="x"), APITimeoutError)
    assert 1 == len(server.received)


@pytest.mark.parametrize(
    "response",
    [
        (head(200, {"content-length": "100"}), b'{"id": "1"}', Close()),
        (head(200, {"transfer-encoding": "chunked"}), b'b\r\n{"id": "1"}\r\n', Close()),
        (head(200, {"content-length": "100"}), b'{"id": "1"}', Reset()),
        (b"HTTP/1.1 200 OK\r\ncontent-le", Close()),
        (b"nonsense\r\n\r\n", Close()),
        (head(200, {"content-length": "3", "content-encoding": "gzip"}), b"abc"),
    ],
    ids=["short", "cut chunks", "reset", "cut head", "no HTTP", "bad gzip"],
)
def test_an_incomplete_response_is_never_returned(caller: Caller, client: Any, server: Server, response: Any) -> None:
    """A truncated or garbled response is a connection error for a POST, and is retried for a GET."""
    server.play(response)
    raised(caller, lambda: client.things.make(name="x"), APIConnectionError)
    server.play(response, GOOD)
    assert 2 == caller.run(client.things.get.raw("1")).attempts


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "the response is empty"),
        (b" \n", "the response is empty"),
        (b"<html>\nno</html>", r"'<html>\\nno</html>'"),
        (b'{"id": "1"', r"the response is not JSON \(.*\): '{\"id\": \"1\"'"),
        (b'{"id": \xff}', "the response is not JSON"),
    ],
)
def test_a_response_that_is_not_json_is_a_decode_error(
    caller: Caller, client: Any, server: Server, body: bytes, expected: str
) -> None:
    """The error shows its beginning and keeps it whole."""
    server.play(reply(body, headers={"content-type": "application/json", "x-request-id": "r"}))
    error = raised(caller, lambda: client.things.get("1"), DecodeError)
    assert re.search(expected, str(error))
    assert (body, "r", 200) == (error.response.content, error.request_id, error.response.status_code)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-request-id": "a", "cf-ray": "b"}, "a"),
        ({"Request-Id": "c"}, "c"),
        ({"CF-RAY": "d"}, "d"),
        ({}, None),
    ],
)
def test_the_request_id_is_found(
    caller: Caller, client: Any, server: Server, headers: dict[str, str], expected: str | None
) -> None:
    """The response has the server's request id, whatever its header is called."""
    server.play(reply({"id": "1"}, headers=headers))
    assert expected == caller.run(client.things.get.raw("1")).request_id


def test_an_error_envelope_with_a_success_status_is_raised(caller: Caller, client: Any, server: Server) -> None:
    """It raises `EnvelopeError` with its code and the typed response."""
    server.play(reply({"code": 24, "description": "banned\nword"}), reply({"code": {"a": 1}}), reply({"code": 1}))
    error = raised(caller, lambda: client.things.ask(question="?"), EnvelopeError)
    assert "ask: the server returned error code 24: banned word" == str(error)
    assert (24, Verdict(code=24, description="banned\nword")) == (error.code, error.body)
    with pytest.warns(UserWarning):
        raised(caller, lambda: client.things.ask(question="?"), EnvelopeError)
    assert Verdict(code=1) == caller.run(client.things.ask(question="?"))


def moved(status: int, to: str) -> Any:
    """Return a redirect."""
    return reply(b"", status=status, headers={"location": to})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_redirects_on_its_origin(caller: Caller, client: Any, server: Server, status: int) -> None:
    """A GET follows a redirect to the same origin with its key, as part of the same attempt."""
    server.play(moved(status, "/elsewhere?a=1"), GOOD)
    response = caller.run(client.things.get.raw("1", tags=["x"]))
    assert ["/things/1?tags=x", "/elsewhere?a=1"] == [received.target for received in server.received]
    assert f"Bearer {KEY}" == server.received[1].headers["authorization"]
    assert 1 == response.attempts


def test_credentials_are_not_sent_to_another_origin(caller: Caller, client: Any, server: Server) -> None:
    """A GET follows a redirect elsewhere without key, cookies and added headers, and also back."""
    with Server() as other:
        server.play(moved(302, f"{other.url}/a"), GOOD)
        other.play(moved(302, f"{server.url}/b"))
        get = client.things.get.with_options(headers={"x-secret": "s"})
        caller.run(get("1", trace="t", session="s"))
        for received in (other.received[0], server.received[1]):
            assert set() == {"authorization", "cookie", "x-trace", "x-secret"} & received.headers.keys()
        assert "application/json" == other.received[0].headers["accept"]


def test_a_write_follows_307_and_308_on_its_origin_only(caller: Caller, client: Any, server: Server) -> None:
    """The body is sent again; the error of other redirects names their target."""
    server.play(moved(307, "/b"), moved(308, "/c"), GOOD)
    caller.run(client.things.make(name="x"))
    assert [("POST", {"name": "x"})] * 3 == [(received.method, received.json) for received in server.received]
    for status, to in ((302, "/b"), (303, "/b"), (307, "http://other.invalid/path?signature=hidden")):
        server.play(moved(status, to))
        error = raised(caller, lambda: client.things.make(name="x"), APIStatusError)
        assert status == error.status_code
        assert "hidden" not in str(error)
    assert "make_thing: HTTP 307: a redirect to http://other.invalid, which is not followed" == str(error)


def test_a_loop_of_redirects_ends(caller: Caller, client: Any, server: Server) -> None:
    """At most five redirects are followed."""
    server.respond = lambda _: moved(302, "/again")
    assert 302 == raised(caller, lambda: client.things.get("1"), APIStatusError).status_code
    assert 6 == len(server.received)


@pytest.mark.parametrize("to", ["ftp://127.0.0.1/x", "http://[::1", "file:///etc/passwd", ""])
def test_a_redirect_with_an_invalid_target_is_an_error(caller: Caller, client: Any, server: Server, to: str) -> None:
    """It raises the error of its status."""
    server.respond = lambda _: moved(302, to) if to else reply(b"", status=302)
    with pytest.raises(APIError) as caught:
        caller.run(client.things.get("1"))
    assert caller.library == "httpx" or 302 == vars(caught.value)["status_code"]
    assert {"/things/1"} == {received.target for received in server.received}


def test_a_key_function_is_called_for_every_attempt(caller: Caller, server: Server) -> None:
    """Its own exceptions reach the caller."""
    keys = iter(["one", "two"])

    def current() -> str:
        return next(keys)

    client = caller.client(current)
    server.play(BUSY, GOOD)
    caller.run(client.things.get("1"))
    assert ["Bearer one", "Bearer two"] == [received.headers["authorization"] for received in server.received]
    with pytest.raises((StopIteration, RuntimeError), match="StopIteration"):
        caller.run(client.things.get("1"))

    def broken() -> str:
        raise LookupError("the vault is sealed")

    with pytest.raises(LookupError, match="the vault is sealed"):
        caller.run(caller.client(broken).things.get("1"))


def test_no_log_record_holds_the_key(
    caller: Caller, client: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """No log record of any level has it, including those of the HTTP library."""
    server.play(BUSY, GOOD)
    with caplog.at_level(logging.DEBUG):
        caller.run(client.things.get("1"))
    assert KEY not in caplog.text
    assert 2 == len([record for record in caplog.records if record.name == "specwire"])


def test_a_server_without_tls_is_a_connection_error(caller: Caller, server: Server) -> None:
    """The exception is ours and not the HTTP library's."""
    client = caller.client(base_url=f"https://127.0.0.1:{server.port}")
    raised(caller, lambda: client.things.get("1"), APIConnectionError)


@pytest.mark.parametrize(
    "kind", [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, SpecwireError)]
)
def test_every_exception_pickles(kind: type[SpecwireError]) -> None:
    """An exception of every class keeps its message and attributes."""
    made = kind("what happened", status=500, body={"a": 1}, attempts=2, last=Thing(id="1"), code=3)
    made.__notes__ = ["a note"]
    back: Any = pickle.loads(pickle.dumps(made))
    assert (kind, "what happened", "what happened") == (type(back), str(back), back.message)
    assert ({"a": 1}, 2, Thing(id="1"), 3) == (back.body, back.attempts, back.last, back.code)


def test_raised_exceptions_pickle_with_request_and_response(caller: Caller, client: Any, server: Server) -> None:
    """A raised exception keeps request and response, without the key."""
    server.play(reply({"message": "no"}, status=404, headers={"x-request-id": "r"}), reply(b"{"))
    for kind in (NotFoundError, DecodeError):
        error = raised(caller, lambda: client.things.get("1"), kind)
        data = pickle.dumps(error)
        back: APIError = pickle.loads(data)
        assert KEY.encode() not in data
        assert error.request == back.request
        assert error.response == back.response


@pytest.mark.parametrize(
    ("to", "followed"),
    [("http://sample.invalid/x", False), ("https://sample.invalid/x", True), ("https://cdn.invalid/x", True)],
)
def test_a_redirect_never_leaves_tls(to: str, followed: bool) -> None:
    """A redirect from https to http is not followed, not even by a GET."""
    request = get("1")
    prepared = Prepared(PROVIDER, "https://sample.invalid", request.operation, Options(), None)
    exchange = Exchange(prepared, request, Options())
    assert followed == exchange.follow_redirect(HTTPResponse(httpx2.Response(302, headers={"location": to}), httpx2))
