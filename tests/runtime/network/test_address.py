"""Server addresses: which are valid, and how they are shown in messages."""

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
def test_a_valid_address_is_accepted(url: str) -> None:
    """Hosts, ports, brackets, non-Latin names and paths are valid."""
    assert base_url_flaw(url) is None


@pytest.mark.parametrize("url", BAD)
def test_an_invalid_address_is_rejected_with_the_reason(url: str) -> None:
    """The message does not quote the address."""
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
def test_a_token_endpoint_is_https_or_local(url: str, flaw: str | None) -> None:
    """Secrets are sent over TLS or to this machine only."""
    assert flaw == token_url_flaw(url)


HOSTS = ["api.test", "[::1", "a:99999"]
USERS = ["user:p4ss", "user:p/4ss", "user:p?4ss", "user:p#4ss", "user:p4ss@p4ss", "p4ss", "user:p\\4ss", "user: p4ss"]


@pytest.mark.parametrize(
    ("scheme", "user", "host", "rest"),
    list(itertools.product(["https://", "ftp://", "https:/", ""], USERS, HOSTS, ["", "/x", "/?q=p4ss#p4ss"])),
)
def test_a_shown_address_has_no_secrets(scheme: str, user: str, host: str, rest: str) -> None:
    """User, password, query and fragment are removed, also from addresses that do not parse."""
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
def test_a_shown_address_keeps_scheme_host_port_and_path(url: str, shown: str) -> None:
    """Everything else of an address is shown."""
    assert shown == shown_url(url)


def test_the_user_is_removed_from_an_address() -> None:
    """Only the part before the host is removed."""
    assert "https://api.test/a@b?c@d" == without_user("https://u:p@api.test/a@b?c@d")
    assert "/relative@x" == without_user("/relative@x")


@pytest.mark.parametrize("version", ["1.0 \u2013 beta", "\u7248", "1\r\nX: y", "(1)", "1" * 5000])
def test_any_api_version_fits_the_user_agent_header(version: str) -> None:
    """No version of a document breaks or splits the request."""
    agent = user_agent("shop", version)
    assert agent.isascii() and agent.isprintable() and len(agent) < 200 and 1 == agent.count("(")
