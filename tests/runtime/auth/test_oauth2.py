"""OAuth 2: tokens are requested when needed, kept, renewed, and never shown."""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from specwire import OAuth2ClientCredentials, OAuth2Password, OAuth2RefreshToken
from specwire._auth import oauth2
from specwire._auth.oauth2 import tokens
from specwire.errors import APIConnectionError, AuthenticationError, ConfigurationError
from specwire.support import Bearer, OAuth2

from tests.runtime.auth.secured_client import TOKEN_PATH, secured_client, secured_request
from tests.support.caller import Caller
from tests.support.server import HTTPResponse, Received, Server, reply

SECRET = "client-secret-0123456789"
APP = OAuth2ClientCredentials("app", SECRET)


class Issuer:
    """Token endpoint that grants token-1, token-2, ... and accepts the tokens in `takes`."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        self.granted = 0
        self.takes: Callable[[str], bool] = lambda token: True
        self._lock = threading.Lock()

    def __call__(self, received: Received) -> HTTPResponse:
        if received.method == "POST":
            with self._lock:
                self.granted += 1
                return reply({"access_token": f"token-{self.granted}", "token_type": "Bearer", **self.facts})
        token = received.headers.get("authorization", "").removeprefix("Bearer ")
        return reply({"id": token}) if self.takes(token) else reply({"message": f"not {token}"}, status=401)


def grants(server: Server) -> list[Received]:
    """Return the token requests."""
    return [received for received in server.received if received.method == "POST"]


def fields(received: Received) -> dict[str, str]:
    """Return the fields of a form."""
    return {name: values[0] for name, values in parse_qs(received.body.decode()).items()}


def test_a_token_is_requested_once_and_kept(caller: Caller, server: Server) -> None:
    """The client calls the document's token endpoint for the first call, and reuses the token."""
    server.respond = Issuer(expires_in=3600)
    client = secured_client(caller, ("oauth",), credentials={"oauth": APP})
    assert ["token-1", "token-1"] == [caller.run(client.send(secured_request())).id for _ in range(2)]
    (asked,) = grants(server)
    assert (TOKEN_PATH, {"grant_type": "client_credentials"}) == (asked.target, fields(asked))
    assert f"Basic {b64encode(f'app:{SECRET}'.encode()).decode()}" == asked.headers["authorization"]
    assert "application/x-www-form-urlencoded" == asked.headers["content-type"]


def test_a_grant_may_set_endpoint_scopes_and_where_the_secret_goes(caller: Caller, server: Server) -> None:
    """They are sent as given; a bearer scheme accepts a grant too."""
    server.respond = Issuer()
    app = OAuth2ClientCredentials("a:b", "s&t", f"{server.url}/other", scopes=["read", "write"], secret_in="body")
    caller.run(secured_client(caller, ("token",), credentials={"token": app}).send(secured_request()))
    (asked,) = grants(server)
    expected = {"grant_type": "client_credentials", "scope": "read write", "client_id": "a:b", "client_secret": "s&t"}
    assert ("/other", expected) == (asked.target, fields(asked))
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(("seconds", "granted"), [(3600, 1), ("3600", 1), (None, 1), ("soon", 1), (0.0001, 2)])
def test_a_token_is_renewed_before_it_expires(caller: Caller, server: Server, seconds: object, granted: int) -> None:
    """A token about to expire is not used; one without an expiry time is."""
    server.respond = issuer = Issuer(**({} if seconds is None else {"expires_in": seconds}))
    client = secured_client(caller, ("oauth",), credentials={"oauth": APP})
    for _ in range(2):
        caller.run(client.send(secured_request()))
    assert granted == issuer.granted


def test_a_rejected_token_is_renewed_once(caller: Caller, server: Server) -> None:
    """After a 401 the call is sent again with a new token, as part of the same attempt."""
    server.respond = issuer = Issuer(expires_in=3600)
    client = secured_client(caller, ("oauth",), credentials={"oauth": APP})
    caller.run(client.send(secured_request()))
    issuer.takes = lambda token: token != "token-1"
    response = caller.run(client._session.perform(secured_request()))
    assert ("token-2", 1, 2) == (response.parsed.id, response.attempts, issuer.granted)
    issuer.takes = lambda token: False
    with pytest.raises(AuthenticationError, match="HTTP 401: not token-3$") as caught:
        caller.run(client.send(secured_request()))
    assert (3, 1) == (issuer.granted, caught.value.attempts)


def test_concurrent_calls_share_one_token_request(caller: Caller, server: Server) -> None:
    """They wait for one token, initially and after it is rejected."""
    server.respond = issuer = Issuer(expires_in=3600)
    client = secured_client(caller, ("oauth",), credentials={"oauth": APP})

    def storm() -> list[str]:
        if caller.asynchronous:

            async def together() -> list[Any]:
                return await asyncio.gather(*(client.send(secured_request()) for _ in range(8)))

            return [thing.id for thing in caller.run(together())]
        found: list[str] = []
        threads = [threading.Thread(target=lambda: found.append(client.send(secured_request()).id)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    assert ["token-1"] * 8 == storm()
    issuer.takes = lambda token: token == "token-2"
    assert ["token-2"] * 8 == storm()
    assert 2 == issuer.granted


def test_a_refresh_token_is_used_and_rotated(caller: Caller, server: Server) -> None:
    """It is sent to the refresh endpoint; the new one is used next and reported to the user."""
    server.respond = Issuer(expires_in=0.0001, refresh_token="second")
    reported: list[str] = []
    mine = OAuth2RefreshToken("first", "app", on_rotation=reported.append)
    client = secured_client(caller, ("oauth",), credentials={"oauth": mine})
    for _ in range(3):
        caller.run(client.send(secured_request()))
    asked = grants(server)
    assert ["first", "second", "second"] == [fields(one)["refresh_token"] for one in asked]
    assert {"grant_type": "refresh_token", "refresh_token": "first", "client_id": "app"} == fields(asked[0])
    assert {"/oauth/refresh"} == {one.target for one in asked}
    assert ["second"] == reported


def test_a_rejected_grant_raises_the_reason(caller: Caller, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """The token endpoint's error is an `AuthenticationError` with its description, without the secret."""
    body = {"error": "invalid_client", "error_description": f"{SECRET} is wrong"}
    server.respond = lambda _: reply(body, status=400)
    client = secured_client(caller, ("oauth",), credentials={"oauth": APP})
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthenticationError) as caught:
        caller.run(client.send(secured_request()))
    error = caught.value
    text = f"get_thing: the token endpoint {server.url}{TOKEN_PATH} returned HTTP 400: invalid_client: *** is wrong"
    assert (text, 400) == (str(error), error.status_code)
    assert {"error": "invalid_client", "error_description": "*** is wrong"} == error.body
    again = pickle.loads(pickle.dumps(error))
    assert str(error) == str(again)
    shown = repr([APP, client, error.response, vars(error), pickle.dumps(error), caplog.text])
    assert SECRET not in shown and b64encode(f"app:{SECRET}".encode()).decode() not in shown
    assert 1 == len(server.received)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (reply({"token": "x"}), "HTTP 200: no access token"),
        (reply({"access_token": "a\r\nb"}), "HTTP 200: no access token"),
        (reply(b"<html>"), "HTTP 200: no access token"),
        (reply(b"\xff", status=403), "HTTP 403: no reason given"),
        (reply(b"", status=302, headers={"location": "http://elsewhere.invalid"}), "HTTP 302: no reason given"),
    ],
)
def test_a_token_response_without_a_token_is_an_error(
    caller: Caller, server: Server, response: HTTPResponse, reason: str
) -> None:
    """Redirects are not followed."""
    server.respond = lambda _: response
    with pytest.raises(AuthenticationError, match=f"{reason}$"):
        caller.run(secured_client(caller, ("oauth",), credentials={"oauth": APP}).send(secured_request()))
    assert 1 == len(server.received)


@pytest.mark.parametrize(
    "response",
    [
        reply({"access_token": "t1", "token_type": "Bearer"}, status=201),
        reply(b"access_token=t1&scope=&token_type=bearer&expires_in=60"),
        reply(b'{"access_token": "t1"}', headers={"content-type": "text/plain"}),
    ],
    ids=["201", "form", "text"],
)
def test_a_token_may_come_in_another_form(caller: Caller, server: Server, response: HTTPResponse) -> None:
    """Some frameworks answer every POST with 201, and some servers send a form."""
    server.play(response, reply({"id": "1"}))
    caller.run(secured_client(caller, ("oauth",), credentials={"oauth": APP}).send(secured_request()))
    assert "Bearer t1" == server.received[1].headers["authorization"]


def test_a_failing_token_endpoint_is_retried(caller: Caller, server: Server) -> None:
    """It is retried by the retry policy; then the error names it."""
    server.play(reply(status=503), reply(status=429))
    server.respond = issuer = Issuer()
    caller.run(secured_client(caller, ("oauth",), credentials={"oauth": APP}).send(secured_request()))
    assert 1 == issuer.granted
    gone = OAuth2ClientCredentials("app", SECRET, "http://127.0.0.1:9/token")
    with pytest.raises(APIConnectionError, match="the token endpoint http://127.0.0.1:9/token: ") as caught:
        caller.run(secured_client(caller, ("oauth",), credentials={"oauth": gone}).send(secured_request()))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://auth.example.com/token", "ftp://localhost/token", "https://", "//", "https://a b", "http://[::1"]
)
def test_an_unencrypted_token_endpoint_is_rejected(url: str) -> None:
    """It must be https or on this machine; otherwise no secret is sent."""
    with pytest.raises(
        ConfigurationError, match=r"^token endpoint .* is unsafe: OAuth2ClientCredentials\(token_url=...\)"
    ):
        tokens(OAuth2ClientCredentials("app", SECRET, url), Bearer(), "https://api.invalid")


def test_a_token_endpoint_is_never_guessed(caller: Caller) -> None:
    """Without one from the document or the user, a grant is rejected; so is one for an API key."""
    with pytest.raises(ConfigurationError, match="the document has no token endpoint"):
        secured_client(caller, ("token",), credentials={"token": APP})
    with pytest.raises(ConfigurationError, match="the credentials of header cannot be an OAuth 2 grant"):
        secured_client(caller, ("header",), credentials={"header": APP})
    with pytest.raises(ConfigurationError, match="must begin with https://"):
        tokens(APP, OAuth2("/token"), "http://api.example.com")


def test_the_repr_of_a_grant_has_no_secret() -> None:
    """It shows the client only."""
    assert "OAuth2ClientCredentials(client_id='app', client_secret=***)" == repr(APP)
    assert "OAuth2RefreshToken(refresh_token=***, client_id='app')" == repr(OAuth2RefreshToken("r", "app", "s"))


def test_a_password_grant_sends_user_and_client_credentials(caller: Caller, server: Server) -> None:
    """The client's own credentials are sent if there are any."""
    server.respond = Issuer(expires_in=3600)
    me = OAuth2Password("me", "p&ss word")
    assert (
        "token-1"
        == caller.run(secured_client(caller, ("oauth",), credentials={"oauth": me}).send(secured_request())).id
    )
    app = OAuth2Password("me", "p", "app", SECRET, scopes=["read"])
    caller.run(secured_client(caller, ("oauth",), credentials={"oauth": app}).send(secured_request()))
    first, second = grants(server)
    assert {"grant_type": "password", "username": "me", "password": "p&ss word"} == fields(first)
    assert "authorization" not in first.headers
    assert {"grant_type": "password", "username": "me", "password": "p", "scope": "read"} == fields(second)
    assert f"Basic {b64encode(f'app:{SECRET}'.encode()).decode()}" == second.headers["authorization"]
    assert "p&ss" not in repr(me)


def test_a_rejected_password_is_not_shown(caller: Caller, server: Server) -> None:
    """It is masked even if the server repeats it in its error."""
    server.play(reply({"error": "invalid_grant", "error_description": "not p&ssword!"}, status=400))
    me = OAuth2Password("me", "p&ssword!")
    with pytest.raises(AuthenticationError, match=r"invalid_grant: not \*\*\*") as caught:
        caller.run(secured_client(caller, ("oauth",), credentials={"oauth": me}).send(secured_request()))
    assert "p&ssword" not in str(caught.value) + repr(vars(caught.value))


def test_a_token_without_an_expiry_time_is_kept_until_rejected(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One token is requested, also for calls a year apart."""
    server.respond = issuer = Issuer()
    client = secured_client(caller, ("oauth",), credentials={"oauth": APP})
    caller.run(client.send(secured_request()))
    now = time.monotonic()
    monkeypatch.setattr(oauth2, "time", SimpleNamespace(monotonic=lambda: now + 365 * 86400))
    caller.run(client.send(secured_request()))
    assert 1 == issuer.granted
