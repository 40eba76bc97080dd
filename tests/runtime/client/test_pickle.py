"""Pickling: values can be sent to another process, clients with a key cannot."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from specwire import Drift, Headers, Options, Response, RetryPolicy, Unknown, to_dict
from specwire._codec.drift import decode

from tests.support import sample
from tests.support.caller import KEY, Caller
from tests.support.sample import Cat, Image, Thing
from tests.support.server import Server, reply

COPIES: list[Callable[[Any], Any]] = [lambda value: pickle.loads(pickle.dumps(value)), copy.copy, copy.deepcopy]


def requests() -> list[Any]:
    """Return a request of every kind."""
    return [
        sample.get("1", tags=["a"], where={"b": 1}, trace="t", session="s"),
        sample.make(name="x", size=None, part=Image(url="u")),
        sample.form(name="x"),
        sample.list_(page=2),
        sample.by_cursor(after="c"),
        sample.talk(prompt="p"),
        sample.lines(),
        sample.download("f"),
        sample.upload(file=Path(__file__), purpose="p"),
        sample.put("a", content=b"abc"),
        sample.job("j"),
        sample.ask(question="?"),
    ]


@pytest.mark.parametrize("copied", COPIES, ids=["pickle", "copy", "deepcopy"])
@pytest.mark.parametrize("request_value", requests(), ids=repr)
def test_requests_pickle(copied: Callable[[Any], Any], request_value: Any) -> None:
    """A request of every kind stays equal, with its operation."""
    back = copied(request_value)
    assert request_value == back
    assert type(request_value) is type(back)
    assert request_value.operation == back.operation
    assert hash(request_value.operation) == hash(back.operation)


@pytest.mark.parametrize("copied", COPIES, ids=["pickle", "copy", "deepcopy"])
def test_models_pickle(copied: Callable[[Any], Any]) -> None:
    """Models stay equal, with unset, drifted and unknown values."""
    raw = b'{"id": 5, "state": "odd", "part": {"type": "video", "s": 1}, "pet": {"purr": "p"}, "size": null}'
    thing, _ = decode(raw, Thing)
    back = copied(thing)
    assert thing == back
    assert to_dict(thing) == to_dict(back)
    assert (Unknown, Cat) == (type(back.part), type(back.pet))
    assert not back.child


def test_an_unpickled_request_can_be_sent(caller: Caller, client: Any, server: Server) -> None:
    """It is sent like the original."""
    server.play(reply({"id": "1"}), reply({"id": "1"}))
    request = sample.make(name="x")
    for value in (request, pickle.loads(pickle.dumps(request))):
        assert Thing(id="1") == caller.run(client.send(value))
    first, second = server.received
    assert (first.target, first.headers, first.body) == (second.target, second.headers, second.body)


def test_responses_pickle(caller: Caller, client: Any, server: Server) -> None:
    """A whole response stays equal, without the key."""
    server.play(reply({"id": "1", "state": "odd"}, headers={"x-request-id": "r"}))
    with pytest.warns(UserWarning):
        response: Response[Thing] = caller.run(client.things.get.raw("1"))
    data = pickle.dumps(response)
    back: Response[Thing] = pickle.loads(data)
    assert response == back
    assert "r" == back.request_id
    assert (Drift("$.state", "one of 'new', 'old'", "string 'odd'"),) == back.drift
    assert KEY.encode() not in data


def test_headers_pickle_and_hide_secrets() -> None:
    """Several values are joined, and secret ones are not shown."""
    headers = Headers([("A", "1"), ("a", "2"), ("Set-Cookie", "hidden"), ("X-Api-Key", "hidden")])
    assert headers == pickle.loads(pickle.dumps(headers))
    assert ("1, 2", 3) == (headers["A"], len(headers))
    assert "Headers({'a': '1, 2', 'set-cookie': '***', 'x-api-key': '***'})" == repr(headers)


def test_options_pickle_and_hide_headers() -> None:
    """Options stay equal and do not show headers."""
    options = Options(timeout=None, retry=RetryPolicy(attempts=1), headers={"authorization": "hidden"})
    assert options == pickle.loads(pickle.dumps(options))
    assert "hidden" not in repr(options)
