"""Device authorization: the user enters a code elsewhere, while the call that needs a token polls for it."""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from specwire import DevicePrompt, OAuth2DeviceCode
from specwire._auth import async_grant, device, oauth2, sync_grant
from specwire.errors import APIConnectionError, APITimeoutError, AuthenticationError, ConfigurationError
from specwire.support import Bearer, OAuth2

from tests.runtime.auth.secured_client import DEVICE_PATH, TOKEN_PATH, secured_client, secured_request
from tests.support.caller import Caller
from tests.support.server import HTTPResponse, Received, Reset, Server, reply

from .test_oauth2 import fields

SECRET = "client-secret-0123456789"
CODE = "device-code-9876543210"
URI = "https://login.test/device"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Clock:
    """Clock of the device authorization; waits take no time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        """Return the current time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The clock of tokens and device codes."""
    made = Clock()

    async def sleep(seconds: float) -> None:
        made.sleep(seconds)

    monkeypatch.setattr(device, "time", made)
    monkeypatch.setattr(oauth2, "time", made)
    monkeypatch.setattr(async_grant, "sleep", sleep)
    monkeypatch.setattr(sync_grant, "time", made)
    yield made


class Issuer:
    """Hands out codes, answers polls from a script, and then grants tokens."""

    def __init__(self, *polls: HTTPResponse, **facts: Any) -> None:
        self.polls = list(polls)
        self.facts = facts
        self.tokens: dict[str, Any] = {"expires_in": 3600, "refresh_token": "refresh-1"}
        self.codes = 0
        self.granted = 0
        self.refused: set[str] = set()
        """Tokens, and refresh tokens, that are no longer valid."""

    def __call__(self, received: Received) -> HTTPResponse:
        if received.target == DEVICE_PATH:
            self.codes += 1
            facts = {"user_code": f"CODE-{self.codes}", "verification_uri": URI, "expires_in": 600, "interval": 5}
            return reply({"device_code": f"{CODE}-{self.codes}", **facts, **self.facts})
        if received.method == "POST":
            if received.target == TOKEN_PATH and self.polls:
                return self.polls.pop(0)
            if fields(received).get("refresh_token") in self.refused:
                return refusal("invalid_grant")
            self.granted += 1
            return reply({"access_token": f"token-{self.granted}", **self.tokens})
        token = received.headers["authorization"].removeprefix("Bearer ")
        return reply({"message": "no"}, status=401) if token in self.refused else reply({"id": token})


def refusal(error: str, status: int = 400, **more: Any) -> HTTPResponse:
    """Return an error of the token endpoint."""
    return reply({"error": error, **more}, status=status)


PENDING = refusal("authorization_pending")


def sent(server: Server, path: str) -> list[dict[str, str]]:
    """Return the forms that an endpoint received."""
    return [fields(received) for received in server.received if received.target == path]


def test_a_code_is_shown_and_polled_for(caller: Caller, server: Server, clock: Clock) -> None:
    """The prompt receives the user's code; the token endpoint is polled until it grants a token, which is kept."""
    server.respond = Issuer(PENDING, PENDING, verification_uri_complete=f"{URI}?code=CODE-1")
    prompts: list[DevicePrompt] = []
    grant = OAuth2DeviceCode("app", prompts.append, scopes=["read", "write"])
    client = secured_client(caller, ("oauth",), credentials={"oauth": grant})
    assert ["token-1", "token-1"] == [caller.run(client.send(secured_request())).id for _ in range(2)]
    assert [DevicePrompt("CODE-1", URI, f"{URI}?code=CODE-1", 600)] == prompts
    assert f"Open {URI} and enter the code CODE-1" == str(prompts[0])
    assert [{"client_id": "app", "scope": "read write"}] == sent(server, DEVICE_PATH)
    assert [{"grant_type": GRANT, "device_code": f"{CODE}-1", "client_id": "app"}] * 3 == sent(server, TOKEN_PATH)
    assert [5, 5, 5] == clock.slept


def test_a_client_with_a_secret_authenticates_everywhere(caller: Caller, server: Server, clock: Clock) -> None:
    """A confidential client sends its secret to both endpoints, in the header or in the body; URLs may be passed."""
    server.respond = Issuer()
    grant = OAuth2DeviceCode("app", print, SECRET)
    caller.run(secured_client(caller, ("oauth",), credentials={"oauth": grant}).send(secured_request()))
    asked = [received for received in server.received if received.method == "POST"]
    assert ["Basic", "Basic"] == [received.headers["authorization"].partition(" ")[0] for received in asked]
    assert ["app", "app"] == [fields(received)["client_id"] for received in asked]
    server.received.clear()
    urls = f"{server.url}{DEVICE_PATH}", f"{server.url}/other"
    grant = OAuth2DeviceCode("app", print, SECRET, *urls, secret_in="body")
    caller.run(secured_client(caller, ("token",), credentials={"token": grant}).send(secured_request()))
    assert {"client_id": "app", "client_secret": SECRET} == sent(server, DEVICE_PATH)[0]
    assert SECRET == sent(server, "/other")[0]["client_secret"]


@pytest.mark.parametrize(
    ("polls", "slept"),
    [
        ((refusal("slow_down"), PENDING), [5, 10, 10]),
        ((refusal("slow_down"), refusal("slow_down")), [5, 10, 15]),
        ((refusal("slow_down", interval=42), PENDING), [5, 42, 42]),
        ((refusal("slow_down", status=200),), [5, 10]),
        ((refusal("slow_down", status=429),), [5, 10]),
        ((refusal("authorization_pending", status=428),), [5, 5]),
        ((refusal("authorization_pending", status=200),), [5, 5]),
        ((reply(b"busy", status=503), PENDING), [5, 10, 10]),
        ((reply(b"", status=429),), [5, 10]),
        (([Reset()], [Reset()]), [5, 10, 20]),
    ],
)
def test_polls_keep_the_pace_that_the_server_sets(
    caller: Caller, server: Server, clock: Clock, polls: tuple[HTTPResponse, ...], slept: list[float]
) -> None:
    """`slow_down` adds five seconds; failures double the interval; some servers use other statuses."""
    server.respond = Issuer(*polls)
    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", print)})
    assert "token-1" == caller.run(client.send(secured_request())).id
    assert slept == clock.slept


@pytest.mark.parametrize(("interval", "slept"), [(None, 5), (0, 5), ("7", 7), (2.5, 2.5), ("soon", 5)])
def test_the_interval_has_a_default(
    caller: Caller, server: Server, clock: Clock, interval: object, slept: float
) -> None:
    """Without a usable interval the client polls every five seconds."""
    server.respond = Issuer(interval=interval)
    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", print)})
    caller.run(client.send(secured_request()))
    assert [slept] == clock.slept


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refusal("access_denied"), "HTTP 400: access_denied: the user denied the request"),
        (refusal("expired_token"), "HTTP 400: expired_token: the code was not entered in time"),
        (refusal("invalid_client", 401, error_description="who?"), "HTTP 401: invalid_client: who[?]"),
        (refusal("access_denied", 200), "HTTP 200: access_denied: the user denied the request"),
        (reply({}), "HTTP 200: no access token"),
    ],
)
def test_a_denial_ends_the_call(caller: Caller, server: Server, clock: Clock, error: HTTPResponse, reason: str) -> None:
    """Any other error is an `AuthenticationError` at once; the next call asks for a new code."""
    server.respond = issuer = Issuer(PENDING, error)
    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", print)})
    with pytest.raises(AuthenticationError, match=f"token endpoint {server.url}{TOKEN_PATH} returned {reason}$"):
        caller.run(client.send(secured_request()))
    assert [5, 5] == clock.slept
    assert "token-1" == caller.run(client.send(secured_request())).id
    assert 2 == issuer.codes


def test_a_code_is_not_polled_for_after_its_expiry(caller: Caller, server: Server, clock: Clock) -> None:
    """A code that expires is polled for once more, even if the server never reports its expiry."""
    server.respond = Issuer(*[PENDING] * 9, expires_in="12")
    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", print)})
    with pytest.raises(AuthenticationError, match="HTTP 400: authorization_pending: the code was not entered in time"):
        caller.run(client.send(secured_request()))
    assert [5, 5, 2] == clock.slept


def test_failures_end_with_the_code(caller: Caller, server: Server, clock: Clock) -> None:
    """An endpoint that stays out of reach is an error once the code has expired, without another prompt."""
    server.respond = issuer = Issuer(*[[Reset()]] * 9, expires_in=12)
    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", print)})
    with pytest.raises(APIConnectionError, match="the token endpoint"):
        caller.run(client.send(secured_request()))
    assert ([5, 7], 1) == (clock.slept, issuer.codes)


def test_a_call_gives_up_at_its_deadline_and_the_next_goes_on(caller: Caller, server: Server) -> None:
    """A deadline ends the call, not the authorization: the next call polls for the same code, without a prompt."""
    server.respond = issuer = Issuer(PENDING, PENDING, interval=0.6)
    prompts: list[DevicePrompt] = []
    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", prompts.append)})
    with pytest.raises(APITimeoutError, match=f"from [0-9.:]+: {URI} has not received the code yet"):
        caller.run(client.with_options(deadline=1.0).send(secured_request()))
    assert "token-1" == caller.run(client.send(secured_request())).id
    assert (1, 1) == (issuer.codes, len(prompts))


def test_other_calls_wait_no_longer_than_their_deadline(caller: Caller, server: Server) -> None:
    """While one call waits for the user, others wait for its token, up to their deadlines."""
    server.respond = issuer = Issuer(PENDING, interval=0.4)
    prompted = threading.Event()
    grant = OAuth2DeviceCode("app", lambda _: prompted.set())
    client = secured_client(caller, ("oauth",), credentials={"oauth": grant})
    hurried = client.with_options(deadline=0.3)
    found: list[object] = []
    if caller.asynchronous:

        async def together() -> list[Any]:
            first = asyncio.ensure_future(client.send(secured_request()))
            while not prompted.is_set():
                await asyncio.sleep(0.01)
            rest = (hurried.send(secured_request()), client.send(secured_request()))
            return list(await asyncio.gather(first, *rest, return_exceptions=True))

        found = caller.run(together())
    else:
        threads = [threading.Thread(target=lambda: found.append(client.send(secured_request()))) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert prompted.wait(10)
        with pytest.raises(APITimeoutError) as caught:
            hurried.send(secured_request())
        for thread in threads:
            thread.join()
        found.insert(1, caught.value)
    first, failure, second = found
    assert isinstance(failure, APITimeoutError) and "the deadline of 0.3 s passed" in str(failure)
    assert first == second
    assert 1 == issuer.granted


def test_a_token_is_refreshed_without_the_user(caller: Caller, server: Server, clock: Clock) -> None:
    """An expired token is refreshed; only if the refresh token is rejected does the user receive another prompt."""
    server.respond = issuer = Issuer()
    stored: list[str] = []
    prompts: list[DevicePrompt] = []
    grant = OAuth2DeviceCode("app", prompts.append, on_refresh_token=stored.append)
    client = secured_client(caller, ("oauth",), credentials={"oauth": grant})
    caller.run(client.send(secured_request()))
    clock.now += 3600
    issuer.tokens["refresh_token"] = "refresh-2"
    assert "token-2" == caller.run(client.send(secured_request())).id
    assert [{"grant_type": "refresh_token", "refresh_token": "refresh-1", "client_id": "app"}] == sent(
        server, "/oauth/refresh"
    )
    issuer.refused = {"token-2", "refresh-2"}
    issuer.tokens["refresh_token"] = "refresh-3"
    assert "token-3" == caller.run(client.send(secured_request())).id
    assert (2, ["refresh-1", "refresh-2", "refresh-3"]) == (len(prompts), stored)


def test_a_stored_refresh_token_saves_the_prompt(caller: Caller, server: Server, clock: Clock) -> None:
    """A refresh token of an earlier process is tried first; other errors than its rejection are reported."""
    server.respond = issuer = Issuer()
    prompts: list[DevicePrompt] = []
    grant = OAuth2DeviceCode("app", prompts.append, refresh_token="stored")
    caller.run(secured_client(caller, ("oauth",), credentials={"oauth": grant}).send(secured_request()))
    assert [] == prompts
    issuer.refused = {"stored"}
    caller.run(secured_client(caller, ("oauth",), credentials={"oauth": grant}).send(secured_request()))
    assert 1 == len(prompts)


@pytest.mark.parametrize(
    "facts",
    [
        {"device_code": None},
        {"user_code": ""},
        {"user_code": "\x1b[2J"},
        {"user_code": "A" * 101},
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": "https://a.test/\n"},
        {"verification_uri": None},
        {"verification_uri": "http://[::1"},
    ],
)
def test_an_unusable_code_is_refused(
    caller: Caller, server: Server, clock: Clock, capsys: pytest.CaptureFixture[str], facts: dict[str, Any]
) -> None:
    """Text for the user must be safe to show, and the page safe to open."""
    server.respond = Issuer(**facts)
    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", print)})
    with pytest.raises(AuthenticationError, match=f"the device authorization endpoint {server.url}{DEVICE_PATH} "):
        caller.run(client.send(secured_request()))
    assert "" == capsys.readouterr().out


def test_habits_of_servers_are_understood(caller: Caller, server: Server, clock: Clock) -> None:
    """Some servers write `verification_url`, and an invalid complete URL is left out."""
    server.respond = Issuer(
        verification_uri=None, verification_url=URI, verification_uri_complete="x:y", expires_in="90"
    )
    prompts: list[DevicePrompt] = []
    grant = OAuth2DeviceCode("app", prompts.append)
    caller.run(secured_client(caller, ("oauth",), credentials={"oauth": grant}).send(secured_request()))
    assert [DevicePrompt("CODE-1", URI, None, 90)] == prompts


def test_a_failure_of_the_prompt_is_the_callers(caller: Caller, server: Server, clock: Clock) -> None:
    """An exception of the prompt leaves the call unchanged, and the next call asks for another code."""
    server.respond = issuer = Issuer()
    failing = True

    def prompt(_: DevicePrompt) -> None:
        if failing:
            raise LookupError("no screen")

    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", prompt)})
    with pytest.raises(LookupError, match="no screen"):
        caller.run(client.send(secured_request()))
    failing = False
    caller.run(client.send(secured_request()))
    assert 2 == issuer.codes


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
def test_a_prompt_may_be_a_coroutine_function(caller: Caller, server: Server, clock: Clock) -> None:
    """Asynchronous clients await it; synchronous ones refuse it."""
    server.respond = Issuer()
    prompts: list[DevicePrompt] = []

    async def prompt(shown: DevicePrompt) -> None:
        await asyncio.sleep(0)
        prompts.append(shown)

    client = secured_client(caller, ("oauth",), credentials={"oauth": OAuth2DeviceCode("app", prompt)})
    if caller.asynchronous:
        caller.run(client.send(secured_request()))
        assert 1 == len(prompts)
    else:
        with pytest.raises(ConfigurationError, match="the prompt of a synchronous client cannot be a coroutine"):
            client.send(secured_request())


def test_no_secret_is_shown(caller: Caller, server: Server, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the device code nor any token appears in messages, logs, reprs or pickles, even if repeated."""
    body = {"error": "invalid_request", "error_description": f"{CODE}-1 of {SECRET} and stored-refresh"}
    server.respond = issuer = Issuer(reply(body, status=400))
    issuer.refused = {"stored-refresh"}
    grant = OAuth2DeviceCode("app", print, SECRET, refresh_token="stored-refresh")
    client = secured_client(caller, ("oauth",), credentials={"oauth": grant})
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthenticationError) as caught:
        caller.run(client.send(secured_request()))
    error = caught.value
    shown = repr([grant, client, error.response, vars(error), pickle.dumps(error), caplog.text, str(error)])
    assert not [secret for secret in (CODE, SECRET, "stored-refresh") if secret in shown]


@pytest.mark.parametrize(
    ("grant", "scheme", "text"),
    [
        (OAuth2DeviceCode("app", print), Bearer(), r"no token endpoint: pass OAuth2DeviceCode\(token_url=...\)"),
        (OAuth2DeviceCode("app", print), OAuth2("/t"), r"no device authorization endpoint: pass OAuth2DeviceCode\(dev"),
        (
            OAuth2DeviceCode("app", print),
            OAuth2("/t", device_url="http://x.test/"),
            "device authorization endpoint 'http://x.test/' is unsafe",
        ),
    ],
)
def test_endpoints_are_never_guessed(grant: OAuth2DeviceCode, scheme: Bearer | OAuth2, text: str) -> None:
    """Both endpoints come from the document or the user, and are encrypted."""
    with pytest.raises(ConfigurationError, match=text):
        oauth2.tokens(grant, scheme, "https://api.test")
