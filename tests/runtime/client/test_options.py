"""Options of a client are checked when they are given, and other libraries' habits work or are answered."""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import pytest
from specwire import ConfigurationError, RetryPolicy

from tests.support.sample import AsyncSample, Sample

KEY = "sk-test-0123456789abcdef"
CLIENTS = pytest.mark.parametrize("kind", [Sample, AsyncSample])
SECONDS = ["3", 0, -1, 0.0, float("nan"), float("inf"), True, [], b"1"]
HEADERS: list[Any] = ["x-a: 1", b"x", 3, ["x-a"], [("x-a",)], {"x-a": None}, {"x-a": 1}, {1: "x"}, [("a", "b", "c")]]
WRONG: dict[str, list[Any]] = {
    "timeout": SECONDS,
    "connect_timeout": SECONDS,
    "idle_timeout": SECONDS,
    "deadline": SECONDS,
    "max_response_size": ["1", 0, -1, True, float("nan")],
    "max_pages": ["1", 0, True],
    "retry": [3, "3", {"attempts": 3}, RetryPolicy],
    "headers": HEADERS,
    "default_headers": HEADERS,
    "query": ["a=1", 3],
    "body": ["a", 3],
    "on_drift": ["rais", None, True, 1],
    "keep_unknown": ["yes", 1, None],
    "arrays": ["yes", 1],
    "middleware": [print, ["log"], None],
    "call_middleware": [print, ["log"], None],
    "on_progress": [True, "x"],
    "idempotency_key": [1, b"k"],
    "base_url": ["example.com", "ftp://example.com", 3],
    "api_key": [123, b"key", object()],
}
"""Values that cannot work, by option."""
NOT_CHANGEABLE = {"api_key", "base_url", "default_headers"}
"""Options of the constructor alone."""
NOT_AT_CONSTRUCTION = {"connect_timeout", "idle_timeout", "max_pages", "query", "body", "arrays", "on_progress"} | {
    "idempotency_key"
}
"""Options of `with_options` alone."""


@CLIENTS
@pytest.mark.parametrize("name", sorted(WRONG.keys() - NOT_AT_CONSTRUCTION))
def test_the_constructor_refuses_values_that_cannot_work(kind: Any, name: str) -> None:
    """The error comes from the constructor and begins with the option, in one line."""
    for value in WRONG[name]:
        if name == "base_url" and value == 3:
            continue
        with pytest.raises(ConfigurationError) as caught:
            kind(**{"api_key": KEY, name: value})
        _check(str(caught.value), name)


@CLIENTS
@pytest.mark.parametrize("name", sorted(WRONG.keys() - NOT_CHANGEABLE))
def test_with_options_refuses_values_that_cannot_work(kind: Any, name: str) -> None:
    """The error comes from `with_options` of the client and of the method, before the call."""
    client = kind(KEY)
    for holder in (client, client.things.get):
        for value in WRONG[name]:
            with pytest.raises(ConfigurationError) as caught:
                holder.with_options(**{name: value})
            _check(str(caught.value), name)


def _check(message: str, name: str) -> None:
    word = {"default_headers": "headers", "api_key": "the key", "base_url": "base URL"}.get(name, name)
    assert word in message
    assert "\n" not in message
    assert len(message) <= 300


@CLIENTS
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_values_of_http_libraries_work(kind: Any, library: Any) -> None:
    """A timeout, a URL and headers of httpx or httpx2, and pairs of headers, are options like plain values."""
    timeout = library.Timeout(5, connect=2)
    client = kind(KEY, timeout=timeout, base_url=library.URL("https://a.test/v1/"), headers=[("x-a", "1")])
    options = client._session.options
    assert (5, 2, {"x-a": "1"}) == (options.timeout, options.connect_timeout, options.headers)
    assert "https://a.test/v1" == client.base_url
    changed = client.with_options(timeout=library.Timeout(None), headers=library.Headers({"x-b": "2"}))
    options = changed._session.options
    assert (None, None, {"x-a": "1", "x-b": "2"}) == (options.timeout, options.connect_timeout, options.headers)
    chosen = client.with_options(timeout=timeout, connect_timeout=1)._session.options
    assert (5, 1) == (chosen.timeout, chosen.connect_timeout)


@CLIENTS
@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("key", "api_key=..."),
        ("username", "api_key=(user, password)"),
        ("server_url", "base_url=..."),
        ("extra_headers", "headers=..."),
        ("default_query", "client.with_options(query=...)"),
        ("idle_timeout", "client.with_options(idle_timeout=...)"),
        ("proxy", "http_client=httpx2.Client(proxy=...), or httpx2.AsyncClient"),
        ("proxies", "http_client=httpx2.Client(proxy=...), or httpx2.AsyncClient"),
        ("timout", "timeout=..."),
    ],
)
def test_an_unknown_keyword_is_answered_with_the_right_one(kind: Any, name: str, remedy: str) -> None:
    """The message has the name of the class that was called."""
    with pytest.raises(TypeError) as caught:
        kind(KEY, **{name: None})
    assert f"{kind.__name__}() has no argument {name!r}: use {remedy}" == str(caught.value)


@CLIENTS
def test_an_unknown_keyword_without_a_likely_meaning_is_refused(kind: Any) -> None:
    """A word that resembles none gets no suggestion."""
    with pytest.raises(TypeError, match=rf"^{kind.__name__}\(\) has no argument 'zzzzzz'$"):
        kind(KEY, zzzzzz=1)
