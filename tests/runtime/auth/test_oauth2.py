"""Promises of OAuth 2: tokens are granted when needed, kept, renewed, and shown nowhere."""

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

from tests.runtime.auth.guarded import TOKEN_PATH, ask, guarded
from tests.support.caller import Caller
from tests.support.server import HTTPResponse, Received, Server, reply

SECRET = "client-secret-0123456789"
APP = OAuth2ClientCredentials("app", SECRET)


class Issuer:
    """Grants token-1, token-2, ... and lets in whom `takes` says."""

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
    """Return the requests that asked for a token."""
    return [received for received in server.received if received.method == "POST"]


def fields(received: Received) -> dict[str, str]:
    """Return the fields of a form."""
    return {name: values[0] for name, values in parse_qs(received.body.decode()).items()}


def test_a_token_is_granted_once_and_kept(caller: Caller, server: Server) -> None:
    """The client asks the document's token endpoint at the first call, and uses the token for those that follow."""
    server.answer = Issuer(expires_in=3600)
    client = guarded(caller, ("oauth",), credentials={"oauth": APP})
    assert ["token-1", "token-1"] == [caller.run(client.send(ask())).id for _ in range(2)]
    (asked,) = grants(server)
    assert (TOKEN_PATH, {"grant_type": "client_credentials"}) == (asked.target, fields(asked))
    assert f"Basic {b64encode(f'app:{SECRET}'.encode()).decode()}" == asked.headers["authorization"]
    assert "application/x-www-form-urlencoded" == asked.headers["content-type"]


def test_a_grant_may_say_how_it_asks(caller: Caller, server: Server) -> None:
    """Another endpoint, scopes, and the secret in the body go to the server as they are given; a bearer scheme too."""
    server.answer = Issuer()
    app = OAuth2ClientCredentials("a:b", "s&t", f"{server.url}/other", scopes=["read", "write"], secret_in="body")
    caller.run(guarded(caller, ("token",), credentials={"token": app}).send(ask()))
    (asked,) = grants(server)
    expected = {"grant_type": "client_credentials", "scope": "read write", "client_id": "a:b", "client_secret": "s&t"}
    assert ("/other", expected) == (asked.target, fields(asked))
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(("seconds", "granted"), [(3600, 1), ("3600", 1), (None, 1), ("soon", 1), (0.0001, 2)])
def test_a_token_is_renewed_before_its_end(caller: Caller, server: Server, seconds: object, granted: int) -> None:
    """A token that is about to end is not used any more; one whose end is not known is."""
    server.answer = issuer = Issuer(**({} if seconds is None else {"expires_in": seconds}))
    client = guarded(caller, ("oauth",), credentials={"oauth": APP})
    for _ in range(2):
        caller.run(client.send(ask()))
    assert granted == issuer.granted


def test_a_token_that_is_refused_is_renewed_once(caller: Caller, server: Server) -> None:
    """After a 401 the call is sent again with another token, once; it is still one try."""
    server.answer = issuer = Issuer(expires_in=3600)
    client = guarded(caller, ("oauth",), credentials={"oauth": APP})
    caller.run(client.send(ask()))
    issuer.takes = lambda token: token != "token-1"
    response = caller.run(client._session.perform(ask()))
    assert ("token-2", 1, 2) == (response.parsed.id, response.attempts, issuer.granted)
    issuer.takes = lambda token: False
    with pytest.raises(AuthenticationError, match="HTTP 401: not token-3$") as caught:
        caller.run(client.send(ask()))
    assert (3, 1) == (issuer.granted, caught.value.attempts)


def test_many_calls_ask_for_one_token(caller: Caller, server: Server) -> None:
    """Calls at the same time wait for one token, at first and after it is refused."""
    server.answer = issuer = Issuer(expires_in=3600)
    client = guarded(caller, ("oauth",), credentials={"oauth": APP})

    def storm() -> list[str]:
        if caller.asynchronous:

            async def together() -> list[Any]:
                return await asyncio.gather(*(client.send(ask()) for _ in range(8)))

            return [thing.id for thing in caller.run(together())]
        found: list[str] = []
        threads = [threading.Thread(target=lambda: found.append(client.send(ask()).id)) for _ in range(8)]
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
    """A refresh token goes to the refresh endpoint; the one that takes its place is used next and told of."""
    server.answer = Issuer(expires_in=0.0001, refresh_token="second")
    told: list[str] = []
    mine = OAuth2RefreshToken("first", "app", on_rotation=told.append)
    client = guarded(caller, ("oauth",), credentials={"oauth": mine})
    for _ in range(3):
        caller.run(client.send(ask()))
    asked = grants(server)
    assert ["first", "second", "second"] == [fields(one)["refresh_token"] for one in asked]
    assert {"grant_type": "refresh_token", "refresh_token": "first", "client_id": "app"} == fields(asked[0])
    assert {"/oauth/refresh"} == {one.target for one in asked}
    assert ["second"] == told


def test_a_refused_grant_says_why(caller: Caller, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """The token endpoint's error is an `AuthenticationError` with its description, and without the secret."""
    body = {"error": "invalid_client", "error_description": f"{SECRET} is wrong"}
    server.answer = lambda _: reply(body, status=400)
    client = guarded(caller, ("oauth",), credentials={"oauth": APP})
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthenticationError) as caught:
        caller.run(client.send(ask()))
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
    ("answer", "reason"),
    [
        (reply({"token": "x"}), "HTTP 200: no access token"),
        (reply({"access_token": "a\r\nb"}), "HTTP 200: no access token"),
        (reply(b"<html>"), "HTTP 200: no access token"),
        (reply(b"\xff", status=403), "HTTP 403: no reason given"),
        (reply(b"", status=302, headers={"location": "http://elsewhere.invalid"}), "HTTP 302: no reason given"),
    ],
)
def test_an_answer_without_a_token_is_an_error(
    caller: Caller, server: Server, answer: HTTPResponse, reason: str
) -> None:
    """Whatever else the token endpoint answers is an error; redirects are not followed."""
    server.answer = lambda _: answer
    with pytest.raises(AuthenticationError, match=f"{reason}$"):
        caller.run(guarded(caller, ("oauth",), credentials={"oauth": APP}).send(ask()))
    assert 1 == len(server.received)


def test_a_token_endpoint_that_fails_is_asked_again(caller: Caller, server: Server) -> None:
    """A token endpoint that is busy or out of reach is asked again as the retry policy says; then it is named."""
    server.play(reply(status=503), reply(status=429))
    server.answer = issuer = Issuer()
    caller.run(guarded(caller, ("oauth",), credentials={"oauth": APP}).send(ask()))
    assert 1 == issuer.granted
    gone = OAuth2ClientCredentials("app", SECRET, "http://127.0.0.1:9/token")
    with pytest.raises(APIConnectionError, match="the token endpoint http://127.0.0.1:9/token: ") as caught:
        caller.run(guarded(caller, ("oauth",), credentials={"oauth": gone}).send(ask()))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://auth.example.com/token", "ftp://localhost/token", "https://", "//", "https://a b", "http://[::1"]
)
def test_secrets_go_to_safe_endpoints_only(url: str) -> None:
    """A token endpoint is https, or on this machine; anything else is refused before a secret is sent."""
    with pytest.raises(
        ConfigurationError, match=r"^token endpoint .* is unsafe: OAuth2ClientCredentials\(token_url=...\)"
    ):
        tokens(OAuth2ClientCredentials("app", SECRET, url), Bearer(), "https://api.invalid")


def test_nobody_guesses_a_token_endpoint(caller: Caller) -> None:
    """Where neither the document nor the user names a token endpoint, a grant is refused; so it is for an API key."""
    with pytest.raises(ConfigurationError, match="the document has no token endpoint"):
        guarded(caller, ("token",), credentials={"token": APP})
    with pytest.raises(ConfigurationError, match="the credentials of header cannot be an OAuth 2 grant"):
        guarded(caller, ("header",), credentials={"header": APP})
    with pytest.raises(ConfigurationError, match="must begin with https://"):
        tokens(APP, OAuth2("/token"), "http://api.example.com")


def test_a_grant_shows_no_secret() -> None:
    """The repr of a grant names the client only."""
    assert "OAuth2ClientCredentials(client_id='app', client_secret=***)" == repr(APP)
    assert "OAuth2RefreshToken(refresh_token=***, client_id='app')" == repr(OAuth2RefreshToken("r", "app", "s"))


def test_a_password_is_granted_a_token(caller: Caller, server: Server) -> None:
    """The resource owner's name and password go to the token endpoint, with the client's own where there are any."""
    server.answer = Issuer(expires_in=3600)
    me = OAuth2Password("me", "p&ss word")
    assert "token-1" == caller.run(guarded(caller, ("oauth",), credentials={"oauth": me}).send(ask())).id
    app = OAuth2Password("me", "p", "app", SECRET, scopes=["read"])
    caller.run(guarded(caller, ("oauth",), credentials={"oauth": app}).send(ask()))
    first, second = grants(server)
    assert {"grant_type": "password", "username": "me", "password": "p&ss word"} == fields(first)
    assert "authorization" not in first.headers
    assert {"grant_type": "password", "username": "me", "password": "p", "scope": "read"} == fields(second)
    assert f"Basic {b64encode(f'app:{SECRET}'.encode()).decode()}" == second.headers["authorization"]
    assert "p&ss" not in repr(me)


def test_a_password_that_is_refused_shows_nowhere(caller: Caller, server: Server) -> None:
    """A server that repeats the password in its error gives nothing away."""
    server.play(reply({"error": "invalid_grant", "error_description": "not p&ssword!"}, status=400))
    me = OAuth2Password("me", "p&ssword!")
    with pytest.raises(AuthenticationError, match=r"invalid_grant: not \*\*\*") as caught:
        caller.run(guarded(caller, ("oauth",), credentials={"oauth": me}).send(ask()))
    assert "p&ssword" not in str(caught.value) + repr(vars(caught.value))


def test_a_token_without_an_end_is_good_until_it_is_refused(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that says nothing of the end is asked for one token, a year apart too."""
    server.answer = issuer = Issuer()
    client = guarded(caller, ("oauth",), credentials={"oauth": APP})
    caller.run(client.send(ask()))
    now = time.monotonic()
    monkeypatch.setattr(oauth2, "time", SimpleNamespace(monotonic=lambda: now + 365 * 86400))
    caller.run(client.send(ask()))
    assert 1 == issuer.granted
