"""Which addresses can be called, and how they are shown."""

from __future__ import annotations

import itertools

import pytest
from specwire._http.configuration import user_agent
from specwire._network.server_url import base_url_flaw, shown_url, token_url_flaw, without_user

GOOD = [
    "https://api.test",
    "http://api.test:8080/v1/",
    "http://127.0.0.1:1",
    "http://[::1]:8080/v1",
    "https://bücher.example/ü",
    "https://a_b.test./x",
    "https://user:hidden@api.test/v1",
    "HTTPS://API.TEST",
    "https://api.test/.well-known/v1.0/a..b/...",
]
BAD = {
    "": "it does not begin with http:// or https://",
    "api.test": "it does not begin with http:// or https://",
    "ftp://api.test": "it does not begin with http:// or https://",
    "https:/api.test": "it names no host",
    "https://": "it names no host",
    "https://:80": "it names no host",
    "https://user@/x": "it names no host",
    "https://api.test:99999": "its host or port is malformed",
    "https://api.test:x": "its host or port is malformed",
    "https://api.test:0": "its port is malformed",
    "https://[::1/": "its host or port is malformed",
    "https://a..b/": "its host is malformed",
    f"https://{'a' * 64}.test": "its host is malformed",
    "https://{tenant}.test": "its host is malformed",
    "https://a<b>.test": "its host is malformed",
    "https://api.test\\@evil.test/": "it has a backslash",
    "https://api.test/\r\nX: y": "it has spaces or control characters",
    "https://api test": "it has spaces or control characters",
    "https://api.test/\u202e": "it has spaces or control characters",
    "https://api.test/?": "it has a query",
    "https://api.test?key=hidden": "it has a query",
    "https://api.test/#": "it has a fragment",
    "https://api.test/v1/../x": "it has a segment '.' or '..'",
    "https://api.test/./v1": "it has a segment '.' or '..'",
    "https://api.test/v1/..": "it has a segment '.' or '..'",
    "https://api.test/%2e%2E/v1": "it has a segment '.' or '..'",
    "https://api.test/.%2e": "it has a segment '.' or '..'",
    "https://api.test/v1/x%2F..%2fy": "it has a segment '.' or '..'",
    "https://api.test/v1/x%5c..": "it has a segment '.' or '..'",
}


@pytest.mark.parametrize("url", GOOD)
def test_an_address_that_can_be_called(url: str) -> None:
    """Hosts, ports, brackets, other scripts and paths are taken."""
    assert base_url_flaw(url) is None


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_cannot_be_called(url: str) -> None:
    """The reason is named, in words that hold nothing of the address."""
    assert BAD[url] == base_url_flaw(url)


@pytest.mark.parametrize(
    ("url", "flaw"),
    [
        ("https://api.test/token?x=1", None),
        ("http://localhost:1/token", None),
        ("http://[::1]/token", None),
        ("http://127.8.9.10/token", None),
        ("http://api.test/token", "it does not begin with https://"),
        ("http://127.0.0.1.test/token", "it does not begin with https://"),
        ("ftp://localhost/token", "it does not begin with http:// or https://"),
    ],
)
def test_where_secrets_may_go(url: str, flaw: str | None) -> None:
    """A token endpoint is encrypted, or on this machine."""
    assert flaw == token_url_flaw(url)


HOSTS = ["api.test", "[::1", "a:99999"]
USERS = ["user:p4ss", "user:p/4ss", "user:p?4ss", "user:p#4ss", "user:p4ss@p4ss", "p4ss", "user:p\\4ss", "user: p4ss"]


@pytest.mark.parametrize(
    ("scheme", "user", "host", "rest"),
    list(itertools.product(["https://", "ftp://", "https:/", ""], USERS, HOSTS, ["", "/x", "/?q=p4ss#p4ss"])),
)
def test_no_password_is_shown(scheme: str, user: str, host: str, rest: str) -> None:
    """User, password, query and fragment are left out, of addresses that no parser takes too."""
    shown = shown_url(f"{scheme}{user}@{host}{rest}")
    assert "4ss" not in shown, shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@api.test/@scope/x?q#f", "https://api.test/@scope/x"),
        ("https://api.test:80/@scope", "https://api.test:80/@scope"),
        ("api.test", "api.test"),
    ],
)
def test_the_rest_is_shown(url: str, shown: str) -> None:
    """Scheme, host, port and path stay."""
    assert shown == shown_url(url)


def test_a_user_is_taken_out() -> None:
    """Only what stands in front of the host goes."""
    assert "https://api.test/a@b?c@d" == without_user("https://u:p@api.test/a@b?c@d")
    assert "/relative@x" == without_user("/relative@x")


@pytest.mark.parametrize("version", ["1.0 \u2013 beta", "\u7248", "1\r\nX: y", "(1)", "1" * 5000])
def test_any_version_fits_a_header(version: str) -> None:
    """What a document calls its version neither breaks nor splits the request."""
    agent = user_agent("shop", version)
    assert agent.isascii() and agent.isprintable() and len(agent) < 200 and 1 == agent.count("(")
