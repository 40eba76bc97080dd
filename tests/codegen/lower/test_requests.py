"""Requests of generated clients for schemas of frameworks: `cases/positive/sending`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from specwire.errors import ConfigurationError, InvalidRequestError

from tests.support.paths import CASES

CASE = CASES / "positive" / "sending" / "expected"
Sent = tuple[str, str | None, bytes]


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Generated package, imported for one test."""
    monkeypatch.syspath_prepend(CASE.as_posix())
    yield importlib.import_module("sample")
    for name in [name for name in sys.modules if name.partition(".")[0] == "sample"]:
        monkeypatch.delitem(sys.modules, name)


@pytest.fixture
def sent() -> list[Sent]:
    """Sent requests: target, content type, body."""
    return []


@pytest.fixture
def client(package: Any, sent: list[Sent]) -> Any:
    """Client whose server records requests."""

    def respond(request: httpx2.Request) -> httpx2.Response:
        sent.append((request.url.raw_path.decode(), request.headers.get("content-type"), request.read()))
        return httpx2.Response(200)

    return package.Sample(http_client=httpx2.Client(transport=httpx2.MockTransport(respond)))


TARGETS: dict[str, tuple[Callable[[Any], object], str]] = {
    "wildcard": (lambda client: client.files.retrieve("a/b c.txt"), "/files/a/b%20c.txt"),
    "empty wildcard": (lambda client: client.files.retrieve(""), "/files/"),
    "declared wildcard": (lambda client: client.raw.retrieve("x"), "/raw/x"),
    "catch-all": (lambda client: client.spring.retrieve("a/b"), "/spring/a/b"),
    "greedy parameter": (lambda client: client.aws.retrieve("a"), "/aws/a"),
    "empty greedy parameter": (lambda client: client.aws.retrieve(""), "/aws/"),
    "empty by default": (lambda client: client.tree.retrieve(""), "/tree/"),
    "constraint": (lambda client: client.typed.retrieve(3), "/typed/3"),
    "empty end of a path": (lambda client: client.contents.retrieve(""), "/contents/"),
    "defaults of required parameters": (
        lambda client: client.data.retrieve(),
        "/data?after=-600&kinds=a&kinds=b&kind=b",
    ),
    "defaults that are given": (
        lambda client: client.data.retrieve(kinds=["b"], owner="me", kind="a", after=1),
        "/data?after=1&kinds=b&kind=a&owner=me",
    ),
    "lists in a query object": (
        lambda client: client.q.retrieve(pageable={"page": 0, "size": 5, "sort": ["a,asc", "b,desc"]}),
        "/q?page=0&size=5&sort=a%2Casc&sort=b%2Cdesc",
    ),
    "lists in a deep object": (
        lambda client: client.q.retrieve(filter={"or": [{"n": "x"}]}),
        "/q?filter%5Bor%5D%5B0%5D%5Bn%5D=x",
    ),
    "deep list": (lambda client: client.q.retrieve(ids=[1, 2]), "/q?ids%5B0%5D=1&ids%5B1%5D=2"),
}


@pytest.mark.parametrize("name", TARGETS)
def test_the_target_of_a_request(client: Any, sent: list[Sent], name: str) -> None:
    """Paths with wildcards, query objects with lists."""
    call, expected = TARGETS[name]
    call(client)
    assert expected == sent[0][0]


def test_an_empty_path_parameter_does_not_change_the_path(client: Any, sent: list[Sent]) -> None:
    """If it may not be empty, it is rejected."""
    for call in (client.contents.retrieve, client.files.retrieve):
        with pytest.raises(InvalidRequestError, match="path parameter 'path': the value is empty"):
            call("..")
    with pytest.raises(InvalidRequestError, match="empty"):
        client.typed.retrieve("")
    assert not sent


BODIES: dict[str, tuple[Callable[[Any], object], str | None, bytes]] = {
    "optional object": (lambda client: client.opt(), "application/json", b"{}"),
    "optional object with required fields": (lambda client: client.opt_req(), None, b""),
    "plain JSON first": (lambda client: client.patch_it(a="x"), "application/json", b'{"a":"x"}'),
    "one of two kinds of pictures": (lambda client: client.portrait(body=("a.jpg", b"x")), "image/jpeg", b"x"),
    "first of two kinds of pictures": (lambda client: client.portrait(body=b"x"), "image/png", b"x"),
    "bytes first": (lambda client: client.load(body=b"\x00"), "application/octet-stream", b"\x00"),
    "text next to bytes": (lambda client: client.load_text(body="x"), "text/plain; charset=utf-8", b"x"),
    "file is optional": (lambda client: client.up2_json(note="a"), "application/json", b'{"note":"a"}'),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_body_of_each_form_of_a_method(client: Any, sent: list[Sent], name: str) -> None:
    """Of the plain method and of its twins."""
    call, content_type, body = BODIES[name]
    call(client)
    assert [(content_type, body)] == [each[1:] for each in sent]


@pytest.mark.parametrize("method", ["up", "up2"])
def test_an_object_with_files_is_a_form(client: Any, sent: list[Sent], method: str) -> None:
    """If a property is binary, the plain method sends multipart."""
    getattr(client, method)(file=("a.txt", b"x"), note="n")
    content_type = sent[0][1]
    assert content_type is not None and content_type.startswith("multipart/form-data")
    assert b'name="file"; filename="a.txt"' in sent[0][2]


def test_meaningless_bodies_have_no_method(client: Any) -> None:
    """JSON with a required file, and text for an object."""
    assert not hasattr(client, "up_json") and not hasattr(client, "update_config_text")


@pytest.mark.parametrize("option", ["body", "query", "headers"])
def test_the_option_body_needs_a_body_with_fields(client: Any, sent: list[Sent], option: str) -> None:
    """Otherwise the added fields would be lost."""
    with pytest.raises(ConfigurationError, match=rf"{option}'? must be a mapping"):
        client.opt.with_options(**{option: b"x"})()
    with pytest.raises(InvalidRequestError, match="extra fields need a body that is an object"):
        client.load.with_options(body={"a": 1})(body=b"x")
    assert not sent
