"""Synchronous half of the runtime, derived from the asynchronous one by a script."""

from __future__ import annotations

import ast
import importlib.util
from types import ModuleType

import pytest

from tests.support.paths import ROOT

SCRIPT = ROOT / "tools" / "synchronous.py"
FOLDERS = ("runtime", "codegen", "tests")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("synchronous", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_derived_module_has_a_source(script: ModuleType) -> None:
    """Every module with the header of the script is written by it."""
    derived = {
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if path.read_text("utf-8").startswith("# Derived from")
    }
    assert {ROOT / source.replace("async_", "sync_") for source in script.SOURCES} == derived


def test_nothing_asynchronous_is_left(script: ModuleType) -> None:
    """Derived modules have no keyword, name or word of asynchronous code."""
    for source in script.SOURCES:
        text = (ROOT / source.replace("async_", "sync_")).read_text("utf-8")
        tree = ast.parse(text)
        kinds = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
        assert not [node for node in ast.walk(tree) if isinstance(node, kinds)]
        body = text.partition("\n")[2].replace("asynchronous=False", "")
        assert not [word for word in ("async", "await", "Async", "coroutine") if word in body]


def test_a_module_is_translated(script: ModuleType) -> None:
    """Keywords, protocol names and words of docstrings have synchronous forms."""
    source = '''"""What an asynchronous client does; use `async with`."""

from collections.abc import Awaitable, Callable

from specwire._network.event_loop import sleep


class AsyncThing(AsyncBase):
    async def __aenter__(self) -> AsyncThing:
        return await self.open()

    async def each(self, call: Callable[[int], Awaitable[int]]) -> int:
        async for one in self:
            await sleep(await call(one))
        return (await self.read(1)).size
'''
    wanted = '''# Derived from async_thing.py by tools/synchronous.py. Do not edit: run `make generate`.
"""What a synchronous client does; use `with`."""

import time
from collections.abc import Callable


class Thing(Base):
    def __enter__(self) -> Thing:
        return self.open()

    def each(self, call: Callable[[int], int]) -> int:
        for one in self:
            time.sleep(call(one))
        return self.read(1).size
'''
    assert wanted == script.synchronous(source, ROOT / "runtime/specwire/async_thing.py")
