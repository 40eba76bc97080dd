"""Methods: one builder, the same signature everywhere, and nothing sent before the call."""

from __future__ import annotations

import inspect
import pydoc
import re
import subprocess
import sys
from typing import Any

import pytest
import specwire
from specwire import UNSET, Request, adds, replaces
from specwire.support import given, resource

from tests.support import sample
from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Sample, Thing
from tests.support.server import Server, reply

CLIENTS = pytest.mark.parametrize("kind", [Sample, AsyncSample])


@CLIENTS
def test_methods_show_the_signature_of_their_builder(kind: Any) -> None:
    """Parameters, `__doc__`, `__name__` and `__wrapped__` are the builder's; the result is that of the call."""
    client = kind(KEY)
    method = client.things.get
    assert inspect.signature(sample.get).parameters == inspect.signature(method).parameters
    for each, result in ((method, "Thing"), (client.things.list, "Page"), (client.jobs.wait, "Job")):
        shown = f"Awaitable[{result}]" if kind is AsyncSample else result
        assert shown == inspect.signature(each).return_annotation
    for each in (client.talks.tail, client.files.download):
        assert inspect.Signature.empty is inspect.signature(each).return_annotation
    assert sample.get.__doc__ == method.__doc__
    assert sample.get is method.__wrapped__
    assert "get" == method.__name__
    assert "list" == kind(KEY).things.list.__name__


@CLIENTS
def test_help_shows_the_docstring_of_a_method(kind: Any) -> None:
    """`help()` shows the builder's docstring with its arguments, of a method and of the class."""
    for thing in (kind(KEY).things.get, kind(KEY).jobs.wait, kind(KEY).files.download):
        text = pydoc.plain(pydoc.render_doc(thing))
        assert str(thing.__doc__).splitlines()[0] in text
    shown = pydoc.plain(pydoc.render_doc(kind(KEY).things.get))
    assert re.search(r"^get\(\s*thing_id: .*\) -> .*Thing", shown, re.MULTILINE | re.DOTALL)
    assert "thing_id: Id of the thing." in pydoc.plain(pydoc.render_doc(kind(KEY).things.get))
    assert "Get a thing." in pydoc.plain(pydoc.render_doc(type(kind(KEY).things)))
    assert "things" in pydoc.plain(pydoc.render_doc(kind))


@CLIENTS
def test_reprs_fit_a_line(kind: Any) -> None:
    """The repr of a method has its kind, class, name and a few parameters."""
    client = kind(KEY)
    prefix = "Async" if kind is AsyncSample else ""
    assert [
        f"<{prefix}Method {prefix}Things.get(thing_id, tags, where, ...)>",
        f"<{prefix}Method {prefix}Things.make(name, size, part)>",
        f"<{prefix}PagedMethod {prefix}Things.list(page, size)>",
        f"<{prefix}StreamMethod {prefix}Talks.talk(prompt)>",
        f"<{prefix}DownloadMethod {prefix}Files.download(name)>",
        f"<{prefix}WorkflowMethod {prefix}Jobs.wait(job_id, interval, timeout, ...)>",
    ] == [
        repr(method)
        for method in (
            client.things.get,
            client.things.make,
            client.things.list,
            client.talks.stream,
            client.files.download,
            client.jobs.wait,
        )
    ]


@CLIENTS
def test_request_returns_the_request_and_sends_nothing(kind: Any) -> None:
    """Requests compare equal and have a repr."""
    client = kind(KEY)
    value = client.things.get.request("1", tags=["a"])
    assert sample.get("1", tags=["a"]) == value
    assert sample.get("2", tags=["a"]) != value
    assert "Request(get_thing: GET /things/{thing_id})" == repr(value)
    assert "StreamRequest(talk: POST /talk)" == repr(client.talks.stream.request())
    assert "DownloadRequest(download: GET /files/{name})" == repr(client.files.download.request())
    assert "PagedRequest(list_things: GET /things)" == repr(client.things.list.request())
    changed = value.replace(path={"thing_id": "9"})
    assert ({"thing_id": "9"}, {"tags": ["a"]}) == (changed.path, changed.query)
    assert isinstance(changed, Request)


def test_raw_returns_the_whole_response(caller: Caller, client: Any, server: Server) -> None:
    """It has status, headers, body, attempts and the parsed value."""
    server.play(reply({"id": "1"}, headers={"X-Request-Id": "r", "X-Two": "a"}))
    response = caller.run(client.things.get.raw("1"))
    assert (200, Thing(id="1"), b'{"id": "1"}', 1, ()) == (
        response.status_code,
        response.parsed,
        response.content,
        response.attempts,
        response.drift,
    )
    assert ("r", "r", "a") == (response.request_id, response.headers["x-request-ID"], response.headers.get("x-two"))
    assert "x-two" in response.headers
    assert 0 < response.elapsed < 5
    assert "Response(status_code=200, request_id='r', 11 bytes)" == repr(response)


def test_with_options_changes_one_method_only(caller: Caller, client: Any, server: Server) -> None:
    """It returns another method; options add up, and the original does not change."""
    server.play(reply({"id": "1"}), reply({"id": "1"}))
    changed = client.things.get.with_options(headers={"x-a": "1"}).with_options(query={"q": 1})
    caller.run(changed("1"))
    caller.run(client.things.get("1"))
    assert ["1", None] == [received.headers.get("x-a") for received in server.received]
    assert ["/things/1?q=1", "/things/1"] == [received.target for received in server.received]


def test_with_options_merges_headers(caller: Caller, client: Any, server: Server) -> None:
    """Headers that are given to a method twice are sent together."""
    server.play(reply({"id": "1"}))
    caller.run(client.things.get.with_options(headers={"x-a": "1"}).with_options(headers={"x-b": "2"})("1"))
    assert ("1", "2") == (server.received[0].headers["x-a"], server.received[0].headers["x-b"])


@CLIENTS
def test_wrong_arguments_are_a_type_error(kind: Any) -> None:
    """An unknown keyword is named before anything is awaited."""
    with pytest.raises(TypeError, match=r"get\(\) has no argument 'colour'"):
        kind(KEY).things.get.request("1", colour="red")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'thing_id'"):
        kind(KEY).things.get.request()


@CLIENTS
def test_methods_and_resources_are_made_once(kind: Any) -> None:
    """They are made at the first use and kept; the class gives the descriptor."""
    client = kind(KEY)
    assert client.things is client.things
    assert client.things.get is client.things.get
    assert sample.get is type(client.things).get.build
    assert isinstance(kind.things, resource)


def test_given_drops_unset_values_only() -> None:
    """None, zero and empty text are values."""
    assert {"a": None, "b": 0, "c": ""} == given({"a": None, "b": 0, "c": "", "d": UNSET})


def test_override_marks_do_nothing_at_run_time() -> None:
    """`adds` and `replaces` return what they mark."""
    assert sample.get is adds("get_thing", "things.get_twice")(sample.get)
    assert sample.get is replaces("get_thing")(sample.get)


def test_the_package_exports_its_public_names() -> None:
    """All are listed in order, and an unknown one is an AttributeError."""
    assert sorted(names := dir(specwire)) == names == vars(specwire)["__all__"]
    assert [] == [name for name in names if getattr(specwire, name) is None]
    assert issubclass(Sample, specwire.Client)
    assert specwire.UNSET is UNSET
    with pytest.raises(AttributeError, match="module 'specwire' has no attribute 'nothing'"):
        specwire.__getattr__("nothing")


def test_importing_the_package_imports_next_to_nothing() -> None:
    """`import specwire` loads neither msgspec nor the HTTP library; a client loads the latter at its first call."""
    code = (
        "import sys, specwire; bare = {'msgspec', 'httpx2', 'inspect'} & set(sys.modules); "
        "from specwire import Client; assert not bare, bare; "
        "late = {'httpx2', 'httpx', 'asyncio', 'ssl', 'attrs', 'email', 'hashlib'} & set(sys.modules); "
        "assert not late, late"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
