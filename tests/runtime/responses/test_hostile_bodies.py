"""Hostile response bodies: a call returns a value, or raises one of our errors with the status in one line."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from specwire.errors import APIError, APIStatusError, SpecwireError

from tests.sampling import sampled
from tests.support.caller import Caller
from tests.support.server import Close, HTTPResponse, Server, head

DEPTHS = (600, 1_500, 100_000)


def nested(depth: int, kind: str) -> bytes:
    """Return JSON nested to this depth."""
    match kind:
        case "array":
            return b"[" * depth + b"]" * depth
        case "object":
            return b'{"error":' * depth + b"1" + b"}" * depth
        case _:
            return b'{"id": "1", "child": ' * depth + b"null" + b"}" * depth


class Hostile(msgspec.Struct, frozen=True):
    """Harmful body with its content type."""

    name: str
    body: bytes
    content_type: str = "application/json"


BODIES = [
    *(
        Hostile(f"{kind} {depth} deep", nested(depth, kind))
        for kind, depth in itertools.product(("array", "object", "child"), DEPTHS)
    ),
    *(
        Hostile(f"text as {charset}", "é\\u0041\n".encode(), f"text/plain; charset={charset}")
        for charset in ("idna", "punycode", "undefined", "unicode_escape", "rot13", "utf-16", "a b", "x" * 5000)
    ),
    Hostile("an integer of 5,000 digits", b'{"id": ' + b"9" * 5000 + b"}"),
    Hostile("a number out of range", b'{"id": "1", "weight": 1e999}'),
    Hostile("an exponent out of range", b'{"id": "1", "weight": 1e%d}' % 10**30),
    Hostile("NaN", b"NaN"),
    Hostile("a lone surrogate as a key", b'{"\\udc00": 1}'),
    Hostile("UTF-32", '{"id": "1"}'.encode("utf-32")),
    Hostile("half of UTF-16", '{"id": "1"}'.encode("utf-16")[:-1]),
    Hostile("a byte order mark alone", b"\xef\xbb\xbf"),
    Hostile("zero bytes", b"\0" * 100),
    Hostile("a long line", b"x" * 100_000, "text/plain"),
    Hostile("many lines", b"\r\n\x85\xe2\x80\xa8x\r" * 1000, "text/plain"),
    Hostile("a page", b"<!doctype html>" + b"<p>" * 5000, "text/html"),
    Hostile("an error with a long message", json.dumps({"error": {"message": "m\n" * 10_000}}).encode()),
    Hostile("an error with a long code", json.dumps({"error": {"message": "m", "code": "c" * 9000}}).encode()),
    Hostile("errors without number", json.dumps({"errors": [{"field": "f", "message": "m" * 99}] * 5000}).encode()),
    Hostile("fields without number", json.dumps({f"f{n}": [f"m{n}"] for n in range(5000)}).encode()),
    Hostile("a place without number", json.dumps({"detail": [{"loc": ["a"] * 5000, "msg": "m"}]}).encode()),
    Hostile("an error of numbers", b'{"error": [[[1, 2]]], "id": {}}'),
    Hostile("keys of other types", b'{"data": {"data": 1}, "error": {"": ""}, "choices": "x"}'),
]  # fmt: skip
CALLS: dict[str, Callable[[Caller, Any, Any], Any]] = {
    "read": lambda caller, client, _: caller.run(client.things.get("1")),
    "raw": lambda caller, client, _: caller.run(client.things.get.raw("1")),
    "keeping": lambda caller, client, _: caller.run(client.with_options(keep_unknown=True).things.get("1")),
    "arrays": lambda caller, client, _: caller.run(client.things.get.with_options(arrays=True)("1")),
    "write": lambda caller, client, _: caller.run(client.things.make(name="x")),
    "drop": lambda caller, client, _: caller.run(client.things.drop("1")),
    "note": lambda caller, client, _: caller.run(client.things.note()),
    "ask": lambda caller, client, _: caller.run(client.things.ask(question="?")),
    "page": lambda caller, client, _: caller.list(client.things.list.iter())[:1],
    "stream": lambda caller, client, _: caller.list(client.talks.stream()),
    "lines": lambda caller, client, _: caller.list(client.talks.lines()),
    "download": lambda caller, client, _: caller.run(client.files.download().read()),
    "text": lambda caller, client, _: caller.run(client.files.download().text()),
    "save": lambda caller, client, folder: caller.run(client.files.download().save(folder / "file")),
}


def play(server: Server, status: int, hostile: Hostile, call: str) -> None:
    """Respond to every request with a hostile body, as an event if events are requested."""
    body, kind = hostile.body, hostile.content_type
    if call == "stream" and status == 200:
        body, kind = b"data: " + body.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n\n", "text/event-stream"
    response: HTTPResponse = (
        head(status, {"content-type": kind, "content-length": str(len(body)), "connection": "close"}) + body,
        Close(),
    )
    server.respond = lambda _: response


@pytest.mark.filterwarnings("ignore::specwire.DriftWarning")
@pytest.mark.parametrize(("call", "status"), sampled(itertools.product(CALLS, (200, 400)), 10))
def test_every_call_handles_every_hostile_body(
    caller: Caller, client: Any, server: Server, call: str, status: int, tmp_path: Any
) -> None:
    """Each kind of call returns a value, or raises our error with the status in at most 300 characters."""
    for hostile in BODIES:
        play(server, status, hostile, call)
        try:
            CALLS[call](caller, client, tmp_path)
        except Exception as error:
            assert isinstance(error, SpecwireError), (hostile.name, type(error), str(error)[:200])
            text = str(error)
            assert len(text) <= 300 and 1 == len(text.splitlines()), (hostile.name, text)
            assert isinstance(error, APIError), hostile.name
            assert error.response is not None, hostile.name
            assert status == error.response.status_code, hostile.name
            assert status == 200 or isinstance(error, APIStatusError), hostile.name
            assert not hostile.body or call in ("stream", "lines") or error.response.content, hostile.name
        else:
            assert status == 200, hostile.name
