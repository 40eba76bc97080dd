"""APIs with several security schemes: which credentials a call sends, and where."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from specwire import Request
from specwire._operations import security
from specwire.errors import APIStatusError, ConfigurationError
from specwire.support import JsonPayload, Operation

from tests.runtime.auth.secured_client import secured_client, secured_request
from tests.support.caller import OTHERS, Caller
from tests.support.sample import Thing
from tests.support.server import Server, reply

GOOD = reply({"id": "1"})


def moved(to: str) -> Any:
    """Return a redirect."""
    return reply(b"", status=302, headers={"location": to})


@pytest.mark.parametrize(
    ("scheme", "credential", "name", "value"),
    [
        ("token", "t", "authorization", "Bearer t"),
        ("token", lambda: "t", "authorization", "Bearer t"),
        ("oauth", "t", "authorization", "Bearer t"),
        ("custom", "t", "authorization", "Token t"),
        ("login", "u:p", "authorization", "Basic dTpw"),
        ("login", ("u", "p:é"), "authorization", "Basic dTpwOsOp"),
        ("header", "t", "x-key", "t"),
        ("cookie", "t", "cookie", "sid=t"),
    ],
)
def test_credentials_are_sent_where_their_scheme_says(
    caller: Caller, server: Server, scheme: str, credential: Any, name: str, value: str
) -> None:
    """Credentials are given by the name of a scheme; nothing else is sent."""
    server.play(GOOD)
    client = secured_client(caller, (scheme,), credentials={scheme: credential})
    assert Thing(id="1") == caller.run(client.send(secured_request()))
    places = {"authorization", "x-key", "cookie"}
    received = server.received[0]
    assert {name: value} == {place: received.headers[place] for place in places if place in received.headers}
    assert "/things" == received.target


def test_the_first_alternative_with_credentials_is_used(caller: Caller, server: Server) -> None:
    """All of its schemes are sent together."""
    server.play(GOOD, GOOD, GOOD)
    alternatives = (("token",), ("header", "query"), ("login",))
    client = secured_client(caller, *alternatives, credentials={"header": "h", "query": "q", "login": "u:p"})
    caller.run(client.send(secured_request()))
    caller.run(client.send(secured_request(("cookie",), ("login",))))
    caller.run(client.send(secured_request(("query", "login"))))
    assert [("/things?key=q", "h", None), ("/things", None, "Basic dTpw"), ("/things?key=q", None, "Basic dTpw")] == [
        (one.target, one.headers.get("x-key"), one.headers.get("authorization")) for one in server.received
    ]


def test_optional_credentials_are_sent_if_there_are_some(caller: Caller, server: Server) -> None:
    """The empty alternative may be at any position."""
    server.play(GOOD, GOOD, GOOD)
    caller.run(secured_client(caller, (), ("header",)).send(secured_request()))
    caller.run(secured_client(caller, (), ("header",), credentials={"header": "h"}).send(secured_request()))
    public = Operation(id="public", method="GET", path="/public", returns=JsonPayload(Thing), secure=False)
    caller.run(secured_client(caller, ("header",), credentials={"header": "h"}).send(Request(public)))
    assert [None, "h", None] == [received.headers.get("x-key") for received in server.received]


def test_the_environment_has_a_variable_for_each_scheme(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is used if no credentials are given."""
    monkeypatch.setenv("GUARDED_HEADER", "from-the-environment\n")
    monkeypatch.setenv("GUARDED_COOKIE", "from-the-environment")
    server.play(GOOD)
    caller.run(secured_client(caller, ("header", "cookie"), credentials={"cookie": "given"}).send(secured_request()))
    headers = server.received[0].headers
    assert ("from-the-environment", "sid=given") == (headers["x-key"], headers["cookie"])


def test_api_key_is_the_credential_of_the_first_scheme(caller: Caller, server: Server) -> None:
    """`key` is the credential of the document's first scheme."""
    server.play(GOOD)
    secured_client(caller, ("token",))
    caller.run(caller.client("k").send(secured_request()))
    assert "Bearer k" == server.received[0].headers["authorization"]


def test_missing_credentials_are_named(caller: Caller, server: Server) -> None:
    """The first call that needs some reports which; if all calls do, making the client reports it."""
    client = secured_client(caller, ("token",), ("header", "mtls"))
    text = (
        "needs credentials for get_thing: token (GUARDED_TOKEN), or header (GUARDED_HEADER) and mtls (pass cert=...). "
        "Pass Guarded(credentials={name: ...}), or set the environment variables; api_key=ANONYMOUS sends none"
    )
    with pytest.raises(ConfigurationError, match=re.escape(text)):
        caller.run(client.send(secured_request()))
    with pytest.raises(ConfigurationError, match=r"^Guarded needs credentials: token \(GUARDED_TOKEN\)\. Pass"):
        secured_client(caller, ("token",), required=True)
    assert [] == server.received


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        ({"tokn": "t"}, "has no security scheme 'tokn'; it has token, login, digest"),
        ({"mtls": "t"}, "has no security scheme 'mtls'"),
        ({"token": ("u", "p")}, "the credentials of token cannot be a user and a password"),
        ({"login": "u"}, "a user and a password are needed"),
        ({"login": ("u:x", "p")}, "a user name cannot contain a colon"),
        ({"login": ("u", "p\n")}, "without control characters"),
        ({"digest": lambda: "u:p"}, "the credentials of digest must be a user and a password"),
        ({"header": "a\r\nb: c"}, "characters forbidden in HTTP headers"),
    ],
)
def test_unusable_credentials_are_rejected_when_the_client_is_made(
    caller: Caller, credentials: Any, message: str
) -> None:
    """Each scheme accepts certain types only."""
    with pytest.raises(ConfigurationError, match=message):
        secured_client(caller, ("token",), credentials=credentials)


@pytest.mark.parametrize("scheme", ["token", "login", "header", "query", "cookie"])
def test_credentials_are_not_sent_to_another_origin(caller: Caller, server: Server, scheme: str) -> None:
    """After a redirect they stay on their origin, and are sent once if the server repeats the query."""
    client = secured_client(caller, (scheme,), credentials={scheme: "u:0123456789"})
    with Server() as other:
        server.play(moved("/there?a=1&key=u%3A0123456789"), moved(f"{other.url}/x?key=u%3A0123456789&b=2"))
        other.play(moved(f"{server.url}/back"))
        server.play(GOOD)
        caller.run(client.send(secured_request()))
        foreign = [other.received[0], server.received[2]]
        for received in foreign:
            assert set() == {"authorization", "x-key", "cookie"} & received.headers.keys()
        kept = "" if scheme == "query" else "key=u%3A0123456789&"
        assert [f"/x?{kept}b=2", "/back"] == [received.target for received in foreign]
        if scheme == "query":
            assert ["/things?key=u%3A0123456789", "/there?a=1&key=u%3A0123456789"] == [
                received.target for received in server.received[:2]
            ]


@pytest.mark.parametrize("status", [401, 403])
def test_the_error_of_another_origin_says_that_it_gets_no_credentials(
    caller: Caller, server: Server, status: int
) -> None:
    """A base URL may be that of a server which moved, or has the wrong scheme or port."""
    client = secured_client(caller, ("token",), credentials={"token": "t"})
    with Server() as other:
        server.play(moved(f"{other.url}/v2/things?a=1"))
        other.play(reply({"message": "no key"}, status=status))
        with pytest.raises(APIStatusError) as caught:
            caller.run(client.send(secured_request()))
    assert f": no key (redirected to {other.url}, which gets no credentials: set base_url)" in str(caught.value)


@pytest.mark.parametrize("scheme", ["token", "login", "header", "query", "cookie", "custom"])
def test_no_credential_is_shown(caller: Caller, server: Server, scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    """No log record, repr, message or error body holds one, even if the server repeats it."""
    key = "u:0123456789 &" if scheme == "login" else "0123456789&"
    client = secured_client(caller, (scheme,), credentials={scheme: key})
    server.respond = lambda received: reply(
        {"message": f"no: {received.target} {key} {received.headers}"},
        status=403,
        headers={"x-echo": key, "location": received.target},
    )
    with caplog.at_level(logging.INFO), pytest.raises(APIStatusError) as caught:
        caller.run(client.send(secured_request()))
    error = caught.value
    assert error.response is not None
    shown = repr([caplog.text, str(error), error.body, error.response, client, vars(client._session)])
    shown += repr([error.response.content, error.response.headers, dict(error.response.headers)])
    assert "0123456789" not in shown
    if caller.library not in OTHERS:  # they log nothing
        assert "HTTP Request: GET" in caplog.text


def test_authentication_of_several_schemes_is_combined() -> None:
    """Schemes that are required together add up."""
    schemes = (security.ApiKey("a", "header"), security.ApiKey("b", "query"), security.ApiKey("c", "cookie"))
    found = security.combined(tuple(security.make_auth(scheme, "k") for scheme in schemes))
    assert security.AppliedAuth({"a": "k"}, {"b": "k"}, {"c": "k"}, ("k", "k", "k")) == found


def test_a_key_for_an_api_without_security_is_rejected(caller: Caller) -> None:
    """It would not be sent."""
    secured_client(caller)
    caller.kind._provider = auth_free = caller.kind._provider.__class__(name="free", version="1", base_url=None)
    assert auth_free.security is None
    with pytest.raises(ConfigurationError, match="declares no security scheme"):
        caller.client("k")


def test_a_call_that_requires_an_undeclared_scheme_is_not_sent_anonymously(caller: Caller, server: Server) -> None:
    """It is rejected before it is sent, whatever other credentials exist; the message has the remedy."""
    with pytest.raises(
        ConfigurationError, match=r"credentials which the document does not declare: unknown\. Pass api_key=ANON"
    ):
        secured_client(caller, ("unknown",), required=True)
    client = secured_client(caller, ("token",), credentials={"token": "t"})
    for alternatives in ((("unknown",),), (("unknown", "token"),), (("unknown",), ("login", "unknown"))):
        with pytest.raises(ConfigurationError, match="unknown") as raised:
            caller.run(client.send(secured_request(*alternatives)))
        assert len(str(raised.value)) <= 300
    assert not server.received


def test_anonymous_replaces_the_credentials_of_one_scheme(caller: Caller, server: Server) -> None:
    """The other schemes of a requirement are sent; a scheme on its own sends nothing."""
    server.play(GOOD, GOOD)
    given = {"header": security.ANONYMOUS, "token": "t"}
    client = secured_client(caller, ("header", "token"), credentials=given)
    caller.run(client.send(secured_request()))
    caller.run(client.send(secured_request(("header",))))
    places = [{"authorization", "x-key"} & received.headers.keys() for received in server.received]
    assert [{"authorization"}, set()] == places


def test_anonymous_replaces_only_the_undeclared_scheme(caller: Caller, server: Server) -> None:
    """The other schemes of the requirement are sent.

    A key for the undeclared scheme is rejected: its place is unknown.
    """
    server.play(GOOD, GOOD)
    given = {"unknown": security.ANONYMOUS, "token": "t"}
    client = secured_client(caller, ("unknown", "token"), credentials=given, headers={"X-Own": "o"})
    caller.run(client.send(secured_request()))
    caller.run(client.send(secured_request(("unknown",))))
    both, alone = (received.headers for received in server.received)
    assert ("Bearer t", "o") == (both["authorization"], both["x-own"])
    assert "authorization" not in alone
    with pytest.raises(
        ConfigurationError, match="credentials of unknown cannot be sent: the document does not declare where"
    ):
        secured_client(caller, ("unknown",), credentials={"unknown": "secret"})
