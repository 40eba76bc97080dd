"""Promises of APIs with several security schemes: which credentials a call takes, and where they go."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from specwire import Request
from specwire._operations import security
from specwire.errors import APIStatusError, ConfigurationError
from specwire.support import JsonPayload, Operation

from tests.runtime.auth.guarded import ask, guarded
from tests.support.caller import Caller
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
def test_each_scheme_takes_its_credential(
    caller: Caller, server: Server, scheme: str, credential: Any, name: str, value: str
) -> None:
    """Credentials given by the name of a scheme go where the scheme says, and nothing else is sent."""
    server.play(GOOD)
    client = guarded(caller, (scheme,), credentials={scheme: credential})
    assert Thing(id="1") == caller.run(client.send(ask()))
    places = {"authorization", "x-key", "cookie"}
    received = server.received[0]
    assert {name: value} == {place: received.headers[place] for place in places if place in received.headers}
    assert "/things" == received.target


def test_the_first_alternative_that_can_be_met_is_taken(caller: Caller, server: Server) -> None:
    """Of alternatives, the first whose schemes all have credentials is used, all of its schemes at once."""
    server.play(GOOD, GOOD, GOOD)
    alternatives = (("token",), ("header", "query"), ("login",))
    client = guarded(caller, *alternatives, credentials={"header": "h", "query": "q", "login": "u:p"})
    caller.run(client.send(ask()))
    caller.run(client.send(ask(("cookie",), ("login",))))
    caller.run(client.send(ask(("query", "login"))))
    assert [("/things?key=q", "h", None), ("/things", None, "Basic dTpw"), ("/things?key=q", None, "Basic dTpw")] == [
        (one.target, one.headers.get("x-key"), one.headers.get("authorization")) for one in server.received
    ]


def test_credentials_are_optional_where_the_document_says_so(caller: Caller, server: Server) -> None:
    """Where nothing is one of the alternatives, credentials are sent if there are some, whatever its place."""
    server.play(GOOD, GOOD, GOOD)
    caller.run(guarded(caller, (), ("header",)).send(ask()))
    caller.run(guarded(caller, (), ("header",), credentials={"header": "h"}).send(ask()))
    public = Operation(id="public", method="GET", path="/public", returns=JsonPayload(Thing), secure=False)
    caller.run(guarded(caller, ("header",), credentials={"header": "h"}).send(Request(public)))
    assert [None, "h", None] == [received.headers.get("x-key") for received in server.received]


def test_the_environment_has_a_variable_for_each_scheme(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheme without credentials of its own takes those of its variable; what is given wins."""
    monkeypatch.setenv("GUARDED_HEADER", "from-the-environment\n")
    monkeypatch.setenv("GUARDED_COOKIE", "from-the-environment")
    server.play(GOOD)
    caller.run(guarded(caller, ("header", "cookie"), credentials={"cookie": "given"}).send(ask()))
    headers = server.received[0].headers
    assert ("from-the-environment", "sid=given") == (headers["x-key"], headers["cookie"])


def test_key_is_for_the_first_scheme(caller: Caller, server: Server) -> None:
    """`key` fills the first scheme of the document."""
    server.play(GOOD)
    guarded(caller, ("token",))
    caller.run(caller.client("k").send(ask()))
    assert "Bearer k" == server.received[0].headers["authorization"]


def test_missing_credentials_are_named(caller: Caller, server: Server) -> None:
    """Without credentials the first call that takes some says which, or making the client if all calls do."""
    client = guarded(caller, ("token",), ("header", "mtls"))
    text = (
        "needs credentials for get_thing: token (GUARDED_TOKEN), or header (GUARDED_HEADER) and mtls (pass cert=...). "
        "Pass Guarded(credentials={name: ...}), or set the environment variables"
    )
    with pytest.raises(ConfigurationError, match=re.escape(text)):
        caller.run(client.send(ask()))
    with pytest.raises(ConfigurationError, match=r"^Guarded needs credentials: token \(GUARDED_TOKEN\)\. Pass"):
        guarded(caller, ("token",), required=True)
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
def test_unusable_credentials_are_refused_at_once(caller: Caller, credentials: Any, message: str) -> None:
    """Credentials that a scheme cannot take are refused when the client is made."""
    with pytest.raises(ConfigurationError, match=message):
        guarded(caller, ("token",), credentials=credentials)


@pytest.mark.parametrize("scheme", ["token", "login", "header", "query", "cookie"])
def test_no_scheme_follows_a_redirect_to_another_origin(caller: Caller, server: Server, scheme: str) -> None:
    """Credentials stay on their origin, also where the server repeats the query; there they are sent once."""
    client = guarded(caller, (scheme,), credentials={scheme: "u:0123456789"})
    with Server() as other:
        server.play(moved("/there?a=1&key=u%3A0123456789"), moved(f"{other.url}/x?key=u%3A0123456789&b=2"))
        other.play(moved(f"{server.url}/back"))
        server.play(GOOD)
        caller.run(client.send(ask()))
        foreign = [other.received[0], server.received[2]]
        for received in foreign:
            assert set() == {"authorization", "x-key", "cookie"} & received.headers.keys()
        kept = "" if scheme == "query" else "key=u%3A0123456789&"
        assert [f"/x?{kept}b=2", "/back"] == [received.target for received in foreign]
        if scheme == "query":
            assert ["/things?key=u%3A0123456789", "/there?a=1&key=u%3A0123456789"] == [
                received.target for received in server.received[:2]
            ]


@pytest.mark.parametrize("scheme", ["token", "login", "header", "query", "cookie", "custom"])
def test_no_credential_shows(caller: Caller, server: Server, scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    """No log record, repr, message or body of an error holds a credential, though the server repeats it."""
    key = "u:0123456789 &" if scheme == "login" else "0123456789&"
    client = guarded(caller, (scheme,), credentials={scheme: key})
    server.answer = lambda received: reply(
        {"message": f"no: {received.target} {key} {received.headers}"},
        status=403,
        headers={"x-echo": key, "location": received.target},
    )
    with caplog.at_level(logging.INFO), pytest.raises(APIStatusError) as caught:
        caller.run(client.send(ask()))
    error = caught.value
    assert error.response is not None
    shown = repr([caplog.text, str(error), error.body, error.response, client, vars(client._session)])
    shown += repr([error.response.content, error.response.headers, dict(error.response.headers)])
    assert "0123456789" not in shown
    assert "HTTP Request: GET" in caplog.text


def test_authentication_of_several_schemes_is_combined() -> None:
    """Schemes that are required together add up."""
    schemes = (security.ApiKey("a", "header"), security.ApiKey("b", "query"), security.ApiKey("c", "cookie"))
    found = security.combined(tuple(security.make_auth(scheme, "k") for scheme in schemes))
    assert security.AppliedAuth({"a": "k"}, {"b": "k"}, {"c": "k"}, ("k", "k", "k")) == found


def test_an_api_without_security_takes_no_key(caller: Caller) -> None:
    """A key for an API whose document knows no security scheme is refused, for it would go nowhere."""
    guarded(caller)
    caller.kind._provider = auth_free = caller.kind._provider.__class__(name="free", version="1", base_url=None)
    assert auth_free.security is None
    with pytest.raises(ConfigurationError, match="declares no security scheme"):
        caller.client("k")


def test_a_call_that_requires_an_undeclared_scheme_is_never_anonymous(caller: Caller, server: Server) -> None:
    """It is refused before it is sent, whatever other credentials there are, and the message says what to give."""
    with pytest.raises(
        ConfigurationError, match=r"credentials which the document does not declare: unknown\. Pass api_key=ANON"
    ):
        guarded(caller, ("unknown",), required=True)
    client = guarded(caller, ("token",), credentials={"token": "t"})
    for alternatives in ((("unknown",),), (("unknown", "token"),), (("unknown",), ("login", "unknown"))):
        with pytest.raises(ConfigurationError, match="unknown") as raised:
            caller.run(client.send(ask(*alternatives)))
        assert len(str(raised.value)) <= 300
    assert not server.received


def test_anonymous_stands_in_for_an_undeclared_scheme_alone(caller: Caller, server: Server) -> None:
    """The other schemes of its requirement are sent; a key for it is refused, since nobody knows where it goes."""
    server.play(GOOD, GOOD)
    given = {"unknown": security.ANONYMOUS, "token": "t"}
    client = guarded(caller, ("unknown", "token"), credentials=given, headers={"X-Own": "o"})
    caller.run(client.send(ask()))
    caller.run(client.send(ask(("unknown",))))
    both, alone = (received.headers for received in server.received)
    assert ("Bearer t", "o") == (both["authorization"], both["x-own"])
    assert "authorization" not in alone
    with pytest.raises(
        ConfigurationError, match="credentials of unknown cannot be sent: the document does not declare where"
    ):
        guarded(caller, ("unknown",), credentials={"unknown": "secret"})
