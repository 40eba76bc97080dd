"""Servers written in the frameworks that people use, and clients generated from the documents that these publish.

Every operation of each document is called, by both clients, and every answer compared with what the server does.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from specwire.support import Operation
from specwire_codegen.incremental import generate
from specwire_codegen.project import single

from tests.servers.scripts import KEYS, SCRIPTS, Script
from tests.servers.serving import FRAMEWORKS, PYTHON, Framework, document_of, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.is_file(), reason="the frameworks are not installed: run `make servers`"),
]


@attrs.frozen
class Generated:
    """Framework, its running application, and the package generated from its document."""

    framework: Framework
    package: Any
    url: str
    """Address of the application; only its document was requested so far."""


@pytest.fixture(scope="module")
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """Run the application of a framework; generate and import its package."""
    framework: Framework = request.param
    folder = tmp_path_factory.mktemp("servers")
    with served(framework) as url:
        (folder / "openapi.json").write_bytes(document_of(framework, url))
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(folder))
            generate(single(folder / "openapi.json", framework.package, folder))
            yield Generated(framework, importlib.import_module(framework.package), url)


def operations(package: Any) -> set[str]:
    """Return the ids of all operations of a package."""
    folder = Path(package.__file__).parent / "operations"
    modules = [importlib.import_module(f"{package.__name__}.operations.{path.stem}") for path in folder.glob("*.py")]
    return {value.id for module in modules for value in vars(module).values() if isinstance(value, Operation)}


class Called:
    """Operations that were called."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def sync(self, request: Any, call: Callable[[Any], Any]) -> Any:
        self.ids.add(request.operation.id)
        return call(request)

    async def asynchronous(self, request: Any, call: Callable[[Any], Any]) -> Any:
        self.ids.add(request.operation.id)
        return await call(request)


def run(script: Script, settle: Callable[[Any], Any]) -> None:
    """Make the calls of a script in order; `settle` turns the result of a call into a plain value."""
    call = next(script, None)
    while call is not None:
        try:
            value = settle(call)
        except Exception as problem:
            call = _thrown(script, problem)
        else:
            call = _sent(script, value)


def _sent(script: Script, value: Any) -> Callable[[], Any] | None:
    try:
        return script.send(value)
    except StopIteration:
        return None


def _thrown(script: Script, problem: Exception) -> Callable[[], Any] | None:
    try:
        return script.throw(problem)
    except StopIteration:
        return None


def read(call: Callable[[], Any], settle: Callable[[Any], Any]) -> Any:
    """Return the result of a call: the events of a stream, the content of a download; `settle` awaits what is one."""
    value = settle(call())
    if hasattr(value, "read"):
        return settle(value.read())
    if hasattr(value, "__enter__"):
        with value as events:
            return list(events)
    return settle(_events(value)) if hasattr(value, "__aenter__") else value


async def _events(stream: Any) -> list[Any]:
    async with stream as events:
        return [event async for event in events]


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def client_of(package: Any, *, asynchronous: bool) -> type[Any]:
    """Return the class of one of the two clients of a package."""
    names = [name for name in package.__all__ if name.startswith("Async") is asynchronous and name[0].isupper()]
    found: type[Any] = getattr(package, names[0])
    return found


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("generated", FRAMEWORKS, indirect=True, ids=lambda each: each.name)
def test_every_operation_of_a_server(generated: Generated, kind: str) -> None:
    """Every call succeeds, and every response, error and file is as the server intends."""
    name, called = generated.framework.name, Called()
    options: dict[str, Any] = {"on_drift": "ignore", **({"api_key": KEYS[name]} if name in KEYS else {})}
    make = client_of(generated.package, asynchronous=kind == "async")
    if kind == "sync":
        with make(base_url=generated.url, call_middleware=[called.sync], **options) as client:
            run(SCRIPTS[name](client), lambda call: read(call, lambda value: value))
    else:  # the ids of an application restart
        with served(generated.framework) as url, asyncio.Runner() as runner:
            client = make(base_url=url, call_middleware=[called.asynchronous], **options)
            run(SCRIPTS[name](client), lambda call: read(call, lambda value: runner.run(_awaited(value))))
            runner.run(client.aclose())
    assert called.ids == operations(generated.package)
