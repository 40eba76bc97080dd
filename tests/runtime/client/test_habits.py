"""Names of other libraries are answered with what to use instead."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from specwire import InvalidRequestError, Request
from specwire.support import FormBody
from specwire_clients.aitre import Aitre, AsyncAitre
from specwire_clients.mistral import AsyncMistral, Mistral

from tests.support.server import Server

MESSAGES = [{"role": "user", "content": "Hi"}]
CLIENTS = pytest.mark.parametrize("kind", [Mistral, AsyncMistral])


@CLIENTS
@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("chatt", "did you mean 'chat'?"),
        ("copy", "use with_options(...)"),
        ("get", "use client.send(Request.custom('GET', path))"),
        ("chat.complet", "did you mean 'complete'?"),
        ("chat.with_raw_response", "use the form .raw(...) of the method"),
        ("chat.complete.with_raw_response", "use the form .raw(...) of the method"),
        ("files.list.auto_paging_iter", "use .iter(...) or .pages(...)"),
        ("files.list.itr", "did you mean 'iter'?"),
    ],
)
def test_an_unknown_attribute_names_another(kind: Any, path: str, advice: str) -> None:
    *parents, name = path.split(".")
    holder = kind(api_key="k")
    for parent in parents:
        holder = getattr(holder, parent)
    with pytest.raises(AttributeError) as caught:
        getattr(holder, name)
    assert f"object has no attribute {name!r}" in str(caught.value)
    assert advice in str(caught.value)


@CLIENTS
def test_the_protocols_of_python_see_no_attribute(kind: Any) -> None:
    client = kind(api_key="k")
    for holder in (client, client.chat, client.chat.complete):
        assert not hasattr(holder, "__array__")
        assert not hasattr(holder, "_repr_html_")
        assert not hasattr(holder, "__wrapped_by__")
    assert copy.copy(client.chat).complete.__name__ == "complete"


@CLIENTS
@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {"timeout": 5}, "complete() has no argument 'timeout': use .with_options(timeout=...)(...)"),
        ((), {"extra_headers": {}}, "complete() has no argument 'extra_headers': use .with_options(headers=...)(...)"),
        ((), {"retries": 5}, "complete() has no argument 'retries': use .with_options(max_retries=...)(...)"),
        ((), {"temprature": 5}, "complete() has no argument 'temprature': did you mean 'temperature'?"),
        ((), {"zzz": 5}, "complete() has no argument 'zzz'"),
        (("m", MESSAGES), {}, "complete() takes these arguments by name: model, messages"),
    ],
)
@pytest.mark.parametrize("form", ["__call__", "raw", "request"])
def test_an_unknown_argument_names_another(
    kind: Any, form: str, args: tuple[Any, ...], kwargs: dict[str, Any], message: str
) -> None:
    method = getattr(kind(api_key="k").chat.complete, form)
    with pytest.raises(TypeError) as caught:
        outcome = method(*args, **({} if args else {"model": "m", "messages": MESSAGES}), **kwargs)
        outcome.send(None)  # of an asynchronous client
    assert str(caught.value).startswith(message)


def test_a_value_that_a_builder_refuses_keeps_its_error() -> None:
    client: Any = Mistral(api_key="k")
    with pytest.raises(InvalidRequestError, match=r"file 'file' is a str: give `Path"):
        client.files.upload(file="a.txt")
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'messages'"):
        client.chat.complete(model="m")


def test_an_endpoint_that_the_document_lacks_is_called() -> None:
    with Server() as server, Mistral(api_key="k", base_url=server.url) as client:
        server.respond = lambda _: [
            b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
        ]
        custom = Request.custom
        assert client.send(custom("GET", "/v1/new/{id}", path_values={"id": "a/b"}, query={"x": [1, 2]})) == {"a": 1}
        assert client.send(custom("post", "/v1/new", body={"b": 2}, headers={"X-Y": "z"}, returns=dict[str, int]))
        client.send(custom("POST", "/v1/new", body=FormBody({"c": 3})))
        get, post, form = server.received
    assert (get.method, get.target) == ("GET", "/v1/new/a%2Fb?x=1&x=2")
    assert (post.method, post.body, post.headers["x-y"]) == ("POST", b'{"b":2}', "z")
    assert form.body == b"c=3"
    assert {request.headers["authorization"] for request in (get, post, form)} == {"Bearer k"}


@pytest.mark.parametrize(
    "path", ["v1", "//evil.example/x", "/../x", "/%2e%2e/x", "/x\r\ny", "/a?b=1", "/a#c", "/a b", ""]
)
def test_a_path_that_cannot_be_sent_is_refused(path: str) -> None:
    with pytest.raises(InvalidRequestError, match="begin it with one slash"):
        Request.custom("GET", path)


@pytest.mark.parametrize("method", ["", "GET /x", "GE\nT", "GÉT"])
def test_a_method_that_cannot_be_sent_is_refused(method: str) -> None:
    with pytest.raises(InvalidRequestError, match="give the name of an HTTP method"):
        Request.custom(method, "/v1")


@pytest.mark.parametrize("kind", [Aitre, AsyncAitre])
def test_every_resource_answers(kind: Any) -> None:
    client = kind("k", base_url="https://a.example")
    for name in [each for each in dir(kind) if not each.startswith("_")]:
        holder = getattr(client, name)
        if hasattr(holder, "_session"):
            with pytest.raises(AttributeError, match="'with_raw_response': use the form"):
                _ = holder.with_raw_response
