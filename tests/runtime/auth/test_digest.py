"""Digest authentication: the responses of RFC 7616, and calls that need them."""

from __future__ import annotations

import hashlib
import re
from hashlib import md5, sha256
from typing import Any

import pytest
from specwire._auth.digest import Challenge, authorization, parse_challenge
from specwire.errors import AuthenticationError

from tests.runtime.auth.secured_client import secured_client, secured_request
from tests.support.caller import Caller
from tests.support.server import HTTPResponse, Received, Server, reply

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
COUNTED = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
LOGIN = {"digest": ("Mufasa", "Circle of Life")}


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_the_standard_are_reproduced(algorithm: str, response: str) -> None:
    """RFC 7616, 3.9.1: its example for both of its algorithms."""
    asked = Challenge("http-auth@example.org", NONCE, algorithm, opaque=OPAQUE)
    found = authorization(asked, "Mufasa", "Circle of Life", "GET", "/dir/index.html", count=1, client_nonce=COUNTED)
    assert (
        f'Digest username="Mufasa", realm="http-auth@example.org", nonce="{NONCE}", uri="/dir/index.html", '
        f'response="{response}", algorithm={algorithm}, opaque="{OPAQUE}", qop=auth, nc=00000001, cnonce="{COUNTED}"'
    ) == found


@pytest.mark.parametrize(("algorithm", "hashed"), [("MD5-sess", md5), ("SHA-256-sess", sha256)])
def test_a_session_key_is_made_of_both_nonces(algorithm: str, hashed: Any) -> None:
    """RFC 7616, 3.4.2: the secret of `-sess` hashes the secret and the nonces of server and client."""

    def digest(text: str) -> str:
        return str(hashed(text.encode()).hexdigest())

    secret = digest(f"{digest('u:r:p')}:n:c")
    expected = digest(f"{secret}:n:00000001:c:auth:{digest('GET:/x')}")
    asked = Challenge("r", "n", algorithm)
    found = authorization(asked, "u", "p", "GET", "/x", count=1, client_nonce="c")
    assert f'response="{expected}", algorithm={algorithm}' in found


def test_a_challenge_of_rfc_2069_is_answered() -> None:
    """A challenge without `qop` is answered without a count."""
    asked = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", counted=False)
    found = authorization(asked, "Mufasa", "CircleOfLife", "GET", "/dir/index.html", count=1, client_nonce="x")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in found
    assert "cnonce" not in found


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Digest realm="r", nonce="n"', Challenge("r", "n", counted=False)),
        (
            'Basic realm="a, b", Digest realm="r", nonce="n", qop="auth-int, auth", algorithm=SHA-256, opaque="o"',
            Challenge("r", "n", "SHA-256", opaque="o"),
        ),
        (
            "Digest nonce=n, algorithm=UNHEARD-OF, Digest nonce=m, qop=auth, userhash=true",
            Challenge("", "m", hashed_user=True),
        ),
        ('Digest nonce=n, algorithm=MD5-sess, qop="auth"', Challenge("", "n", "MD5-sess")),
        ('Digest realm="r"', None),
        ('Digest nonce="n", qop="auth-int"', None),
        ('Bearer realm="r"', None),
        ("Negotiate abc==", None),
        ('"', None),
        ("", None),
    ],
)
def test_the_first_supported_challenge_is_answered(header: str, expected: Challenge | None) -> None:
    """Other challenges in the header are ignored."""
    assert expected == parse_challenge(header)


def test_a_user_name_outside_ascii_is_encoded() -> None:
    """It is sent as the standard requires, hashed if required, with quotes escaped; no password is shown."""
    asked = Challenge("r", "n")
    plain = authorization(asked, 'a"b', "secret", "GET", "/", count=1, client_nonce="c")
    foreign = authorization(asked, "Jäsøn", "secret", "GET", "/", count=1, client_nonce="c")
    hashed = authorization(
        Challenge("r", "n", hashed_user=True), "Jäsøn", "secret", "GET", "/", count=1, client_nonce="c"
    )
    assert 'username="a\\"b"' in plain
    assert "username*=UTF-8''J%C3%A4s%C3%B8n" in foreign
    assert f'username="{hashlib.md5("Jäsøn:r".encode()).hexdigest()}"' in hashed
    assert "secret" not in plain + foreign + hashed


class Gate:
    """Server that accepts clients that answer its nonce, and records requests."""

    def __init__(self) -> None:
        self.nonce = "first"
        self.counts: list[str] = []

    def __call__(self, received: Received) -> HTTPResponse:
        given = received.headers.get("authorization", "").removeprefix("Digest ")
        found = dict(re.findall(r'(\w+)="?([^",]*)"?', given))
        if found.get("nonce") == self.nonce and found["response"] == self._expected(received, found):
            self.counts.append(found["nc"])
            return reply({"id": found["username"]})
        return reply(status=401, headers={"www-authenticate": f'Digest realm="r", qop="auth", nonce="{self.nonce}"'})

    def _expected(self, received: Received, found: dict[str, str]) -> str:
        def hashed(*parts: str) -> str:
            return hashlib.md5(":".join(parts).encode()).hexdigest()

        secret, request = hashed("Mufasa", "r", "Circle of Life"), hashed(received.method, received.target)
        return hashed(secret, self.nonce, found["nc"], found["cnonce"], "auth", request)


def test_a_call_answers_the_challenge(caller: Caller, server: Server) -> None:
    """The first call is sent again with credentials; later calls have them from the start, and a new nonce is used."""
    server.respond = gate = Gate()
    client = secured_client(caller, ("digest",), credentials=LOGIN)
    client = client.with_options(query={"a": ["x y", "é"]})
    assert "Mufasa" == caller.run(client.send(secured_request())).id
    assert "Mufasa" == caller.run(client.send(secured_request())).id
    gate.nonce = "second"
    assert 1 == caller.run(client._session.perform(secured_request())).attempts
    assert (5, ["00000001", "00000002", "00000001"]) == (len(server.received), gate.counts)


def test_a_repeated_challenge_is_not_answered_again(caller: Caller, server: Server) -> None:
    """A wrong password is sent once."""
    server.respond = Gate()
    client = secured_client(caller, ("digest",), credentials={"digest": "Mufasa:wrong-0123"})
    with pytest.raises(AuthenticationError) as caught:
        caller.run(client.send(secured_request()))
    assert "wrong-0123" not in repr([caught.value, vars(caught.value), client])
    assert 2 == len(server.received)
    server.respond = lambda _: reply(status=401)
    with pytest.raises(AuthenticationError, match="HTTP 401"):
        caller.run(client.send(secured_request()))
    assert 3 == len(server.received)


def test_a_challenge_of_another_origin_is_not_answered(caller: Caller, server: Server) -> None:
    """A challenge after a redirect to another origin gets no credentials."""
    with Server() as other:
        other.respond = Gate()
        moved: Any = reply(b"", status=302, headers={"location": f"{other.url}/"})
        server.respond = lambda _: moved
        with pytest.raises(AuthenticationError, match="HTTP 401"):
            caller.run(secured_client(caller, ("digest",), credentials=LOGIN).send(secured_request()))
        assert ["authorization" in received.headers for received in other.received] == [False]
