"""The runtime uses public parts of the HTTP libraries only, in whatever happens to a call."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from specwire import RetryPolicy
from specwire.errors import APIConnectionError, ServerError

from tests.support.caller import Caller
from tests.support.server import DONE, Hold, Reset, Server, reply, stream

LIBRARIES = ("httpx2", "httpcore2", "httpx", "httpcore")


def classes(library: ModuleType) -> Iterator[type]:
    """Yield the classes of a library."""
    modules = [each for name, each in list(sys.modules.items()) if name.partition(".")[0] == library.__name__]
    for module in modules:
        for _, each in inspect.getmembers(module, inspect.isclass):
            if each.__module__.partition(".")[0] == library.__name__:
                yield each


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Attributes of objects of the HTTP libraries that the runtime reads or sets, by module of the runtime."""
    found: set[tuple[str, str]] = set()

    def note(instance: object, name: str) -> None:
        caller = sys._getframe(2).f_globals.get("__name__", "")
        if caller.startswith("specwire.") and not type(instance).__module__.startswith("specwire."):
            found.add((caller, name))

    def watch(kind: type) -> None:
        read: Any = kind.__getattribute__
        write: Any = kind.__setattr__

        def getter(self: object, name: str) -> Any:
            note(self, name)
            return read(self, name)

        def setter(self: object, name: str, value: object) -> None:
            note(self, name)
            write(self, name, value)

        monkeypatch.setattr(kind, "__getattribute__", getter)
        monkeypatch.setattr(kind, "__setattr__", setter)

    for name in LIBRARIES:
        for kind in dict.fromkeys(classes(import_module(name))):
            if kind.__module__.startswith(LIBRARIES) and object in kind.__bases__ or issubclass(kind, Exception):
                watch(kind)
    return found


@pytest.mark.differs("aiohttp", "pyreqwest", reason="watches httpx2 and httpx")
def test_no_private_attribute_is_touched(caller: Caller, server: Server, used: set[tuple[str, str]]) -> None:
    """Calls, streams, deadlines, failures and closing read and set no attribute with an underscore."""
    once = RetryPolicy(attempts=1)
    server.play(
        reply({"id": "1"}),
        stream({"text": "a"}, DONE),
        reply({}, status=500),
        [Reset()],
        [Hold()],
    )
    client = caller.client(retry=once)
    caller.run(client.things.get("1"))
    caller.list(client.talks.stream())
    with pytest.raises(ServerError, match="HTTP 500"):
        caller.run(client.things.get("1"))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.things.get("1"))
    with pytest.raises(APIConnectionError, match="the deadline of"):
        caller.run(client.with_options(deadline=0.2).things.get("1"))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(caller.client(retry=once, base_url="http://127.0.0.1:1").things.get("1"))
    caller.close(client)
    assert {"send", "build_request", "status_code", "headers"} <= {name for _, name in used}
    assert set() == {each for each in used if each[1].startswith("_") and not each[1].endswith("__")}
