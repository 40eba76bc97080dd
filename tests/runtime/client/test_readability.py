"""Readability: patterns match, tracebacks are short, and printed values fit a line without the key."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import pytest
import specwire
from specwire import UNSET, Unknown
from specwire._codec.drift import decode
from specwire.errors import APIConnectionError, APIError, APIStatusError, RateLimitError, SpecwireError

from tests.support.caller import KEY, Caller
from tests.support.sample import Cat, Dog, Image, Text, Thing
from tests.support.server import Close, Reset, Server, head, reply, stream

PACKAGE = str(Path(specwire.__file__).parent)


def frames(error: BaseException) -> list[str]:
    """Return the functions of the package in the traceback of an exception."""
    stack = traceback.extract_tb(error.__traceback__)
    return [frame.name for frame in stack if frame.filename.startswith(PACKAGE)]


def raised(caller: Caller, value: Any) -> SpecwireError:
    """Return the exception of a call."""
    with pytest.raises(SpecwireError) as found:
        caller.run(value())
    return found.value


def test_the_traceback_of_an_error_is_short(caller: Caller, client: Any, server: Server) -> None:
    """It has at most six functions of the package."""
    not_json = reply(b"<html>", headers={"content-type": "application/json"})
    server.play(reply({"message": "no"}, status=404), (Close(),), not_json, reply({"message": "no"}, status=404))
    once = client.with_options(retry=specwire.RetryPolicy(attempts=1))
    for call in (
        lambda: once.things.get("1"),
        lambda: once.things.get("1"),
        lambda: once.things.get("1"),
        lambda: once.things.get.raw("1"),
        lambda: once.things.make(name=object()),
    ):
        error = raised(caller, call)
        assert 0 < len(frames(error)) <= 6
        assert 1 == len("".join(traceback.format_exception_only(error)).strip().splitlines())


def test_the_traceback_of_a_stream_is_short(caller: Caller, client: Any, server: Server) -> None:
    """Reading an event is two functions deep."""
    server.play(stream({"text": "a"}, end=(Reset(),)))
    events = client.talks.stream()
    caller.next(events)
    error = raised(caller, lambda: caller.next(events))
    assert ["__anext__" if caller.asynchronous else "__next__", "_read"] == frames(error)


def test_a_network_failure_has_a_traceback_of_two_parts(caller: Caller, client: Any, server: Server) -> None:
    """Users see the HTTP library's own exception in one line, and ours."""
    part = (head(200, {"content-length": "9"}), b"part", Close())
    not_json = reply(b"<html>", headers={"content-type": "application/json"})
    server.play((Close(),), (head(),), (Reset(),), part, stream({"text": "a"}, end=(Reset(),)), not_json)
    options: dict[str, Any] = {"retry": specwire.RetryPolicy(attempts=1), "timeout": 0.2}
    once = client.with_options(**options)
    for call in (
        lambda: caller.client(base_url="http://127.0.0.1:1", **options).things.get("1"),
        lambda: caller.client(base_url="http://nowhere.invalid", **options).things.get("1"),
        lambda: once.things.get("1"),
        lambda: once.things.get("1"),
        lambda: once.files.upload(file=b"content", purpose="x"),
        lambda: once.files.download().read(),
        lambda: caller.list(once.talks.stream()),
        lambda: once.things.get("1"),
    ):
        error = raised(caller, call)
        shown = "".join(traceback.format_exception(error))
        assert 1 == shown.count("The above exception was the direct cause")
        assert 2 >= shown.count("Traceback (most recent call last)")
        assert "During handling" not in shown
        assert isinstance(error, APIError)
        cause = error.__cause__
        assert cause is not None
        assert 2 >= len(traceback.extract_tb(cause.__traceback__))
        assert 6 >= len(frames(error))


def matched(error: APIError) -> str:
    """Match an error by patterns."""
    match error:
        case RateLimitError(body={"detail": str(detail)}):
            return f"slower: {detail}"
        case APIStatusError(status_code=404):
            return "not there"
        case APIStatusError(status_code=status, request_id=str(request_id)):
            return f"{status} of {request_id}"
        case APIConnectionError(request=request):
            return f"no answer to {request.operation.id}" if request else "no answer"
        case _:
            return "something else"


def test_errors_match_patterns(caller: Caller, server: Server) -> None:
    """Patterns can use class, status, body and request id of an error."""
    client = caller.client(retry=specwire.RetryPolicy(attempts=1))
    server.play(
        reply({"detail": "wait"}, status=429),
        reply({}, status=404),
        reply({}, status=500, headers={"x-request-id": "r"}),
        (Close(),),
    )
    seen = [raised(caller, lambda: client.things.public()) for _ in range(4)]
    assert ["slower: wait", "not there", "500 of r", "no answer to open_thing"] == [
        matched(error) for error in seen if isinstance(error, APIError)
    ]


@pytest.mark.parametrize(
    ("part", "pet", "expected"),
    [
        ({"type": "text", "text": "a"}, {"bark": "w"}, ("text a", "dog w")),
        ({"type": "image", "url": "u"}, {"purr": "p"}, ("image u", "cat p")),
        ({"type": "video", "seconds": 3}, {"moo": "m"}, ("unknown video", "unknown ['moo']")),
    ],
)
def test_unions_match_patterns(part: Any, pet: Any, expected: tuple[str, str]) -> None:
    """Patterns can use the variants of a union and their fields; an unknown variant matches as a mapping."""
    thing, _ = decode(f'{{"id": "1", "part": {json.dumps(part)}, "pet": {json.dumps(pet)}}}'.encode(), Thing)
    match thing:
        case Thing(id="1", part=Text(text=text)):
            first = f"text {text}"
        case Thing(part=Image(url=url)):
            first = f"image {url}"
        case Thing(part={"type": kind}):
            first = f"unknown {kind}"
    match thing.pet:
        case Dog(bark=sound):
            second = f"dog {sound}"
        case Cat(purr=sound):
            second = f"cat {sound}"
        case Unknown() as other:
            second = f"unknown {list(other)}"
    assert expected == (first, second)
    match thing:
        case Thing(child=specwire.UNSET):
            assert thing.child is UNSET
        case _:
            raise AssertionError("what was not sent must match UNSET")


def test_printed_values_fit_a_line_and_hide_the_key(caller: Caller, client: Any, server: Server) -> None:
    """Clients, resources, methods, requests, responses, streams, downloads and errors have one line each."""
    server.play(reply({"id": "1"}), reply({"detail": f"wrong key {KEY}"}, status=404), stream({"text": "a"}))
    response = caller.run(client.things.get.raw("1"))
    error = raised(caller, lambda: client.things.get("2"))
    unsent = [client.talks.stream(), client.files.download()]
    things = [
        *unsent,
        client,
        client.things,
        client.things.get,
        client.things.get.raw,
        client.things.get.request("1"),
        client.talks.stream.request(),
        client._session.options,
        response,
        response.parsed,
        response.headers,
        error,
        str(error),
        type(client).things,
        type(client.things).get,
    ]
    for thing in things:
        assert "\n" not in repr(thing)
        assert len(repr(thing)) <= 200, repr(thing)
        assert KEY not in repr(thing)
        assert " object at 0x" not in repr(thing)
    for thing in unsent:
        caller.close(thing)
